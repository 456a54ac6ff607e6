// What happens at the edges of threaded code: entering it from C++, calling other instances and the host, traps and
// polls.
//
// A frame's link, behind its parameters, is {where to continue, the caller's frame}. Three kinds of links:
//
//   within an instance    the word behind the call        the caller's frame
//   from C++              the exit word                   null
//   from another instance the crossReturn word            a bridge:
//
//       bridge --> | instance | continue at | caller's frame | result slots |  callee's frame: parameters, link, ...
//
// The bridge takes the place of the arguments, which move up; on return the results move down to its place. A tail call
// to another instance puts a bridge in only if there is none yet, so that tail calls of any kind run in constant stack.
#include <algorithm>
#include <cstring>

#include "interp/bodies_control.h"
#include "interp/dispatch.h"
#include "interp/interpreter.h"
#include "interp/unwind.h"
#include "runtime/builtins.h"
#include "runtime/sampling.h"
#include "runtime/store.h"
#include "runtime/store_call.h"

namespace wasmrun::interp {

using runtime::CallStatus;
using runtime::ExecContext;
using runtime::Instance;
using runtime::InterpreterState;

SpecialWords specialWords;

namespace {

const wasm::FuncType& typeOf(const ExecContext& context, const Func& func) {
  return context.store->registry().get(func.type).func;
}

const Word* leave(ExecContext& context, CallStatus status) {
  context.interp.status = status;
  return &specialWords.exit;
}

/// Notes the frame that is leaving, for whoever walks the stack. Its pc was noted by the handler.
void noteFrame(Regs& r) {
  InterpreterState& state = r.inst->context->interp;
  state.fp = r.fp;
  state.instance = r.inst;
}

const Word* leaveWithTrap(Regs& r, TrapKind kind) {
  noteFrame(r);
  ExecContext& context = *r.inst->context;
  return leave(context, runtime::beginTrap(context, kind));
}

/// Continues in `func`, whose arguments are at the start of `frame` and whose link is written.
const Word* enterInstance(Regs& r, Func& func, u64* frame) {
  r.inst = func.instance;
  reloadMemory(r);
  r.fp = frame;
  r.acc = reinterpret_cast<u64>(func.code);
  return func.code->threaded.load(std::memory_order_acquire);
}

void writeBridge(u64* bridge, const Instance* instance, u64 back, u64 caller, u32 resultSlots) {
  bridge[0] = reinterpret_cast<u64>(instance);
  bridge[1] = back;
  bridge[2] = caller;
  bridge[3] = resultSlots;
}

void writeCrossLink(u64* link, const u64* bridge) {
  link[0] = reinterpret_cast<u64>(&specialWords.crossReturn);
  link[1] = reinterpret_cast<u64>(bridge);
}

/// Calls a host function with arguments at `slots`. Registers that memory growth changes are read again.
CallStatus callHost(Regs& r, Func& func, u64* slots, u32 slotCount) {
  ExecContext& context = *r.inst->context;
  noteFrame(r);
  context.stackTop = slots + slotCount;
  context.caller = r.inst;
  const InterpreterState state = context.interp;
  const CallStatus status = func.slotEntry(context, func, slots);
  context.interp = state;
  reloadMemory(r);
  // The function may have taken long: a stop that was asked for meanwhile is seen at the next call or back-edge.
  if (context.interrupt.load(std::memory_order_relaxed) != 0) r.budget = 0;
  return status;
}

/// Continues after a host function or machine code that did not return normally.
const Word* callFailed(Regs& r, CallStatus status) {
  ExecContext& context = *r.inst->context;
  if (status == CallStatus::Exception) return unwind(r, context.pending.exceptionRef);
  return leave(context, status);
}

ModuleCode& moduleOf(const Instance& instance) { return static_cast<ModuleCode&>(*instance.funcs[0].code->module); }

i64 pollInterval(const ModuleCode& module) {
  return module.policy() == nullptr ? kPollInterval : module.policy()->pollInterval();
}

/// The frame that waits for the one with this link, as the running one.
InterpreterState callerState(Instance* instance, u64 back, u64 caller) {
  InterpreterState state;
  if (back == reinterpret_cast<u64>(&specialWords.crossReturn)) {
    const u64* bridge = reinterpret_cast<const u64*>(caller);
    instance = reinterpret_cast<Instance*>(bridge[0]);
    back = bridge[1];
    caller = bridge[2];
  }
  state.instance = instance;
  state.pc = reinterpret_cast<const Word*>(back);
  state.fp = reinterpret_cast<u64*>(caller);
  // A link leads behind the call.
  if (state.pc != &specialWords.exit) --state.pc;
  return state;
}

/// Finishes the running frame in machine code, from `entry` on, and returns from it.
const Word* runMachine(Regs& r, const runtime::FuncCode& code, const void* entry) {
  ExecContext& context = *r.inst->context;
  const u64* link = r.fp + code.shape.paramSlots;
  const u64 back = link[0], caller = link[1];
  context.interp = callerState(r.inst, back, caller);
  const CallStatus status = runtime::continueInMachine(context, *r.inst, code.shape, entry, r.fp);
  if (status != CallStatus::Ok) return callFailed(r, status);
  reloadMemory(r);
  if (context.interrupt.load(std::memory_order_relaxed) != 0) r.budget = 0;
  r.fp = reinterpret_cast<u64*>(caller);
  return reinterpret_cast<const Word*>(back);
}

/// After this thread may have translated or compiled a function: in a store that is sampled that is nobody's time.
void dropCompileTime(const Regs& r) {
  ExecContext& context = *r.inst->context;
  if (context.store->options().isSampled) runtime::dropSample(context);
}

/// In a function with a large body a round of a loop may take as long as many of another's: the next poll comes the
/// sooner.
void pollSooner(Regs& r, const Code& code) {
  constexpr i64 kUsualBody = 4096;
  if (code.bodyBytes > kUsualBody) r.budget = std::max<i64>(r.budget, 0) * kUsualBody / code.bodyBytes;
}

/// At a back-edge or a function's beginning: what runs long becomes hot, and goes on in machine code if there is some.
const Word* pollTiers(Regs& r, ModuleCode& module) {
  const InterpreterState& state = r.inst->context->interp;
  Code& code = *module.findCode(state.pc);
  const std::vector<LoopHeader>& loops = code.translated->loops;
  const u32 word = static_cast<u32>(state.resumePc - code.translated->words.data());
  const auto loop = std::ranges::lower_bound(loops, word, {}, &LoopHeader::word);
  if (loop == loops.end() || loop->word != word) return state.resumePc;
  if (!code.hasMachineCode()) {
    module.policy()->hot(code, runtime::Heat::Loop);
    dropCompileTime(r);
  }
  const void* const entry = module.policy()->loopEntry(code, loop->wasmOffset);
  if (entry != nullptr) return runMachine(r, code, entry);
  pollSooner(r, code);
  return state.resumePc;
}

bool hasRoom(const ExecContext& context, const u64* from, u64 slots) {
  return slots <= static_cast<u64>(context.stackLimit - std::min<const u64*>(from, context.stackLimit));
}

}  // namespace

// -- Traps and polls -------------------------------------------------------------------------------------------------

const Word* continueTrap(Regs& r) { return leaveWithTrap(r, static_cast<TrapKind>(r.pc - specialWords.traps)); }

const Word* continueMemoryFault(Regs& r) {
  ExecContext& context = *r.inst->context;
  // Set by accesses that name their memory; the next fault may be of one that means memory 0.
  const wasm::MemoryIndex memory(std::exchange(context.pending.memoryIndex, 0));
  // Another thread may have grown a shared memory since its size was read: then the access is tried again.
  const u64 sizeThen = r.memSize;
  reloadMemory(r);
  if (r.memSize != sizeThen) return context.interp.pc;
  return leaveWithTrap(r, runtime::memoryFault(*r.inst, memory, context.pending.address, 0));
}

const Word* continuePoll(Regs& r) {
  ExecContext& context = *r.inst->context;
  if (context.interrupt.load(std::memory_order_relaxed) != 0) {
    noteFrame(r);  // a sample may be taken
    const TrapKind kind = context.takeInterrupt();
    if (kind != TrapKind::None) return leaveWithTrap(r, kind);
  }
  ModuleCode& module = moduleOf(*r.inst);
  r.budget = pollInterval(module);
  return module.policy() == nullptr ? context.interp.resumePc : pollTiers(r, module);
}

const Word* continueSample(Regs& r) {
  noteFrame(r);
  ExecContext& context = *r.inst->context;
  runtime::takeSample(context);
  return context.interp.resumePc;
}

// -- Machine code ----------------------------------------------------------------------------------------------------

const Word* continueFirstCall(Regs& r) {
  Code& code = *reinterpret_cast<Code*>(r.acc);
  ModuleCode& module = moduleOf(*r.inst);
  const bool isMachineCode = module.policy() != nullptr && module.policy()->firstCall(code);
  if (!isMachineCode && module.profile != nullptr) module.profile->of(code.index).interpreted.noteEntry();
  const Word* const entry = isMachineCode ? &specialWords.enterMachine : module.translate(code);
  dropCompileTime(r);
  if (!isMachineCode && module.policy() != nullptr) pollSooner(r, code);
  return entry;
}

const Word* continueEnterMachine(Regs& r) {
  const runtime::FuncCode& code = *reinterpret_cast<runtime::FuncCode*>(r.acc);
  runtime::Activation& activation = *r.inst->context->activation;
  if (activation.isFromTier && r.fp[code.shape.paramSlots] == reinterpret_cast<u64>(&specialWords.exit)) {
    // A tail call, and it is machine code that waits for the results: it goes on there, so that tail calls to and fro
    // take constant stack.
    static_cast<runtime::InterpreterActivation&>(activation).continueIn = &r.inst->funcs[code.index.value];
    return leave(*r.inst->context, CallStatus::Ok);
  }
  return runMachine(r, code, code.machine.load(std::memory_order_acquire));
}

const Word* continueHot(Regs& r) {
  runtime::FuncCode& code = *reinterpret_cast<runtime::FuncCode*>(r.acc);
  moduleOf(*r.inst).policy()->hot(code, runtime::Heat::Calls);
  dropCompileTime(r);
  // The function's Enter, which has done nothing yet, is executed once more if there is no machine code.
  return code.hasMachineCode() ? &specialWords.enterMachine : r.inst->context->interp.pc;
}

// -- Calls -----------------------------------------------------------------------------------------------------------

TrapKind checkIndirectSlow(runtime::Instance* instance, u32 table, u64 index, u32 expected) {
  Func* callee = nullptr;
  return runtime::resolveIndirect(*instance, wasm::TableIndex(table), index, wasm::TypeId(expected), &callee);
}

const Word* continueCallOther(Regs& r) {
  ExecContext& context = *r.inst->context;
  InterpreterState& state = context.interp;
  Func& func = *state.callee;
  u64* arguments = state.calleeFrame;
  const Word* back = state.returnPc;
  const wasm::FuncType& type = typeOf(context, func);
  if (!hasRoom(context, arguments, u64{kBridgeSlots} + kLinkSlots + std::max(type.paramSlots, type.resultSlots)))
    return leaveWithTrap(r, TrapKind::CallStackExhausted);
  if (func.code != nullptr) {
    u64* frame = arguments + kBridgeSlots;
    std::memmove(frame, arguments, type.paramSlots * sizeof(u64));
    writeBridge(arguments, r.inst, reinterpret_cast<u64>(back), reinterpret_cast<u64>(r.fp), type.resultSlots);
    writeCrossLink(frame + type.paramSlots, arguments);
    return enterInstance(r, func, frame);
  }
  const CallStatus status = callHost(r, func, arguments, std::max(type.paramSlots, type.resultSlots));
  return status == CallStatus::Ok ? back : callFailed(r, status);
}

const Word* continueTailCallOther(Regs& r) {
  ExecContext& context = *r.inst->context;
  Func& func = *context.interp.callee;
  u64* arguments = context.interp.calleeFrame;
  const u64* link = r.fp + r.acc;
  const u64 back = link[0], caller = link[1];
  const wasm::FuncType& type = typeOf(context, func);
  const u32 slots = std::max(type.paramSlots, type.resultSlots);
  if (!hasRoom(context, arguments, u64{kBridgeSlots} + kLinkSlots + slots))
    return leaveWithTrap(r, TrapKind::CallStackExhausted);
  if (func.code == nullptr) {
    const CallStatus status = callHost(r, func, arguments, slots);
    if (status != CallStatus::Ok) return callFailed(r, status);
    std::memmove(r.fp, arguments, type.resultSlots * sizeof(u64));
    r.fp = reinterpret_cast<u64*>(caller);
    return reinterpret_cast<const Word*>(back);
  }
  u64* frame = r.fp;
  if (back == reinterpret_cast<u64>(&specialWords.crossReturn)) {
    std::memmove(frame, arguments, type.paramSlots * sizeof(u64));
    writeCrossLink(frame + type.paramSlots, reinterpret_cast<const u64*>(caller));
  } else {
    u64* bridge = frame;
    frame += kBridgeSlots;
    std::memmove(frame, arguments, type.paramSlots * sizeof(u64));
    writeBridge(bridge, r.inst, back, caller, type.resultSlots);
    writeCrossLink(frame + type.paramSlots, bridge);
  }
  return enterInstance(r, func, frame);
}

const Word* continueCrossReturn(Regs& r) {
  u64* bridge = r.fp;
  r.inst = reinterpret_cast<Instance*>(bridge[0]);
  const Word* back = reinterpret_cast<const Word*>(bridge[1]);
  r.fp = reinterpret_cast<u64*>(bridge[2]);
  std::memmove(bridge, bridge + kBridgeSlots, bridge[3] * sizeof(u64));
  reloadMemory(r);
  return back;
}

// -- Exceptions ------------------------------------------------------------------------------------------------------

const Word* continueThrow(Regs& r) {
  ExecContext& context = *r.inst->context;
  const u32 slot = operand<0>(r.pc), tag = operand<1>(r.pc);
  context.interp.pc = r.pc;
  noteFrame(r);
  context.stackTop = r.fp + operand<2>(r.pc);
  u32 reference = 0;
  if (tag == kThrowReference) {
    reference = static_cast<u32>(r.fp[slot]);
    if (reference == 0) return leaveWithTrap(r, TrapKind::NullExceptionReference);
  } else {
    const TrapKind trap = runtime::makeException(context, *r.inst->tags[tag], r.fp + slot, &reference);
    if (trap != TrapKind::None) return leaveWithTrap(r, trap);
  }
  return unwind(r, reference);
}

// -- From C++ --------------------------------------------------------------------------------------------------------

namespace {

/// Runs `func` to its end in an activation of its own: arguments at the start of `frame`, with room for the link behind
/// them.
CallStatus runActivation(ExecContext& context, runtime::InterpreterActivation& activation, Func& func, u64* frame) {
  runtime::FuncCode& code = *func.code;
  activation.previous = context.activation;
  activation.stackTop = context.stackTop;
  activation.outer = context.interp;
  context.activation = &activation;
  context.interp = {};

  frame[code.shape.paramSlots] = reinterpret_cast<u64>(&specialWords.exit);
  frame[code.shape.paramSlots + 1] = 0;
  // A store that is to stop does so at the first call or back-edge.
  const bool isToStop = context.interrupt.load(std::memory_order_relaxed) != 0;
  Regs start{code.threaded.load(std::memory_order_acquire),
             frame,
             func.instance,
             nullptr,
             0,
             reinterpret_cast<u64>(&code),
             isToStop ? 0 : pollInterval(moduleOf(*func.instance)),
             V128{}};
  reloadMemory(start);
  dispatch().run(start);
  const CallStatus status = context.interp.status;

  context.interp = activation.outer;
  context.stackTop = activation.stackTop;
  context.activation = activation.previous;
  return status;
}

/// As callFromHost. Apart from it, so that machine code does not pay for this frame.
[[gnu::noinline]] CallStatus interpretFromHost(ExecContext& context, Func& func, u64* slots) {
  const runtime::StoreCall call(context);
  const runtime::FuncCode& code = *func.code;
  // The first call of all need not ask how much native stack there is, which the first to ask pays for.
  if (call.isFirstOfThread())
    context.nativeLimit = nullptr;
  else if (call.isOutermost() || context.nativeLimit == nullptr)
    runtime::noteNativeLimit(context);
  u64* frame = context.stackTop;
  if (!runtime::hasNativeStack(context) ||
      !hasRoom(context, frame, u64{code.shape.paramSlots} + code.shape.resultSlots + kCallSlack))
    return runtime::beginTrap(context, TrapKind::CallStackExhausted);
  std::memcpy(frame, slots, code.shape.paramSlots * sizeof(u64));
  runtime::InterpreterActivation activation;
  const CallStatus status = runActivation(context, activation, func, frame);
  if (status == CallStatus::Ok) std::memcpy(slots, frame, code.shape.resultSlots * sizeof(u64));
  return status;
}

}  // namespace

CallStatus callFromHost(ExecContext& context, Func& func, u64* slots) {
  if (func.code->hasMachineCode()) return runtime::callMachine(context, func, slots);
  return interpretFromHost(context, func, slots);
}

CallStatus callFromMachine(ExecContext& context, Func& func, u64* frame, Func*& continueIn) {
  if (!runtime::hasNativeStack(context) ||
      !hasRoom(context, frame, u64{func.code->shape.paramSlots} + func.code->shape.resultSlots + kCallSlack))
    return runtime::beginTrap(context, TrapKind::CallStackExhausted);
  runtime::InterpreterActivation activation;
  activation.isFromTier = true;
  const CallStatus status = runActivation(context, activation, func, frame);
  continueIn = activation.continueIn;
  return status;
}

}  // namespace wasmrun::interp
