// The process's threads that sleep in memory.atomic.wait, by address (threads proposal, "wait and notify").
//
// Memories that several stores share are one mapping that never moves, so that a byte's host address names it
// everywhere. Queues are hashed by address into buckets with a lock each; a waiter is a record on its thread's stack,
// and sleeps on its store's ExecContext::wakeups, which interruption counts up as well.
#pragma once

#include <optional>

#include "runtime/exec_context.h"

namespace wasmrun::runtime {

enum class WaitResult : u8 { Woken, NotEqual, TimedOut, Stopped };

/// Sleeps if `*address` is `expected` (read atomically with respect to notifyWaiters), until woken, the deadline
/// (platform::monotonicNanos) or interruption: Stopped, then ExecContext::takeInterrupt says why. T is u32 or u64, the
/// address aligned. Runs on the store's thread.
template <class T>
WaitResult waitOn(ExecContext& context, T* address, T expected, std::optional<u64> deadline);

/// Wakes up to `count` of those that wait on `address`, the longest waiting first; how many. Any thread.
u32 notifyWaiters(const void* address, u32 count);

}  // namespace wasmrun::runtime
