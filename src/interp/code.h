// Threaded code of functions: what a module's functions were translated to, shared by all its instances.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "gc/layout.h"
#include "interp/reference_maps.h"
#include "runtime/exec_context.h"
#include "runtime/func_code.h"
#include "wasm/control.h"
#include "wasm/module.h"

namespace wasmrun::interp {

/// Threaded code is a sequence of 8-byte words: a handler's address, then its operands (instruction.h).
using Word = u64;

class ModuleCode;

/// A frame is [parameters | link | locals | operands by height], in slots. The link is two words: where to continue in
/// the caller, and the caller's frame.
inline constexpr u32 kLinkSlots = 2;

/// Slots beyond its own frame that a function may write to in a call: the callee's link, and a bridge with it.
inline constexpr u32 kCallSlack = 8;

/// Handler Throw's tag number for throw_ref and rethrow.
inline constexpr u32 kThrowReference = ~u32{0};

/// A call into another instance puts a bridge between the two frames (calls.h): what to restore on return.
inline constexpr u32 kBridgeSlots = 4;

/// Code that catches exceptions thrown between two words of a function. Ranges nest properly; `parent` is the next one
/// outwards.
struct TryRange {
  enum class Kind : u8 { TryTable, Legacy, Delegate };
  static constexpr u32 kNone = ~u32{0};

  struct Clause {
    wasm::CatchClause::Kind kind;
    wasm::TagIndex tag;         ///< Catch and CatchRef
    u32 target = 0;             ///< word to continue at
    u32 payloadSlot = 0;        ///< frame slot of the first payload value; the exception reference follows the payload
    u32 referenceSlot = kNone;  ///< Legacy: frame slot that keeps the exception for rethrow
  };

  Kind kind = Kind::TryTable;
  u32 begin = 0;  ///< first word
  u32 end = 0;    ///< one past the last
  u32 parent = kNone;
  u32 delegateTo = kNone;  ///< Delegate: the range to continue the search at; kNone: the caller
  std::vector<Clause> clauses;
};

/// Where a loop's back-edges lead. All values are in slots there, as machine code wants them.
struct LoopHeader {
  u32 word;
  u32 wasmOffset;  ///< of the loop's opcode, in the module
};

/// What translation made of one function.
struct FunctionCode {
  std::vector<Word> words;
  std::vector<TryRange> tryRanges;  ///< by begin
  std::vector<LoopHeader> loops;    ///< by word
};

/// One function of a module: runtime::Func::code points to it.
struct Code : runtime::FuncCode {
  std::unique_ptr<FunctionCode> translated;  ///< written once, under the module's lock, before `threaded`
};

/// How functions are translated; the same for a whole engine.
struct TranslateOptions {
  bool fuel = false;  ///< count instructions against ExecContext::fuel
  runtime::TierPolicy* policy =
      nullptr;  ///< asked when functions get hot; null: work is not counted. Outlives the code
  runtime::ProfileKind profile = runtime::ProfileKind::None;
  bool sampled = false;  ///< stores are (runtime/sampling.h)
};

/// All functions of a module. Thread rules: any; translation locks.
class ModuleCode final : public runtime::ModuleCode {
 public:
  /// `module` and `layouts`, of its struct and array types (null if it has none), outlive it.
  ModuleCode(const wasm::Module& module, const gc::LayoutSet* layouts, TranslateOptions options);
  ~ModuleCode() override;

  const wasm::Module& module() const { return module_; }
  const gc::LayoutSet* layouts() const { return layouts_; }
  runtime::TierPolicy* policy() const { return options_.policy; }
  Code& code(wasm::DefinedFuncIndex index) override { return codes_[index.value]; }

  /// The first word of `code`, translating it if no thread has yet.
  const Word* translate(Code& code);

  /// The function whose threaded code contains `pc`, or null.
  Code* findCode(const Word* pc);

  /// Offset in the module of the wasm instruction that `word` (an index into the code's words) was translated from.
  /// Found by translating once more with recording, so that running code carries no side tables.
  u32 wasmOffset(const Code& code, u32 word) const;

  /// Where a frame of `code` that is stopped at `word` has references. Valid as long as the module's code.
  FrameReferences referencesAt(const Code& code, u32 word) const;

  /// Functions translated, and the bytes of their threaded code.
  struct Totals {
    u64 functions = 0;
    u64 bodyBytes = 0;
    u64 codeBytes = 0;
    u64 nanos = 0;  ///< that translating them took; only known with a profile
  };
  Totals totals() const;

 private:
  const wasm::Module& module_;
  const gc::LayoutSet* const layouts_;
  TranslateOptions options_;
  std::unique_ptr<Code[]> codes_;
  mutable std::mutex mutex_;
  Totals totals_;
  struct Translation;
  Translation& translation() const;
  mutable std::unique_ptr<Translation> translation_;  ///< under the lock
};

}  // namespace wasmrun::interp
