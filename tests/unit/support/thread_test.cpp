#include "support/thread.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

namespace wasmrun::support {
namespace {

TEST(Thread, RunsItsWorkOnce) {
  std::atomic<int> done{0};
  Thread first([&] { ++done; });
  ASSERT_TRUE(first.isRunning());
  Thread second = std::move(first);
  EXPECT_FALSE(first.isRunning());
  second.join();
  EXPECT_FALSE(second.isRunning());
  EXPECT_EQ(done, 1);
}

TEST(ThreadDeathTest, IsNoneIfTheSystemRefuses) {
  const auto refused = [] {
    // The limit does not count for root; where one cannot become somebody else, nothing is tested.
    const rlimit none{0, 0};
    if ((geteuid() == 0 && setuid(65534) != 0) || setrlimit(RLIMIT_NPROC, &none) != 0) std::_Exit(0);
    bool began = false;
    Thread thread([&] { began = true; });
    if (thread.isRunning()) thread.join();
    std::_Exit(began ? 1 : 0);
  };
  EXPECT_EXIT(refused(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace wasmrun::support
