// Module: validated code, and what can be learned about it without running it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasmrun/engine.h"
#include "wasmrun/types.h"

namespace wasmrun {

/// What one tier did for a function. Kept where the engine counts (option count-work) or samples (sample-interval);
/// else zeros.
struct TierWork {
  uint64_t enteredAt = 0;       ///< it ran there for the first time; of machine code known with count-work alone
  uint64_t calls = 0;           ///< it was called and began there; with count-work
  uint64_t loopIterations = 0;  ///< bodies of its loops that were begun there; with count-work
  /// Time in which the function, not one that it called, was seen running there: nanoseconds; with sample-interval.
  uint64_t sampledTime = 0;
};

/// One function on its way through the tiers. Times are in nanoseconds since the module got its first instance; 0: it
/// has not come to that. Of functions that several threads run at once some calls and iterations may be lost.
struct FunctionTiering {
  uint32_t index = 0;  ///< in the module's function index space
  std::string name;    ///< empty if it has none
  uint64_t bodyBytes = 0;
  std::string_view tier =
      "none";  ///< what runs it: "interp" or "baseline"; "none": it was never called. Static lifetime
  /// Why it was compiled: "first call", "calls" (its body had been executed often enough), "loop" (it was found running
  /// in one), "chance" (tier-up=random); empty if it was not. Static lifetime.
  std::string_view promoted;
  uint64_t queuedAt = 0;       ///< for the compile threads; 0 also if the thread that ran it compiled it
  uint64_t compiledAt = 0;     ///< machine code was there: calls from then on enter it
  uint64_t compileTime = 0;    ///< of a thread
  uint64_t codeBytes = 0;      ///< of machine code
  uint64_t loopEnteredAt = 0;  ///< a running loop was continued in machine code for the first time
  uint64_t loopEntries = 0;    ///< how often that happened
  std::string held;            ///< why it has no machine code, in words; empty if it has
  TierWork interp, baseline;   ///< a function that climbs has both
  uint64_t hostTime = 0;       ///< nanoseconds in which a host function that it called was seen running
};

/// One section of a module, in file order.
struct SectionInfo {
  uint8_t id = 0;                                ///< spec: binary/modules; 0 custom
  std::string name;                              ///< "type", "code" ...; a custom section's own name
  uint64_t offset = 0;                           ///< bytes from the module's start to the section's contents
  uint64_t size = 0;                             ///< bytes of contents, without id and size field
  std::optional<uint32_t> count = std::nullopt;  ///< entries, for sections that are vectors
};

/// A custom section. The contents live as long as the module.
struct CustomSection {
  std::string_view name;
  uint64_t offset = 0;  ///< bytes from the module's start to the contents
  std::span<const uint8_t> contents;
};

/// A function defined by the module or imported into it.
struct FunctionInfo {
  std::string name;  ///< the name section's; else of its export or import; else empty
  FuncType type;
  bool imported = false;
  uint64_t bodyOffset = 0;  ///< bytes from the module's start to the body (its locals); 0 for imports
  uint64_t bodySize = 0;    ///< bytes; 0 for imports
};

/// A validated module. A counted handle to something immutable: copy it, share it between threads and stores. Keeps its
/// engine alive. A moved-from Module may only be assigned to or destroyed.
class WASMRUN_API Module {
 public:
  // -- Making --------------------------------------------------------------------------------------------------------
  // A module comes as binary (.wasm) or as text (.wat). Where both are taken, the contents tell: text is what begins,
  // after blanks, with a parenthesis or a comment, and all that can be read as text, so that an error says where it is
  // none. Malformed and Invalid errors start with the spec's message text and
  // carry the byte offset in a binary, line and column in a text; Limit and Unsupported say which limit or proposal.

  /// Decodes and validates a module, binary or text. The bytes are copied. `name`: what messages call a text.
  static Result<Module> compile(const Engine& engine, std::span<const uint8_t> bytes, std::string_view name = {});
  /// The same, keeping the given bytes instead of a copy.
  static Result<Module> compile(const Engine& engine, std::vector<uint8_t>&& bytes, std::string_view name = {});
  /// The same from a file. A large binary is mapped and must not change while the module lives. Io error when it cannot
  /// be read. Devices and pipes are read until it is clear that they are no module.
  static Result<Module> compileFile(const Engine& engine, const std::string& path);
  /// Binary only: text is malformed ("magic header not detected").
  static Result<Module> compileBinary(const Engine& engine, std::span<const uint8_t> bytes);
  /// Text only: a `(module ...)` form or bare fields; nothing at all is an empty module. `name`: what messages call it.
  /// Afterwards bytes() is the binary it was encoded as.
  static Result<Module> compileText(const Engine& engine, std::string_view text, std::string_view name = {});
  /// Only says whether the bytes are a valid module, binary or text, under the engine's features; errors as compile's.
  static Result<void> validate(const Engine& engine, std::span<const uint8_t> bytes);
  /// Whether a module, binary or text, may begin with these bytes: who reads a stream can stop if not.
  static bool canBegin(std::span<const uint8_t> start);
  /// No module is larger, in bytes.
  static constexpr uint64_t kMaxSize = uint64_t{1} << 30;

