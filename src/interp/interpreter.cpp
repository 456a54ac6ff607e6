#include "interp/interpreter.h"

#include <utility>

#include "interp/code.h"
#include "interp/dispatch.h"
#include "interp/unwind.h"
#include "runtime/machine_frames.h"
#include "runtime/sampling.h"

namespace wasmrun::interp {

std::unique_ptr<runtime::ModuleCode> Interpreter::prepareModule(const wasm::Module& module,
                                                                const gc::LayoutSet* layouts,
                                                                runtime::MemoryStrategy) const {
  return std::make_unique<ModuleCode>(
      module, layouts, TranslateOptions{options_.fuel, options_.policy, options_.profile, options_.sampled});
}

namespace {

runtime::CallStatus callFromHostSampled(runtime::ExecContext& context, runtime::Func& func, u64* slots) {
  return runtime::callSampled(callFromHost, context, func, slots);
}

}  // namespace

runtime::SlotEntry Interpreter::slotEntry() const { return options_.sampled ? callFromHostSampled : callFromHost; }

void Interpreter::walkFrames(const runtime::ExecContext& context, runtime::FrameVisitor& visitor) const {
  const runtime::InterpreterState* state = &context.interp;
  for (const runtime::Activation* activation = context.activation; activation != nullptr;
       activation = activation->previous) {
    if (activation->kind == runtime::ActivationKind::Machine) {
      if (!runtime::walkMachineFrames(context, *activation, visitor)) return;
      continue;
    }
    if (!walkActivation(*state, visitor)) return;
    state = &static_cast<const runtime::InterpreterActivation*>(activation)->outer;
  }
}

runtime::RunningFunction Interpreter::runningFunction(const runtime::ExecContext& context, bool isEntering) const {
  const runtime::InterpreterState* state = &context.interp;
  for (const runtime::Activation* activation = context.activation; activation != nullptr;
       activation = activation->previous) {
    if (activation->kind == runtime::ActivationKind::Machine) {
      const bool ofCaller = std::exchange(isEntering, false);
      if (const runtime::FuncCode* const code = runtime::innermostCode(context, *activation, ofCaller))
        return {code, true};
      continue;
    }
    if (const Code* const code = innermostCode(*state)) return {code, false};
    state = &static_cast<const runtime::InterpreterActivation*>(activation)->outer;
  }
  return {};
}

void Interpreter::visitRoots(const runtime::ExecContext& context, gc::RootVisitor& visitor) const {
  const runtime::InterpreterState* state = &context.interp;
  for (const runtime::Activation* activation = context.activation; activation != nullptr;
       activation = activation->previous) {
    if (activation->kind == runtime::ActivationKind::Machine) {
      runtime::visitMachineRoots(context, *activation, visitor);
      continue;
    }
    visitActivation(*state, visitor);
    state = &static_cast<const runtime::InterpreterActivation*>(activation)->outer;
  }
}

Totals totals(const runtime::ModuleCode& moduleCode) {
  const ModuleCode::Totals totals = static_cast<const ModuleCode&>(moduleCode).totals();
  return {totals.functions, totals.bodyBytes, totals.codeBytes, totals.nanos};
}

bool wasCalled(const runtime::FuncCode& code) {
  return code.threaded.load(std::memory_order_acquire) != &specialWords.firstCall;
}

const char* dispatchName() { return dispatch().name; }

}  // namespace wasmrun::interp
