#include "platform/clock.h"

#include <time.h>

namespace wasmrun::platform {

u64 monotonicNanos() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<u64>(time.tv_sec) * 1'000'000'000 + static_cast<u64>(time.tv_nsec);
}

}  // namespace wasmrun::platform
