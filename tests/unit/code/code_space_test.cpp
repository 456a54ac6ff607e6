#include "code/code_space.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "assembled.h"
#include "sanitized.h"

namespace wasmrun::code {
namespace {

constexpr u64 kMiB = u64{1} << 20;

/// Whether a page of this process is writable and executable.
bool anyPageWritableAndExecutable() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (const size_t space = line.find(' '); line[space + 2] == 'w' && line[space + 3] == 'x') return true;
  return false;
}

class CodeSpaceTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Views, CodeSpaceTest, testing::Values(true, false),
                         [](const auto& test) { return test.param ? "Dual" : "Single"; });

TEST_P(CodeSpaceTest, CodeRunsWhereItWasPut) {
  if (!kHasX64) GTEST_SKIP() << "the code is x86-64's";
  const auto space = makeSpace(16 * kMiB, GetParam());
  EXPECT_EQ(space->isDualMapped(), GetParam());
  CodeArea area(*space);
  std::vector<const FunctionRecord*> records;
  for (u32 i = 0; i < 500; ++i) {
    records.push_back(publish(area, returning(i * 3), i));
    ASSERT_NE(records.back(), nullptr);
    if (i % 100 == 0) {
      EXPECT_FALSE(anyPageWritableAndExecutable());
    }
  }
  for (u32 i = 0; i < 500; ++i) {
    EXPECT_EQ(call(records[i]->begin()), i * 3);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(records[i]->begin()) % CodeArea::kAlignment, 0u);
    EXPECT_EQ(space->map().find(records[i]->begin() + 5), records[i]);
    EXPECT_EQ(space->map().findCall(records[i]->end()), records[i]);
  }
  EXPECT_FALSE(anyPageWritableAndExecutable());
}

TEST_P(CodeSpaceTest, NoPageIsEverWritableAndExecutable) {
  const auto space = makeSpace(16 * kMiB, GetParam());
  CodeArea area(*space);
  for (u32 i = 0; i < 20; ++i) {
    const auto block = area.allocate(3000);
    ASSERT_TRUE(block);
    EXPECT_FALSE(anyPageWritableAndExecutable());
    std::memset(block->writable, 0xCC, 3000);
    FunctionRecordBuilder builder;
    builder.begin({});
    ASSERT_TRUE(area.publish(*block, builder.finish(block->executable, 3000)));
    EXPECT_FALSE(anyPageWritableAndExecutable());
  }
}

TEST_P(CodeSpaceTest, WhatAModuleHadIsUsedAgain) {
  const auto space = makeSpace(4 * kMiB, GetParam());
  for (int round = 0; round < 50; ++round) {
    CodeArea area(*space);
    const auto large = area.allocate(3 * kMiB);
    ASSERT_TRUE(large) << large.error().message;
    EXPECT_EQ(large->writable[0] | large->writable[3 * kMiB - 1], 0) << "memory comes back as zeros";
    std::memset(large->writable, 0xC3, 3 * kMiB);
    ASSERT_TRUE(area.allocateSlots(10'000));
    EXPECT_GE(space->statistics().chunkBytes, 3 * kMiB);
    EXPECT_EQ(space->statistics().slots, 10'000u);
  }
  const CodeSpaceStatistics left = space->statistics();
  EXPECT_EQ(left.chunkBytes, 0u);
  EXPECT_EQ(left.codeBytes, 0u);
  EXPECT_EQ(left.slots, 0u);
  EXPECT_EQ(left.blocks, 0u);
  EXPECT_EQ(left.recordBytes, 0u);
}

TEST_P(CodeSpaceTest, AFullSpaceIsAnError) {
  const auto space = makeSpace(2 * kMiB, GetParam());
  CodeArea first(*space), second(*space);
  u64 taken = 0;
  for (;;) {
    const auto block = (taken % 2 == 0 ? first : second).allocate(50'000);
    if (!block) {
      EXPECT_EQ(block.error().kind, ErrorKind::Limit);
      EXPECT_NE(block.error().message.find("the space for machine code"), std::string::npos) << block.error().message;
      break;
    }
    ++taken;
  }
  EXPECT_GT(taken, 15u);
  EXPECT_FALSE(first.allocateSlots(1'000'000));
  EXPECT_FALSE(first.allocate(~u32{0}));
  // Smaller blocks find place in what the chunks still have, or do not; either way the space stays usable.
  (void)first.allocate(16);
}

TEST(CodeSpace, SlotsAreZeroNearAndNeverExecutable) {
  const auto space = makeSpace(CodeSpaceOptions::kDefaultSize);
  CodeArea area(*space);
  const auto slots = area.allocateSlots(100'000);
  ASSERT_TRUE(slots) << slots.error().message;
  ASSERT_EQ(slots->size(), 100'000u);
  EXPECT_EQ(slots->back().load(), nullptr);
  slots->back().store(&area, std::memory_order_release);
  const i64 farthest = reinterpret_cast<const u8*>(slots->data()) - space->map().end();
  EXPECT_LT(farthest, 0);
  EXPECT_GE(farthest, i64{INT32_MIN});
  EXPECT_FALSE(space->map().contains(&slots->back()));
  EXPECT_TRUE(area.allocateSlots(0)->empty());
}

TEST(CodeSpace, TakesNoMoreThanItsCodeReaches) {
  const auto space = makeSpace(u64{1} << 50);
  EXPECT_LT(space->statistics().reservedBytes, u64{2} << 30);
  EXPECT_TRUE(space->isDualMapped());
}

TEST(CodeSpace, AreasDoNotMeet) {
  if (!kHasX64) GTEST_SKIP() << "the code is x86-64's";
  const auto space = makeSpace(64 * kMiB);
  auto a = std::make_unique<CodeArea>(*space);
  CodeArea b(*space);
  const FunctionRecord* const inA = publish(*a, returning(1), 1);
  const FunctionRecord* const inB = publish(b, returning(2), 2);
  const void* const gone = inA->begin();
  a.reset();
  EXPECT_EQ(space->map().find(gone), nullptr);
  EXPECT_EQ(space->map().find(inB->begin()), inB);
  EXPECT_EQ(call(inB->begin()), 2u);
}

/// What `check` returns in a child process that may map `bytes` more than it has.
template <class Check>
int underAddressLimit(u64 bytes, Check check) {
  const pid_t child = fork();
  if (child == 0) {
    std::ifstream statm("/proc/self/statm");
    u64 pages = 0;
    statm >> pages;
    const u64 limit = pages * platform::pageSize() + bytes;
    const rlimit both{limit, limit};
    setrlimit(RLIMIT_AS, &both);
    _exit(check() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST(CodeSpace, TakesLessWhereThereIsLess) {
  if (kSanitized) GTEST_SKIP() << "this process maps terabytes";
  EXPECT_EQ(underAddressLimit(256 * kMiB,
                              [] {
                                auto space = CodeSpace::make();
                                if (!space || (*space)->statistics().reservedBytes > 64 * kMiB) return false;
                                CodeArea area(**space);
                                return area.allocate(1000).has_value();
                              }),
            0);
  EXPECT_EQ(underAddressLimit(kMiB / 2,
                              [] {
                                const auto space = CodeSpace::make();
                                return !space && space.error().kind == ErrorKind::Limit;
                              }),
            0);
}

}  // namespace
}  // namespace wasmrun::code
