// poll_oneoff: wait for the first of several clocks and files.
//
// What is wrong with one subscription is that subscription's event, not the call's error. An event that is due at once
// (an error, a clock in the past) does not stop others that are ready from being reported too.
#include <algorithm>
#include <vector>

#include "wasi/calls.h"
#include "wasi/context.h"
#include "wasi/host_poll.h"
#include "wasi/host_system.h"

namespace wasmrun::wasi::calls {

namespace {

constexpr u32 kMaxSubscriptions = 65536;
constexpr u32 kNoRequest = UINT32_MAX;

struct Subscription {
  u64 userdata = 0;
  u8 tag = 0;
  Errno error = Errno::Success;  ///< the event is due, with this error
  u32 clock = 0;                 ///< of a Clock
  u64 deadline = 0;              ///< of a Clock, in its own time; nanoseconds
  u32 fd = 0;                    ///< of the others
  u32 request = kNoRequest;      ///< of the others: index into the host's requests; none if always ready

  bool isAlwaysReady() const { return !isClock() && error == Errno::Success && request == kNoRequest; }
  bool isClock() const { return tag == static_cast<u8>(EventType::Clock); }
};

struct Event {
  Errno error = Errno::Success;
  u64 bytes = 0;
  u16 flags = 0;
};

u64 addSaturated(u64 a, u64 b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

class Poll {
 public:
  Poll(FdTable& fds, const StopSignal& stop) : fds_(fds), stop_(stop) {}

  /// Copies the subscriptions and finds out what each waits for. Inval for an unknown kind.
  Errno read(const std::byte* in, u32 count) {
    subscriptions_.reserve(count);
    for (u32 i = 0; i < count; ++i) WASI_TRY(add(in + u64{i} * subscription_layout::kSize));
    return Errno::Success;
  }

  /// Waits, and writes the events.
  Fallible<u32> run(std::byte* out) {
    for (;;) {
      WASI_TRY(pollFiles(requests_, timeUntilDue(), stop_));
      u32 events = 0;
      for (const Subscription& subscription : subscriptions_) {
        Event event;
        if (isDue(subscription, event)) write(out + u64{events++} * event_layout::kSize, subscription, event);
      }
      if (events != 0) return events;
    }
  }

 private:
  Errno add(const std::byte* in) {
    Subscription subscription;
    subscription.userdata = GuestMemory::load<u64>(in + subscription_layout::kUserdata);
    subscription.tag = GuestMemory::load<u8>(in + subscription_layout::kTag);
    if (subscription.tag > static_cast<u8>(EventType::FdWrite)) return Errno::Inval;
    subscription.error = subscription.isClock() ? readClock(in, subscription) : readFd(in, subscription);
    subscriptions_.push_back(subscription);
    return Errno::Success;
  }

  Errno readClock(const std::byte* in, Subscription& subscription) {
    subscription.clock = GuestMemory::load<u32>(in + subscription_layout::kClockId);
    const u64 timeout = GuestMemory::load<u64>(in + subscription_layout::kTimeout);
    const u16 flags = GuestMemory::load<u16>(in + subscription_layout::kClockFlags);
    if ((flags & ~kSubscriptionAbsoluteTime) != 0) return Errno::Inval;
    WASI_ASSIGN(const u64 now, clockTime(subscription.clock));
    if (subscription.clock > static_cast<u32>(ClockId::Monotonic)) return Errno::NotSup;  // CPU time cannot be awaited
    subscription.deadline = (flags & kSubscriptionAbsoluteTime) != 0 ? timeout : addSaturated(now, timeout);
    if ((flags & kSubscriptionAbsoluteTime) != 0 || subscription.clock == static_cast<u32>(ClockId::Monotonic)) {
      return Errno::Success;
    }
    // A relative wait is not moved by somebody who sets the time.
    subscription.clock = static_cast<u32>(ClockId::Monotonic);
    WASI_ASSIGN(const u64 steady, clockTime(subscription.clock));
    subscription.deadline = addSaturated(steady, timeout);
    return Errno::Success;
  }

  Errno readFd(const std::byte* in, Subscription& subscription) {
    const bool forWriting = subscription.tag == static_cast<u8>(EventType::FdWrite);
    subscription.fd = GuestMemory::load<u32>(in + subscription_layout::kFd);
    const Rights rights = right::kPollFdReadwrite | (forWriting ? right::kFdWrite : right::kFdRead);
    WASI_ASSIGN(const Descriptor* descriptor, fds_.find(subscription.fd, rights));
    if (descriptor->hooks) return Errno::Success;  // nobody can say when they would wait
    subscription.request = static_cast<u32>(requests_.size());
    requests_.push_back({descriptor->file.get(), forWriting});
    return Errno::Success;
  }

  /// Nanoseconds until the first event that needs no file.
  u64 timeUntilDue() const {
    u64 shortest = kWaitForever;
    for (const Subscription& subscription : subscriptions_) {
      if (subscription.error != Errno::Success || subscription.isAlwaysReady()) return 0;
      if (subscription.isClock()) shortest = std::min(shortest, timeLeft(subscription));
    }
    return shortest;
  }

  static u64 timeLeft(const Subscription& subscription) {
    const u64 now = clockTime(subscription.clock).value_or(UINT64_MAX);
    return subscription.deadline > now ? subscription.deadline - now : 0;
  }

  bool isDue(const Subscription& subscription, Event& event) const {
    event.error = subscription.error;
    if (subscription.error != Errno::Success || subscription.isAlwaysReady()) return true;
    if (subscription.isClock()) return timeLeft(subscription) == 0;
    const PollRequest& request = requests_[subscription.request];
    if (!request.isReady) return false;
    event.bytes = request.forWriting ? 0 : readableBytes(request.fd);
    event.flags = request.isHangup ? kEventHangup : 0;
    return true;
  }

  static void write(std::byte* out, const Subscription& subscription, const Event& event) {
    std::memset(out, 0, event_layout::kSize);
    GuestMemory::store(out + event_layout::kUserdata, subscription.userdata);
    GuestMemory::store(out + event_layout::kError, static_cast<u16>(event.error));
    GuestMemory::store(out + event_layout::kType, subscription.tag);
    GuestMemory::store(out + event_layout::kBytes, event.bytes);
    GuestMemory::store(out + event_layout::kFlags, event.flags);
  }

  FdTable& fds_;
  const StopSignal& stop_;
  std::vector<Subscription> subscriptions_;
  std::vector<PollRequest> requests_;
};

}  // namespace

Errno pollOneoff(WasiContext& context, GuestMemory memory, u32 subscriptions, u32 eventsOut, u32 count, u32 countOut) {
  if (count == 0 || count > kMaxSubscriptions) return Errno::Inval;
  WASI_ASSIGN(const std::byte* in, memory.range(subscriptions, u64{count} * subscription_layout::kSize));
  WASI_ASSIGN(auto* out, memory.range(eventsOut, u64{count} * event_layout::kSize));
  WASI_ASSIGN(auto* size, memory.range(countOut, sizeof(u32)));
  Poll poll(context.fds(), context.stop());
  WASI_TRY(poll.read(in, count));
  WASI_ASSIGN(const u32 events, poll.run(out));
  GuestMemory::store(size, events);
  return Errno::Success;
}

}  // namespace wasmrun::wasi::calls