  // -- What it needs and gives ---------------------------------------------------------------------------------------
  /// The name section's module name, or empty.
  std::string_view name() const noexcept;
  /// Imports in the module's order. Lives as long as the module; made at the first call.
  std::span<const ImportType> imports() const;
  /// Exports in the module's order. Lives as long as the module; made at the first call.
  std::span<const ExportType> exports() const;
  /// The export of that name, or null. Lives as long as the module.
  const ExportType* findExport(std::string_view name) const;
  /// Number of types it defines.
  uint32_t typeCount() const noexcept;
  /// A type by its index, as a reference to it that is not null: to make objects of it. Usage error when there is no
  /// such index.
  Result<ValType> type(uint32_t index) const;
  /// Index of the type with that name in the name section (without `$`), or none.
  std::optional<uint32_t> findType(std::string_view name) const;
  /// Custom sections in file order.
  std::vector<CustomSection> customSections() const;

  // -- Inspection ----------------------------------------------------------------------------------------------------
  /// The module's bytes; live as long as the module.
  std::span<const uint8_t> bytes() const noexcept;
  /// Sections in file order.
  std::vector<SectionInfo> sections() const;
  /// Number of functions, imports included.
  uint32_t functionCount() const noexcept;
  /// About one function. Usage error when there is no such index.
  Result<FunctionInfo> function(uint32_t index) const;
  /// Index of the function with that name (name section's or export's), or none. The first, when there are several.
  std::optional<uint32_t> findFunction(std::string_view name) const;

  /// The module in the text format (.wat). It parses back to an equal module: everything a module means, its names,
  /// branch hints and custom sections, in the same order; only the binary format's different ways to say one thing are
  /// not kept. Indices are in comments, as `(;3;)`.
  std::string toText() const;
  /// The same in pieces of bounded size, so that the text of a large module is never all in memory. `write` is called
  /// for each, in order; the piece is gone when it returns.
  void writeText(const std::function<void(std::string_view piece)>& write) const;
  /// One function in the text format. Usage error for an imported function or no such index.
  Result<std::string> toText(uint32_t functionIndex) const;

  /// Names of the stages that dump() can show in this build, first to last: "wasm", "interp" ...
  static std::span<const std::string_view> dumpStages() noexcept;
  /// A function's code as text at a stage; "wasm" is the text format with the offset of each instruction. Usage error
  /// for an imported function, no such index or no such stage.
  Result<std::string> dump(uint32_t functionIndex, std::string_view stage) const;
  using DumpWriter = std::function<void(uint32_t functionIndex, std::string_view text)>;
  /// The same of all functions that the module defines, by index: what they share is made once, so it takes far less
  /// than dump() of each. `write` is called with each text, which is gone when it returns. Errors as dump's.
  Result<void> dumpAll(std::string_view stage, const DumpWriter& write) const;

  /// Its size, the time that decoding and validation took, and, once it had an instance, what each tier made of its
  /// functions: how many, sizes, times and speeds of translating and compiling them, loops that went up; with
  /// count-work or sample-interval also what ran there. All its instances together. Any thread, also while they run:
  /// numbers then are of slightly different moments.
  Statistics statistics() const;
  /// What became of the functions that were called, by index; once for each strategy that memories of its instances
  /// have. Any thread, also while they run.
  std::vector<FunctionTiering> tiering() const;
  /// The same of one function, called or not: of the strategy where it went furthest. Usage error for an imported
  /// function and no such index.
  Result<FunctionTiering> tiering(uint32_t functionIndex) const;
  /// The engine it belongs to.
  Engine engine() const noexcept;

 private:
  friend struct detail::Access;
  explicit Module(std::shared_ptr<detail::ModuleImpl> impl) noexcept;
  std::shared_ptr<detail::ModuleImpl> impl_;
};

/// Encodes a module's text as binary, as the spec's reference encoder does, with a name section made from identifiers.
/// What is malformed is found; what is only invalid is encoded too. `name` and errors as Module::compileText's.
WASMRUN_API Result<std::vector<uint8_t>> textToBinary(std::string_view text, std::string_view name = {});

}  // namespace wasmrun
