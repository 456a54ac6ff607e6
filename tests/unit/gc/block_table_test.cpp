#include "gc/block_table.h"

#include <gtest/gtest.h>

#include <random>

#include "platform/clock.h"

namespace wasmrun::gc {
namespace {

constexpr u32 kBegin = 4 * kFirstOffset;

struct Table {
  Table() : region(std::move(*Region::reserve())), blocks(std::move(*BlockTable::make(region, kBegin))) {}
  Region region;
  BlockTable blocks;
};

/// Which blocks are taken, by number from kBegin on.
struct Model {
  std::vector<bool> taken;
  u32 firstFit(u64 count) const {
    u64 run = 0;
    for (u32 i = 0; i < taken.size(); ++i) {
      run = taken[i] ? 0 : run + 1;
      if (run == count) return static_cast<u32>(i + 1 - count);
    }
    return static_cast<u32>(taken.size() - run);
  }
  void set(u32 first, u64 count, bool value) {
    if (first + count > taken.size()) taken.resize(first + count);
    std::fill_n(taken.begin() + first, count, value);
  }
  void trim() {
    while (!taken.empty() && !taken.back()) taken.pop_back();
  }
};

TEST(BlockTable, RunsOfAnyLengthAreTheLowestThereAre) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20; ++round) {
    Table table;
    Model model;
    std::vector<std::pair<u32, u64>> runs;
    for (int i = 0; i < 3000; ++i) {
      if (runs.empty() || random() % 5 < 3) {
        const u64 count = 1 + (random() % 4 == 0 ? random() % 200 : random() % 4);
        const u32 offset = table.blocks.take(count, BlockKind::Large, 0);
        const u32 expected = model.firstFit(count);
        ASSERT_EQ((offset - kBegin) / kBlockBytes, expected) << i << ": " << count;
        model.set(expected, count, true);
        runs.emplace_back(offset, count);
      } else {
        const size_t at = random() % runs.size();
        table.blocks.give(runs[at].first, runs[at].second);
        model.set((runs[at].first - kBegin) / kBlockBytes, runs[at].second, false);
        runs[at] = runs.back();
        runs.pop_back();
      }
      if (random() % 300 == 0) table.blocks.trim(0), model.trim();
    }
  }
}

TEST(BlockTable, ManyHolesThatAreTooSmallAreNotLookedAtEachTime) {
  Table table;
  constexpr u32 kHoles = 60'000;
  std::vector<u32> single;
  for (u32 i = 0; i < 2 * kHoles; ++i) single.push_back(table.blocks.take(1, BlockKind::Old, 0));
  for (u32 i = 0; i < 2 * kHoles; i += 2) table.blocks.give(single[i], 1);
  const u64 begin = platform::monotonicNanos();
  for (u32 i = 0; i < 20'000; ++i) ASSERT_NE(table.blocks.take(2 + i % 3, BlockKind::Large, 0), 0u);
  // 120,000 blocks for each would be 2.4 billion.
  EXPECT_LT(platform::monotonicNanos() - begin, 400'000'000u);
}

}  // namespace
}  // namespace wasmrun::gc
