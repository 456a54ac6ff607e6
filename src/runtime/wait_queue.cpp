#include "runtime/wait_queue.h"

#include <array>
#include <mutex>

#include "platform/clock.h"
#include "platform/futex.h"

namespace wasmrun::runtime {

namespace {

struct Waiter {
  const void* address;
  std::atomic<u32>* wakeups;  // of its store's context
  bool notified = false;      // guarded by the bucket's mutex, as are the links
  Waiter* previous = nullptr;
  Waiter* next = nullptr;
};

/// A list of waiters, the longest waiting first.
struct Bucket {
  std::mutex mutex;
  Waiter* first = nullptr;
  Waiter* last = nullptr;

  void append(Waiter& waiter) {
    waiter.previous = last;
    (last != nullptr ? last->next : first) = &waiter;
    last = &waiter;
  }
  void remove(Waiter& waiter) {
    (waiter.previous != nullptr ? waiter.previous->next : first) = waiter.next;
    (waiter.next != nullptr ? waiter.next->previous : last) = waiter.previous;
  }
};

Bucket& bucketOf(const void* address) {
  constexpr u32 kBucketsLog2 = 8;
  static std::array<Bucket, 1u << kBucketsLog2> buckets;
  const u64 hash = reinterpret_cast<u64>(address) * 0x9e37'79b9'7f4a'7c15;
  return buckets[hash >> (64 - kBucketsLog2)];
}

/// Sleeps until something in the context's life changes; the queue's state is looked at before each sleep.
WaitResult sleep(ExecContext& context, Bucket& bucket, Waiter& waiter, std::optional<u64> deadline) {
  while (true) {
    // Read before the conditions: whoever changes one of them counts up afterwards, and the sleep ends at once.
    const u32 wakeups = context.wakeups.load();
    const bool stopped = (context.interrupt.load() & ExecContext::kStops) != 0;
    const bool late = deadline && platform::monotonicNanos() >= *deadline;
    {
      const std::lock_guard lock(bucket.mutex);
      if (waiter.notified) return WaitResult::Woken;
      if (stopped || late) {
        bucket.remove(waiter);
        return stopped ? WaitResult::Stopped : WaitResult::TimedOut;
      }
    }
    platform::futexWait(context.wakeups, wakeups, deadline);
  }
}

}  // namespace

template <class T>
WaitResult waitOn(ExecContext& context, T* address, T expected, std::optional<u64> deadline) {
  Bucket& bucket = bucketOf(address);
  Waiter waiter{address, &context.wakeups};
  {
    const std::lock_guard lock(bucket.mutex);
    if (std::atomic_ref<T>(*address).load() != expected) return WaitResult::NotEqual;
    bucket.append(waiter);
  }
  return sleep(context, bucket, waiter, deadline);
}

template WaitResult waitOn<u32>(ExecContext&, u32*, u32, std::optional<u64>);
template WaitResult waitOn<u64>(ExecContext&, u64*, u64, std::optional<u64>);

u32 notifyWaiters(const void* address, u32 count) {
  Bucket& bucket = bucketOf(address);
  u32 woken = 0;
  const std::lock_guard lock(bucket.mutex);
  for (Waiter* waiter = bucket.first; waiter != nullptr && woken < count;) {
    Waiter* const next = waiter->next;
    if (waiter->address == address) {
      bucket.remove(*waiter);
      waiter->notified = true;
      waiter->wakeups->fetch_add(1);
      // Under the lock: the waiter cannot leave, nor its store go, before it has the lock.
      platform::futexWake(*waiter->wakeups, 1);
      ++woken;
    }
    waiter = next;
  }
  return woken;
}

}  // namespace wasmrun::runtime
