#include "platform/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

namespace wasmrun::platform {

static_assert(sizeof(std::atomic<u32>) == 4);

void futexWait(const std::atomic<u32>& word, u32 expected, std::optional<u64> deadline) {
  constexpr u64 kSecond = 1'000'000'000;
  timespec time{};
  if (deadline) {
    time.tv_sec = static_cast<time_t>(*deadline / kSecond);
    time.tv_nsec = static_cast<long>(*deadline % kSecond);
  }
  // The BITSET form takes an absolute time of CLOCK_MONOTONIC. All errors mean: look again.
  syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, deadline ? &time : nullptr, nullptr,
          FUTEX_BITSET_MATCH_ANY);
}

void futexWake(const std::atomic<u32>& word, u32 count) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, std::min<u32>(count, INT_MAX), nullptr, nullptr, 0);
}

}  // namespace wasmrun::platform
