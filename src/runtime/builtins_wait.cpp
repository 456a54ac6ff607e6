// memory.atomic.wait and notify (threads proposal).
#include "platform/clock.h"
#include "runtime/builtins.h"
#include "runtime/wait_queue.h"

namespace wasmrun::runtime {

namespace {

/// Alignment first, then bounds, as the reference interpreter has it.
TrapKind checkAccess(Instance& instance, wasm::MemoryIndex memory, u64 address, u64 size) {
  if (address % size != 0) return TrapKind::UnalignedAtomic;
  if (!instance.memories[memory.value]->contains(address, size)) return memoryFault(instance, memory, address, size);
  return TrapKind::None;
}

/// Nothing for a wait without end, which a deadline past the clock's range is too.
std::optional<u64> deadlineAfter(i64 timeout) {
  if (timeout < 0) return std::nullopt;
  return platform::monotonicNanos() + static_cast<u64>(timeout);
}

template <class T>
TrapKind atomicWait(Instance& instance, wasm::MemoryIndex memory, u64 address, T expected, i64 timeout, u32* result) {
  const TrapKind trap = checkAccess(instance, memory, address, sizeof(T));
  if (trap != TrapKind::None) return trap;
  const Memory& source = *instance.memories[memory.value];
  if (!source.type.isShared) return TrapKind::ExpectedSharedMemory;
  T* const place = reinterpret_cast<T*>(source.base + address);
  const WaitResult waited = waitOn<T>(*instance.context, place, expected, deadlineAfter(timeout));
  // Only this thread clears what has stopped it, so there is a reason to be taken.
  if (waited == WaitResult::Stopped) return instance.context->takeInterrupt();
  *result = waited == WaitResult::Woken ? 0 : waited == WaitResult::NotEqual ? 1 : 2;
  return TrapKind::None;
}

}  // namespace

TrapKind atomicAddress(Instance& instance, wasm::MemoryIndex memory, u64 base, u64 offset, u64 size, u64& address) {
  if (!__builtin_add_overflow(base, offset, &address)) return TrapKind::None;
  return address % size != 0 ? TrapKind::UnalignedAtomic : memoryFault(instance, memory, ~u64{0}, size);
}

TrapKind atomicNotify(Instance& instance, wasm::MemoryIndex memory, u64 address, u32 count, u32* woken) {
  const TrapKind trap = checkAccess(instance, memory, address, sizeof(u32));
  if (trap != TrapKind::None) return trap;
  const Memory& target = *instance.memories[memory.value];
  *woken = target.type.isShared ? notifyWaiters(target.base + address, count) : 0;
  return TrapKind::None;
}

TrapKind atomicWait32(Instance& instance, wasm::MemoryIndex memory, u64 address, u32 expected, i64 timeout,
                      u32* result) {
  return atomicWait<u32>(instance, memory, address, expected, timeout, result);
}

TrapKind atomicWait64(Instance& instance, wasm::MemoryIndex memory, u64 address, u64 expected, i64 timeout,
                      u32* result) {
  return atomicWait<u64>(instance, memory, address, expected, timeout, result);
}

}  // namespace wasmrun::runtime
