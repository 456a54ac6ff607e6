#include "runtime/memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "platform/mapping.h"
#include "runtime/memory_image.h"
#include "runtime_test.h"
#include "sanitized.h"

namespace wasmrun::runtime::test {
namespace {

constexpr u64 kPage = 65536;
constexpr u64 kGiB = u64{1} << 30;

wasm::MemoryType memoryType(u64 min, std::optional<u64> max = std::nullopt) {
  wasm::MemoryType type;
  type.limits.min = min;
  type.limits.max = max.value_or(0);
  type.limits.hasMax = max.has_value();
  return type;
}

wasm::MemoryType sharedType(u64 min, u64 max) {
  wasm::MemoryType type = memoryType(min, max);
  type.isShared = true;
  return type;
}

std::shared_ptr<Memory> makeMemory(const wasm::MemoryType& type, const MemoryOptions& options = {}) {
  ResourceLimiter limiter;
  auto memory = Memory::make(type, options, limiter);
  EXPECT_TRUE(memory) << memory.error().message;
  return memory ? *memory : nullptr;
}

TEST(Memory, MemoriesOf32BitsAreGuardedAndNeverMove) {
  ResourceLimiter limiter;
  const auto memory = makeMemory(memoryType(1));
  EXPECT_EQ(memory->strategy, MemoryStrategy::Guarded);
  u8* const base = memory->base;
  base[kPage - 1] = 9;
  EXPECT_EQ(memory->grow(1000, limiter), 1u);
  EXPECT_EQ(memory->base, base);
  EXPECT_EQ(memory->byteSize(), 1001 * kPage);
  EXPECT_EQ(base[kPage - 1], 9);
  EXPECT_EQ(base[1001 * kPage - 1], 0);
  EXPECT_DEATH(base[1001 * kPage] = 1, "");
  EXPECT_DEATH(base[4 * kGiB] = 1, "");
}

TEST(Memory, GrowsToTheEndOfItsIndexes) {
  ResourceLimiter limiter;
  const auto memory = makeMemory(memoryType(0));
  EXPECT_EQ(memory->grow(65536, limiter), 0u);
  EXPECT_EQ(memory->byteSize(), 4 * kGiB);
  memory->base[4 * kGiB - 1] = 1;
  EXPECT_EQ(memory->grow(1, limiter), std::nullopt);
  EXPECT_EQ(memory->grow(0, limiter), 65536u);
  EXPECT_EQ(memory->grow(~u64{0}, limiter), std::nullopt);
}

TEST(Memory, StopsAtItsMaximum) {
  ResourceLimiter limiter;
  const auto memory = makeMemory(memoryType(1, 3));
  EXPECT_EQ(memory->grow(3, limiter), std::nullopt);
  EXPECT_EQ(memory->grow(2, limiter), 1u);
  EXPECT_EQ(memory->grow(1, limiter), std::nullopt);
  EXPECT_EQ(memory->presentType().limits.min, 3u);
}

TEST(Memory, OptionsTakeGuardsAway) {
  EXPECT_EQ(makeMemory(memoryType(1), {.reservation = 0})->strategy, MemoryStrategy::Explicit);
  EXPECT_EQ(makeMemory(memoryType(1), {.guardSize = 0})->strategy, MemoryStrategy::Explicit);
  EXPECT_EQ(makeMemory(memoryType(1), {.reservation = 8 * kGiB})->strategy, MemoryStrategy::Guarded);
  EXPECT_EQ(makeMemory(memoryType(1), {.reservation = ~u64{0}, .guardSize = ~u64{0}})->strategy,
            MemoryStrategy::Explicit);
}

TEST(Memory, GrowsOutOfASmallReservation) {
  ResourceLimiter limiter;
  const auto memory = makeMemory(memoryType(2), {.reservation = 4 * kPage});
  std::memset(memory->base, 3, 2 * kPage);
  u8* const base = memory->base;
  EXPECT_EQ(memory->grow(2, limiter), 2u);
  EXPECT_EQ(memory->base, base);
  EXPECT_EQ(memory->grow(1, limiter), 4u);
  EXPECT_EQ(memory->grow(100, limiter), 5u);
  EXPECT_EQ(memory->base[2 * kPage - 1], 3);
  EXPECT_EQ(memory->base[2 * kPage], 0);
  EXPECT_EQ(memory->base[105 * kPage - 1], 0);
}

TEST(Memory, ZeroSizeMemoriesGrow) {
  ResourceLimiter limiter;
  for (const std::optional<u64> reservation : {std::optional<u64>(), std::optional<u64>(0)}) {
    const auto memory = makeMemory(memoryType(0), {.reservation = reservation});
    EXPECT_EQ(memory->byteSize(), 0u);
    EXPECT_TRUE(memory->contains(0, 0));
    EXPECT_FALSE(memory->contains(0, 1));
    EXPECT_EQ(memory->grow(1, limiter), 0u);
    memory->base[kPage - 1] = 1;
  }
}

TEST(Memory, MemoriesOf64BitsAreExplicit) {
  ResourceLimiter limiter;
  wasm::MemoryType type = memoryType(1);
  type.limits.is64 = true;
  const auto memory = makeMemory(type);
  EXPECT_EQ(memory->strategy, MemoryStrategy::Explicit);
  memory->base[5] = 5;
  EXPECT_EQ(memory->grow(80000, limiter), 1u);  // more than 4 GiB
  EXPECT_EQ(memory->base[5], 5);
  EXPECT_EQ(memory->base[80001 * kPage - 1], 0);
  EXPECT_EQ(memory->grow(u64{1} << 47, limiter), std::nullopt);
  EXPECT_EQ(memory->grow(~u64{0} >> 16, limiter), std::nullopt);
  EXPECT_EQ(memory->byteSize(), 80001 * kPage);
}

TEST(Memory, AMinimumThatNoSystemHasIsALimitError) {
  ResourceLimiter limiter;
  wasm::MemoryType type = memoryType(u64{1} << 48);
  type.limits.is64 = true;
  auto memory = Memory::make(type, {}, limiter);
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().kind, ErrorKind::Limit);
  EXPECT_EQ(limiter.totalMemoryBytes(), 0u);
}

TEST(Memory, PagesOfOneByte) {
  ResourceLimiter limiter;
  wasm::MemoryType type = memoryType(3);
  type.pageSizeLog2 = 0;
  const auto memory = makeMemory(type);
  EXPECT_EQ(memory->strategy, MemoryStrategy::Explicit);
  EXPECT_EQ(memory->byteSize(), 3u);
  EXPECT_EQ(memory->grow(100000, limiter), 3u);
  EXPECT_EQ(memory->pages(), 100003u);
  EXPECT_EQ(memory->base[100002], 0);
  // 2^32 pages would read as 0.
  EXPECT_EQ(memory->grow((u64{1} << 32) - 100003, limiter), std::nullopt);
}

TEST(Memory, TheLimiterIsAskedAndCounts) {
  struct Listener : GrowthListener {
    std::vector<u64> seen;
    bool memoryGrowing(u64 current, u64 desired, std::optional<u64> max) override {
      seen.insert(seen.end(), {current, desired, max.value_or(0)});
      return desired <= 3 * kPage;
    }
    bool tableGrowing(u64, u64, std::optional<u64>) override { return false; }
    bool heapGrowing(u64, u64) override { return true; }
    bool instanceMade(u64) override { return true; }
  } listener;
  ResourceLimits limits;
  limits.memoryBytes = 4 * kPage;
  limits.totalMemoryBytes = 5 * kPage;
  ResourceLimiter limiter(limits, &listener);
  auto memory = *Memory::make(memoryType(1, 9), {}, limiter);
  EXPECT_EQ(listener.seen, (std::vector<u64>{0, kPage, 9 * kPage}));
  EXPECT_EQ(memory->grow(4, limiter), std::nullopt);  // the limits themselves
  EXPECT_EQ(memory->grow(3, limiter), std::nullopt);  // the listener
  EXPECT_EQ(listener.seen.size(), 6u);
  EXPECT_EQ(memory->grow(2, limiter), 1u);
  EXPECT_FALSE(Memory::make(memoryType(3), {}, limiter));  // 6 pages in all
  EXPECT_EQ(limiter.totalMemoryBytes(), 3 * kPage);
}

TEST(Memory, SharedMemoriesStayWhateverTheStrategy) {
  ResourceLimiter limiter;
  for (const std::optional<u64> reservation : {std::optional<u64>(), std::optional<u64>(0)}) {
    const auto memory = makeMemory(sharedType(1, 100), {.reservation = reservation});
    u8* const base = memory->base;
    EXPECT_EQ(memory->grow(99, limiter), 1u);
    EXPECT_EQ(memory->base, base);
    EXPECT_EQ(memory->grow(1, limiter), std::nullopt);
  }
}

TEST(Memory, SharedMemoriesGrowFromManyThreads) {
  const auto memory = makeMemory(sharedType(0, 400));
  std::vector<std::thread> threads;
  std::atomic<u32> grown{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      ResourceLimiter limiter;
      for (int j = 0; j < 150; ++j) {
        const auto before = memory->grow(1, limiter);
        if (!before) continue;
        ++grown;
        memory->base[*before * kPage] = 1;  // nobody else's page
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(grown.load(), 400u);
  EXPECT_EQ(memory->pages(), 400u);
}

// -- Without address space -------------------------------------------------------------------------------------------

TEST(Memory, FallsBackUnderAnAddressSpaceLimit) {
  if (kSanitized) GTEST_SKIP() << "sanitizers map terabytes";
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const rlimit limit{2 * kGiB, 2 * kGiB};
    setrlimit(RLIMIT_AS, &limit);
    ResourceLimiter limiter;
    auto memory = Memory::make(memoryType(1), {}, limiter);
    if (!memory || (*memory)->strategy != MemoryStrategy::Explicit) _exit(1);
    (*memory)->base[7] = 7;
    if ((*memory)->grow(1000, limiter) != 1u || (*memory)->base[7] != 7) _exit(2);
    if ((*memory)->grow(60000, limiter)) _exit(3);  // over the limit: refused, and still usable
    if ((*memory)->byteSize() != 1001 * kPage || (*memory)->base[7] != 7) _exit(4);
    auto shared = Memory::make(sharedType(1, 65536), {}, limiter);
    if (shared || shared.error().kind != ErrorKind::Limit) _exit(5);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

// -- Images ----------------------------------------------------------------------------------------------------------

class MemoryImageTest : public RuntimeTest {
 protected:
  static ModuleBuilder bigData(u64 bytes) {
    ModuleBuilder builder;
    builder.memory({.min = 64});
    builder.activeData(i32Const(100), Bytes(bytes, 0xab));
    builder.activeData(i32Const(101), {1, 2, 3});
    builder.exportItem("memory", 2, 0);
    return builder;
  }
};

TEST_F(MemoryImageTest, LaterInstancesAreMappedAndPrivate) {
  const auto module = prepare(bigData(1'000'000).build());
  std::vector<Instance*> instances;
  for (int i = 0; i < 3; ++i) {
    auto instance = instantiate(*store_, module, {});
    ASSERT_TRUE(instance) << instance.error().message;
    instances.push_back(*instance);
  }
  EXPECT_NE(module->imageForInstance(), nullptr);
  for (Instance* instance : instances) {
    u8* const base = instance->memories[0]->base;
    EXPECT_EQ(base[99], 0);
    EXPECT_EQ(base[100], 0xab);
    EXPECT_EQ(base[102], 2);
    EXPECT_EQ(base[1'000'099], 0xab);
    EXPECT_EQ(base[1'000'100], 0);
    EXPECT_EQ(base[64 * kPage - 1], 0);
    base[100] = 1;
    EXPECT_TRUE(instance->isDropped(wasm::DataIndex(0)));
    EXPECT_EQ(memoryGrow(*instance, wasm::MemoryIndex(0), 1), 64);
  }
}

TEST_F(MemoryImageTest, OnlyWhereItChangesNothing) {
  EXPECT_NE(MemoryImage::make(*decode(bigData(MemoryImage::kSmallest).build())), nullptr);
  EXPECT_EQ(MemoryImage::make(*decode(bigData(1000).build())), nullptr);
  ModuleBuilder outside = bigData(MemoryImage::kSmallest);
  outside.activeData(i32Const(64 * kPage - 1), {1, 2});
  EXPECT_EQ(MemoryImage::make(*decode(outside.build())), nullptr);
  ModuleBuilder computed;
  computed.importGlobal("g", {kI32Byte}, false);
  computed.memory({.min = 64});
  computed.activeData(globalGet(0), Bytes(MemoryImage::kSmallest, 1));
  EXPECT_EQ(MemoryImage::make(*decode(computed.build())), nullptr);
}

TEST_F(MemoryImageTest, ExplicitMemoriesAreCopiedInto) {
  options_.memory.reservation = 0;
  renewStore();
  const auto module = prepare(bigData(1'000'000).build());
  for (int i = 0; i < 2; ++i) {
    auto instance = instantiate(*store_, module, {});
    ASSERT_TRUE(instance);
    EXPECT_EQ((*instance)->memories[0]->base[102], 2);
  }
}

}  // namespace
}  // namespace wasmrun::runtime::test
