#include "platform/futex.h"

#include <gtest/gtest.h>

#include <thread>

#include "platform/clock.h"

namespace wasmrun::platform {
namespace {

TEST(Futex, DoesNotSleepWhenTheWordIsAnother) {
  const std::atomic<u32> word{1};
  futexWait(word, 0, std::nullopt);
}

TEST(Futex, SleepsNoLongerThanTheDeadline) {
  const std::atomic<u32> word{0};
  const u64 deadline = monotonicNanos() + 2'000'000;
  while (monotonicNanos() < deadline) futexWait(word, 0, deadline);
  futexWait(word, 0, u64{0});  // long past
}

TEST(Futex, WakesASleeper) {
  std::atomic<u32> word{0};
  std::thread sleeper([&] {
    while (word.load() == 0) futexWait(word, 0, std::nullopt);
  });
  word.store(1);
  futexWake(word, 1);
  sleeper.join();
}

}  // namespace
}  // namespace wasmrun::platform
