#include "runtime/machine_entry.h"

#include <algorithm>
#include <cstring>

#include "platform/alternate_stack.h"
#include "platform/native_stack.h"
#include "runtime/builtins.h"
#include "runtime/store_call.h"

namespace wasmrun::runtime {

namespace {

/// Native stack that a call leaves to handlers, builtins and the host functions they call, bytes.
constexpr size_t kNativeStackReserve = 128 << 10;

/// Slots beyond arguments and results that entering a function takes: its link.
constexpr u64 kEntrySlack = 8;

bool hasRoom(const ExecContext& context, const u64* from, u64 slots) {
  return slots <= static_cast<u64>(context.stackLimit - std::min<const u64*>(from, context.stackLimit));
}

/// Calls `entry` in an activation of its own.
[[gnu::always_inline]] inline CallStatus enter(ExecContext& context, Activation& activation, Instance& instance,
                                               const CallShape& shape, const void* entry, u64* frame) {
  activation.previous = context.activation;
  activation.kind = ActivationKind::Machine;
  activation.stackTop = context.stackTop;
  context.activation = &activation;
  u64 results[2];
  const EnterMachine enterMachine = context.machine->enter.load(std::memory_order_relaxed);
  const CallStatus status = enterMachine(entry, &context, &instance, frame, results);
  context.activation = activation.previous;
  context.stackTop = activation.stackTop;
  if (status == CallStatus::Ok && shape.firstResult != ValuePlace::Slot)
    frame[0] = slotOf(shape.firstResult, results[0], results[1]);
  return status;
}

const void* findNativeLimit(ThreadCalls& calls) {
  const u8* const here = static_cast<const u8*>(__builtin_frame_address(0));
  if (calls.usualLimit != nullptr && here - kNativeStackReserve > calls.usualLimit) return calls.usualLimit;
  const size_t left = platform::nativeStackLeft();
  if (left == ~size_t{0}) return nullptr;
  if (left >= 2 * kNativeStackReserve) return calls.usualLimit = here - (left - kNativeStackReserve);
  // Little stack altogether: half of it is better than none.
  return here - (left - left / 2);
}

}  // namespace

void noteNativeLimit(ExecContext& context) {
  ThreadCalls& calls = threadCalls;
  // Faults of machine code are handled on a stack of their own; without one they end the process.
  if (context.machine != nullptr && !calls.hasAlternateStack) {
    static_cast<void>(platform::ensureAlternateStack());
    calls.hasAlternateStack = true;
  }
  if (calls.nativeLimit == nullptr) calls.nativeLimit = findNativeLimit(calls);
  context.nativeLimit = calls.nativeLimit;
}

CallStatus callMachine(ExecContext& context, Func& func, u64* slots) {
  if (context.activation == nullptr || context.nativeLimit == nullptr) noteNativeLimit(context);
  const FuncCode& code = *func.code;
  const CallShape& shape = code.shape;
  u64* const frame = context.stackTop;
  if (!hasNativeStack(context) || !hasRoom(context, frame, u64{shape.slots()} + kEntrySlack)) [[unlikely]]
    return beginTrap(context, TrapKind::CallStackExhausted);
  for (u32 i = 0; i < shape.paramSlots; ++i) frame[i] = slots[i];
  Activation activation;
  const CallStatus status =
      enter(context, activation, *func.instance, shape, code.machine.load(std::memory_order_acquire), frame);
  if (status == CallStatus::Ok) [[likely]]
    for (u32 i = 0; i < shape.resultSlots; ++i) slots[i] = frame[i];
  return status;
}

CallStatus continueInMachine(ExecContext& context, Instance& instance, const CallShape& shape, const void* entry,
                             u64* frame) {
  if (context.nativeLimit == nullptr) noteNativeLimit(context);
  if (!hasNativeStack(context)) [[unlikely]]
    return beginTrap(context, TrapKind::CallStackExhausted);
  Activation activation;
  activation.isFromTier = true;
  return enter(context, activation, instance, shape, entry, frame);
}

TrapKind checkEntry(ExecContext& context, const u64* frameEnd, const void* sp) {
  // Back to what it is without a stop; then nobody who asks for one between these two is missed (Store::stop).
  context.jitStackLimit.store(context.stackLimit);
  if (context.interrupt.load() != 0) {
    context.jitStackLimit.store(nullptr);
    const TrapKind kind = context.takeInterrupt();
    if (kind != TrapKind::None) return kind;
  }
  const bool fits = frameEnd <= context.stackLimit && sp >= context.nativeLimit;
  return fits ? TrapKind::None : TrapKind::CallStackExhausted;
}

}  // namespace wasmrun::runtime
