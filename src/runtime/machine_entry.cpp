#include "runtime/machine_entry.h"

#include <algorithm>
#include <cstring>

#include "platform/alternate_stack.h"
#include "platform/native_stack.h"
#include "runtime/builtins.h"
#include "runtime/sampling.h"
#include "runtime/store_call.h"

namespace wasmrun::runtime {

namespace {

/// Native stack that a call leaves to handlers, builtins and the host functions they call, bytes.
constexpr size_t kNativeStackReserve = 128 << 10;

/// Slots beyond arguments and results that entering a function takes: its link.
constexpr i64 kEntrySlack = 8;

/// Calls `entry` in an activation of its own. With Ok `first` is the first result's slot, if that came in a register.
[[gnu::always_inline]] inline CallStatus enter(ExecContext& context, bool isFromTier, Instance& instance,
                                               const CallShape& shape, const void* entry, u64* frame, u64& first) {
  u64* const stackTop = context.stackTop;
  Activation* const previous = context.activation;
  Activation activation{
      .previous = previous, .kind = ActivationKind::Machine, .isFromTier = isFromTier, .stackTop = stackTop};
  context.activation = &activation;
  u64 results[2];
  const EnterMachine enterMachine = context.machine->enter.load(std::memory_order_relaxed);
  const CallStatus status = enterMachine(entry, &context, &instance, frame, results);
  context.activation = previous;
  context.stackTop = stackTop;
  if (status == CallStatus::Ok && shape.firstResult != ValuePlace::Slot)
    first = slotOf(shape.firstResult, results[0], results[1]);
  return status;
}

/// Whether what is kept back of the usual stack is below the caller's frame.
[[gnu::always_inline]] inline bool isOnUsualStack(const ThreadCalls& calls) {
  const u8* const here = static_cast<const u8*>(__builtin_frame_address(0));
  return calls.usualLimit != nullptr && here - kNativeStackReserve > calls.usualLimit;
}

const void* findNativeLimit(ThreadCalls& calls) {
  if (isOnUsualStack(calls)) return calls.usualLimit;
  const u8* const here = static_cast<const u8*>(__builtin_frame_address(0));
  const size_t left = platform::nativeStackLeft();
  if (left == ~size_t{0}) return nullptr;
  if (left >= 2 * kNativeStackReserve) return calls.usualLimit = here - (left - kNativeStackReserve);
  // Little stack altogether: half of it is better than none.
  return here - (left - left / 2);
}

/// noteNativeLimit for a call from the host, most of which find the thread as the last one left it.
[[gnu::always_inline]] inline void noteUsualLimit(ExecContext& context) {
  ThreadCalls& calls = threadCalls;
  if (calls.nativeLimit == nullptr && calls.hasAlternateStack && isOnUsualStack(calls)) [[likely]]
    context.nativeLimit = calls.nativeLimit = calls.usualLimit;
  else
    noteNativeLimit(context);
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
  const StoreCall call(context);
  if (call.isOutermost() || context.nativeLimit == nullptr) noteUsualLimit(context);
  const FuncCode& code = *func.code;
  const CallShape& shape = code.shape;
  u64* const frame = context.stackTop;
  const i64 room = context.stackLimit - frame;
  if (!hasNativeStack(context) || room < i64{shape.slots()} + kEntrySlack) [[unlikely]]
    return beginTrap(context, TrapKind::CallStackExhausted);
  for (u32 i = 0; i < shape.paramSlots; ++i) frame[i] = slots[i];
  const CallStatus status =
      enter(context, false, *func.instance, shape, code.machine.load(std::memory_order_acquire), frame, slots[0]);
  if (status == CallStatus::Ok) [[likely]]
    for (u32 i = shape.firstResult != ValuePlace::Slot; i < shape.resultSlots; ++i) slots[i] = frame[i];
  return status;
}

CallStatus continueInMachine(ExecContext& context, Instance& instance, const CallShape& shape, const void* entry,
                             u64* frame) {
  if (context.nativeLimit == nullptr) noteNativeLimit(context);
  if (!hasNativeStack(context)) [[unlikely]]
    return beginTrap(context, TrapKind::CallStackExhausted);
  return enter(context, true, instance, shape, entry, frame, frame[0]);
}

TrapKind checkEntry(ExecContext& context, const u64* frameEnd, const void* sp) {
  // Back to what it is without a stop; then nobody who asks for one between these two is missed (Store::stop).
  context.jitStackLimit.store(context.stackLimit);
  if (context.interrupt.load() != 0) {
    context.jitStackLimit.store(nullptr);
    if (hasUnsampledTime(context)) takeSample(context, SampleOf::Caller);
    const TrapKind kind = context.takeInterrupt();
    if (kind != TrapKind::None) return kind;
  }
  const bool fits = frameEnd <= context.stackLimit && sp >= context.nativeLimit;
  return fits ? TrapKind::None : TrapKind::CallStackExhausted;
}

}  // namespace wasmrun::runtime
