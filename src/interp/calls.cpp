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
#include "interp/unwind.h"
#include "platform/native_stack.h"
#include "runtime/builtins.h"
#include "runtime/store.h"

namespace wasmrun::interp {

using runtime::CallStatus;
using runtime::ExecContext;
using runtime::Instance;
using runtime::InterpreterState;

SpecialWords specialWords;

namespace {

/// Calls from C++ into wasm that may be nested, each with the host function that made it.
constexpr u32 kMaxNativeDepth = 1'000;
/// So many need not ask how much there is left of the native stack, which the first to ask pays for.
constexpr u32 kFreeNativeDepth = 4;
/// Native stack that a call leaves to handlers, builtins and the host functions they call, bytes.
constexpr size_t kNativeStackReserve = 128 << 10;

/// How much of the native stack one nested call takes is the compiler's and the host's affair, and how much there is
/// the embedder's, so a count alone does not bound it.
bool hasNativeStack(const ExecContext& context) {
  if (context.nativeDepth < kFreeNativeDepth) return true;
  return context.nativeDepth < kMaxNativeDepth && platform::nativeStackLeft() >= kNativeStackReserve;
}

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
  return static_cast<Code*>(func.code)->entry.load(std::memory_order_acquire);
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

/// Continues after a host function that did not return normally.
const Word* hostFailed(Regs& r, CallStatus status) {
  ExecContext& context = *r.inst->context;
  if (status == CallStatus::Exception) return unwind(r, context.pending.exceptionRef);
  return leave(context, status);
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
  r.budget = kPollInterval;
  if (context.interrupt.load(std::memory_order_relaxed) != 0) {
    const TrapKind kind = context.takeInterrupt();
    if (kind != TrapKind::None) return leaveWithTrap(r, kind);
  }
  return context.interp.resumePc;
}

const Word* continueTranslate(Regs& r) {
  Code& code = *reinterpret_cast<Code*>(r.acc);
  return code.module->translate(code);
}

// -- Calls -----------------------------------------------------------------------------------------------------------

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
  return status == CallStatus::Ok ? back : hostFailed(r, status);
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
    if (status != CallStatus::Ok) return hostFailed(r, status);
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

CallStatus callFromHost(ExecContext& context, Func& func, u64* slots) {
  const wasm::FuncType& type = typeOf(context, func);
  u64* frame = context.stackTop;
  if (!hasNativeStack(context) || !hasRoom(context, frame, u64{type.paramSlots} + type.resultSlots + kCallSlack))
    return runtime::beginTrap(context, TrapKind::CallStackExhausted);

  runtime::Activation activation{context.activation, context.interp, context.stackTop};
  context.activation = &activation;
  ++context.nativeDepth;
  context.interp = {};

  std::memcpy(frame, slots, type.paramSlots * sizeof(u64));
  frame[type.paramSlots] = reinterpret_cast<u64>(&specialWords.exit);
  frame[type.paramSlots + 1] = 0;
  Code* code = static_cast<Code*>(func.code);
  Regs start{code->entry.load(std::memory_order_acquire), frame, func.instance, nullptr, 0, reinterpret_cast<u64>(code),
             // A store that is to stop does so at the first call or back-edge.
             context.interrupt.load(std::memory_order_relaxed) == 0 ? kPollInterval : 0, V128{}};
  reloadMemory(start);
  dispatch().run(start);
  const CallStatus status = context.interp.status;
  if (status == CallStatus::Ok) std::memcpy(slots, frame, type.resultSlots * sizeof(u64));

  context.interp = activation.outer;
  context.stackTop = activation.stackTop;
  context.activation = activation.previous;
  --context.nativeDepth;
  return status;
}

}  // namespace wasmrun::interp
