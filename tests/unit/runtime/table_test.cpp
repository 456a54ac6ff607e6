#include "runtime/table.h"

#include <gtest/gtest.h>

namespace wasmrun::runtime {
namespace {

wasm::TableType tableType(u64 min, std::optional<u64> max = std::nullopt, bool is64 = false) {
  wasm::TableType type;
  type.element = wasm::kFuncRef;
  type.limits = {min, max.value_or(0), max.has_value(), is64};
  return type;
}

TEST(Table, IsFilledWithItsInitialValue) {
  ResourceLimiter limiter;
  auto table = *Table::make(tableType(3), 77, limiter);
  EXPECT_EQ(table->size, 3u);
  EXPECT_EQ(table->elements[2], 77u);
  EXPECT_EQ(table->grow(2, 5, limiter), 3u);
  EXPECT_EQ(table->elements[2], 77u);
  EXPECT_EQ(table->elements[4], 5u);
  EXPECT_EQ(table->presentType().limits.min, 5u);
}

TEST(Table, GrowsOneByOneInLinearTime) {
  ResourceLimiter limiter;
  auto table = *Table::make(tableType(0), 0, limiter);
  u32 moves = 0;
  for (u64 i = 0; i < 1'000'000; ++i) {
    const u64* const before = table->elements;
    ASSERT_EQ(table->grow(1, i, limiter), i);
    moves += table->elements != before;
  }
  EXPECT_LT(moves, 60u);
  EXPECT_EQ(table->elements[999'999], 999'999u);
}

TEST(Table, StopsAtMaximumLimitAndIndexes) {
  ResourceLimiter limiter;
  auto bounded = *Table::make(tableType(1, 2), 0, limiter);
  EXPECT_EQ(bounded->grow(2, 0, limiter), std::nullopt);
  EXPECT_EQ(bounded->grow(1, 0, limiter), 1u);
  EXPECT_EQ(bounded->grow(0, 0, limiter), 2u);

  auto open = *Table::make(tableType(1), 0, limiter);
  EXPECT_EQ(open->grow(limiter.limits().tableElements, 0, limiter), std::nullopt);
  EXPECT_EQ(open->grow(~u64{0}, 0, limiter), std::nullopt);
  EXPECT_EQ(open->size, 1u);

  ResourceLimiter wide({.tableElements = ResourceLimits::kNone});
  EXPECT_EQ(open->grow(0xffff'ffff, 0, wide), std::nullopt);
  EXPECT_FALSE(Table::make(tableType(u64{1} << 60, std::nullopt, true), 0, wide));
  EXPECT_FALSE(Table::make(tableType(20'000'000), 0, limiter));
}

}  // namespace
}  // namespace wasmrun::runtime
