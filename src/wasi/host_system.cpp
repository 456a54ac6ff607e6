#include "wasi/host_system.h"

#include <sched.h>
#include <sys/random.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "wasi/host_stat.h"

namespace wasmrun::wasi {

namespace {

Fallible<u64> askClock(u32 clock, int (*ask)(clockid_t, timespec*)) {
  static constexpr clockid_t kHostClocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                                              CLOCK_THREAD_CPUTIME_ID};
  if (clock >= std::size(kHostClocks)) return std::unexpected(Errno::Inval);
  timespec time;
  if (ask(kHostClocks[clock], &time) != 0) return std::unexpected(errnoFromHost(errno));
  return nanosecondsOf(time);
}

}  // namespace

Fallible<u64> clockTime(u32 clock) { return askClock(clock, clock_gettime); }
Fallible<u64> clockResolution(u32 clock) { return askClock(clock, clock_getres); }

Errno fillRandom(std::span<std::byte> buffer) {
  static constexpr size_t kMaxChunk = size_t{1} << 20;  // so that a signal need not wait for gigabytes
  while (!buffer.empty()) {
    const ssize_t filled = getrandom(buffer.data(), std::min(buffer.size(), kMaxChunk), 0);
    if (filled < 0 && errno != EINTR) return errnoFromHost(errno);
    if (filled > 0) buffer = buffer.subspan(static_cast<size_t>(filled));
  }
  return Errno::Success;
}

void yieldThread() { sched_yield(); }

}  // namespace wasmrun::wasi
