// The interpreter as the engine sees it.
#pragma once

#include <memory>

#include "runtime/tier_hooks.h"

namespace wasmrun::interp {

struct InterpreterOptions {
  bool fuel = false;                      ///< instructions are counted against ExecContext::fuel
  runtime::TierPolicy* policy = nullptr;  ///< asked when functions get hot; may be null; outlives all code
  runtime::ProfileKind profile = runtime::ProfileKind::None;
  bool sampled = false;  ///< stores are (runtime/sampling.h)
};

/// The hooks of an engine: its functions begin in the interpreter.
class Interpreter : public runtime::TierHooks {
 public:
  explicit Interpreter(InterpreterOptions options) : options_(options) {}

  std::unique_ptr<runtime::ModuleCode> prepareModule(const wasm::Module& module, const gc::LayoutSet* layouts,
                                                     runtime::MemoryStrategy strategy) const override;
  runtime::SlotEntry slotEntry() const override;
  void walkFrames(const runtime::ExecContext& context, runtime::FrameVisitor& visitor) const override;
  runtime::RunningFunction runningFunction(const runtime::ExecContext& context, bool isEntering) const override;
  void visitRoots(const runtime::ExecContext& context, gc::RootVisitor& visitor) const override;

 protected:
  const InterpreterOptions& options() const { return options_; }

 private:
  const InterpreterOptions options_;
};

/// A call by the host, in whatever tier the function is: Func::slotEntry.
runtime::CallStatus callFromHost(runtime::ExecContext& context, runtime::Func& func, u64* slots);

/// A call by machine code: arguments at the start of `frame`, on the value stack; results likewise. With Ok,
/// `continueIn` is null, or a function of the same instance that has machine code: the call ended in a tail call of it,
/// and its arguments are at the start of `frame`.
runtime::CallStatus callFromMachine(runtime::ExecContext& context, runtime::Func& func, u64* frame,
                                    runtime::Func*& continueIn);

/// Calls by the interpreter enter the function's machine code from now on. Any thread.
void useMachineCode(runtime::FuncCode& code);

/// Whether the function has been called in any instance. Any thread.
bool wasCalled(const runtime::FuncCode& code);

/// What has been translated of a module; `moduleCode` is what Interpreter::prepareModule made. Any thread.
struct Totals {
  u64 functions = 0;
  u64 bodyBytes = 0;  ///< of wasm
  u64 codeBytes = 0;  ///< of threaded code
  u64 nanos = 0;      ///< that translating them took; 0 without a profile
};
Totals totals(const runtime::ModuleCode& moduleCode);

/// How the handlers were compiled, e.g. "tail calls, x86-64-v3".
const char* dispatchName();

}  // namespace wasmrun::interp
