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
  /// Decodes and validates a binary module; the bytes are copied. Malformed and Invalid errors carry the byte offset
  /// and the spec's message text, Limit and Unsupported say which limit or proposal.
  static Result<Module> compile(const Engine& engine, std::span<const uint8_t> bytes);
  /// The same, keeping the given bytes instead of a copy.
  static Result<Module> compile(const Engine& engine, std::vector<uint8_t>&& bytes);
  /// The same from a file, which is mapped and must not change while the module lives. Io error when it cannot be read.
  static Result<Module> compileFile(const Engine& engine, const std::string& path);
  /// Only says whether the bytes are a valid module under the engine's features; errors as compile's.
  static Result<void> validate(const Engine& engine, std::span<const uint8_t> bytes);

  // -- What it needs and gives ---------------------------------------------------------------------------------------
  /// The name section's module name, or empty.
  std::string_view name() const noexcept;
  /// Imports in the module's order. Lives as long as the module; made at the first call.
  std::span<const ImportType> imports() const;
  /// Exports in the module's order. Lives as long as the module; made at the first call.
  std::span<const ExportType> exports() const;
  /// The export of that name, or null. Lives as long as the module.
  const ExportType* findExport(std::string_view name) const;
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

  /// Sizes and times of decoding, validation and translation.
  Statistics statistics() const;
  /// The engine it belongs to.
  Engine engine() const noexcept;

 private:
  friend struct detail::Access;
  explicit Module(std::shared_ptr<detail::ModuleImpl> impl) noexcept;
  std::shared_ptr<detail::ModuleImpl> impl_;
};

}  // namespace wasmrun
