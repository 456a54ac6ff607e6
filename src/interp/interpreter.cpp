#include "interp/interpreter.h"

#include <array>
#include <utility>

#include "interp/bodies_control.h"
#include "interp/dispatch.h"
#include "interp/fusion.h"
#include "interp/translator.h"
#include "interp/unwind.h"
#include "runtime/machine_frames.h"
#include "runtime/prepared_module.h"
#include "runtime/sampling.h"
#include "support/text.h"

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

namespace {

/// Appends the operands of an instruction at `words`, as their letters say.
void appendOperands(std::string& out, const char* letters, const Word* words, u32 at) {
  const u32* units = reinterpret_cast<const u32*>(words) + 2;
  for (u32 unit = 0; *letters; unit += operandUnits(*letters++)) {
    const u64 wide = operandUnits(*letters) == 2 ? units[unit] | static_cast<u64>(units[unit + 1]) << 32 : units[unit];
    out += ' ';
    switch (*letters) {
      case 's': out += support::concat("s", wide); break;
      case 'd': out += support::concat("-> s", wide); break;
      case 'k': out += support::concat("#", static_cast<i32>(wide)); break;
      case 'K': out += support::concat("#", support::Hex{wide}); break;
      case 'o': out += support::concat("+", wide); break;
      case 'j': out += support::concat("@", static_cast<i64>(at) + static_cast<i32>(wide)); break;
      // Pointers differ from run to run.
      case 'p': out += "*"; break;
      default: out += support::concat(wide);
    }
  }
}

/// The handlers that the one at an address executes: several if it is a fused one. They are few, and this is for
/// people.
std::span<const HandlerId> handlersAt(Word address) {
  static constexpr auto kIds = [] {
    std::array<HandlerId, kHandlerCount> ids{};
    for (u32 i = 0; i < kHandlerCount; ++i) ids[i] = static_cast<HandlerId>(i);
    return ids;
  }();
  for (u32 i = 0; i < kHandlerCount; ++i)
    if (dispatch().handlers[i] == address) return std::span(kIds).subspan(i, 1);
  for (u32 i = 0; i < dispatch().fusedCount; ++i)
    if (dispatch().handlers[kHandlerCount + i] == address) return fusedSequence(i);
  return {};
}

u32 tableEntries(HandlerId id, const Word* words) {
  const u32* units = reinterpret_cast<const u32*>(words) + 2;
  if (id == HandlerId::JumpTable_s) return units[1] + 1;
  return id == HandlerId::JumpTable_a ? units[0] + 1 : 0;
}

}  // namespace

std::string dumpFunction(const wasm::Module& module, wasm::DefinedFuncIndex func, InterpreterOptions options) {
  const TranslateOptions translate{options.fuel, options.policy, options.profile};
  const std::shared_ptr<const gc::LayoutSet> layouts = runtime::layoutsOf(module);
  ModuleCode code(module, layouts.get(), translate);
  Translator translator(code, translate);
  std::vector<Origin> origins;
  const FunctionCode function = translator.translate(func, &origins);
  std::string out;
  size_t origin = 0;
  for (u32 at = 0; at < function.words.size();) {
    const Word* words = function.words.data() + at;
    const std::span<const HandlerId> ids = handlersAt(*words);
    CHECK(!ids.empty(), "threaded code is made of handlers");
    const HandlerId id = ids[0];
    while (origin + 1 < origins.size() && origins[origin + 1].word <= at) ++origin;
    support::appendTo(out, support::Hex{origins[origin].wasmOffset, 6});
    support::appendTo(out, support::concat("  @", at, "  ", handlerName(id)));
    appendOperands(out, info(id).operands, words, at);
    u32 size = info(id).words();
    for (u32 entries = tableEntries(id, words); entries > 0; --entries, ++size)
      out += support::concat(" @", static_cast<i64>(at) + static_cast<i64>(words[size]));
    if (ids.size() > 1) out += support::concat("  & next ", ids.size() - 1);
    out += '\n';
    at += size;
  }
  return out;
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
