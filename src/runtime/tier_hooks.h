// TierHooks: what the runtime asks of the tiers above it. Declared here, implemented by interp and engine.
#pragma once

#include <memory>

#include "code/code_space_statistics.h"
#include "gc/layout.h"
#include "gc/roots.h"
#include "runtime/backtrace.h"
#include "runtime/func_code.h"
#include "runtime/machine_entry.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

/// Whose code runs, and in which form; of no function when `code` is null.
struct RunningFunction {
  const FuncCode* code = nullptr;
  bool isMachineCode = false;
};

class TierHooks {
 public:
  virtual ~TierHooks() = default;

  /// Makes the code records of a validated module for instances whose memory 0 has `strategy`. The module and
  /// `layouts`, of its struct and array types (null if it has none), outlive them. Any thread.
  virtual std::unique_ptr<ModuleCode> prepareModule(const wasm::Module& module, const gc::LayoutSet* layouts,
                                                    MemoryStrategy strategy) const = 0;
  /// For Func::slotEntry of every wasm function.
  virtual SlotEntry slotEntry() const = 0;
  /// What new stores know of machine code: sets ExecContext::machine if there may be some.
  virtual void prepareContext(ExecContext&) const {}
  /// Memory for machine code; zeros where none has been needed. Any thread.
  virtual code::CodeSpaceStatistics codeMemory() const { return {}; }
  /// Shows the active wasm frames, innermost first, through host frames down to the first call, until the visitor has
  /// enough. Called on the store's thread: while wasm runs (in a host function or builtin), or where a trap begins.
  virtual void walkFrames(const ExecContext& context, FrameVisitor& visitor) const = 0;
  /// The function of the innermost active wasm frame; with `isEntering`, where machine code has just entered one, of
  /// the frame below. Called where walkFrames may be.
  virtual RunningFunction runningFunction(const ExecContext&, bool isEntering) const {
    static_cast<void>(isEntering);
    return {};
  }
  /// Shows every reference that a collector follows in the active wasm frames. The arguments of a host function that
  /// runs belong to no frame: it reads them before anything can collect. Called on the store's thread, where walkFrames
  /// may be.
  virtual void visitRoots(const ExecContext& context, gc::RootVisitor& visitor) const = 0;
};

}  // namespace wasmrun::runtime
