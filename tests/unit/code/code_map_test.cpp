#include "code/code_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "assembled.h"

namespace wasmrun::code {
namespace {

TEST(CodeMap, EveryAddressFindsItsBlockAndNoOther) {
  const auto space = makeSpace(u64{16} << 20);
  CodeArea area(*space);
  std::mt19937 random(1);
  std::vector<CodeBlock> blocks;
  for (u32 i = 0; i < 3000; ++i) blocks.push_back(*area.allocate(1 + random() % (i % 100 == 0 ? 40'000 : 300)));
  // Published in any order, a few not at all.
  std::shuffle(blocks.begin(), blocks.end(), random);
  for (u32 i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(space->map().find(blocks[i].executable), nullptr);
    if (i % 10 == 9) continue;
    FunctionRecordBuilder builder;
    CodeIdentity identity;
    identity.functionIndex = i;
    builder.begin(identity);
    ASSERT_TRUE(area.publish(blocks[i], builder.finish(blocks[i].executable, blocks[i].size)));
  }
  for (u32 i = 0; i < blocks.size(); ++i) {
    const u8* const begin = blocks[i].executable;
    for (const u32 offset : {u32{0}, blocks[i].size / 2, blocks[i].size - 1}) {
      const FunctionRecord* const found = space->map().find(begin + offset);
      if (i % 10 == 9) {
        EXPECT_EQ(found, nullptr);
      } else {
        ASSERT_NE(found, nullptr);
        EXPECT_EQ(found->identity().functionIndex, i);
      }
    }
    // Padding is nobody's.
    const FunctionRecord* const after = space->map().find(begin + blocks[i].size);
    EXPECT_TRUE(after == nullptr || after->begin() == begin + blocks[i].size);
  }
  EXPECT_EQ(space->map().find(nullptr), nullptr);
  EXPECT_EQ(space->map().find(space->map().begin() - 1), nullptr);
  EXPECT_EQ(space->map().find(space->map().end()), nullptr);
  EXPECT_EQ(space->map().find(&area), nullptr);
}

TEST(CodeMap, IsReadWhileThreadsPublishAndModulesGo) {
  const auto space = makeSpace(u64{64} << 20);
  CodeArea kept(*space);
  const FunctionRecord* const first = publish(kept, returning(7), 7);
  std::atomic<const FunctionRecord*> latest{first};
  std::atomic<bool> isDone{false};

  std::vector<std::thread> writers;
  for (u32 writer = 0; writer < 2; ++writer) {
    writers.emplace_back([&, writer] {
      for (u32 i = 0; i < 5000; ++i)
        latest.store(publish(kept, returning(i), 10'000 * writer + i), std::memory_order_release);
    });
  }
  std::thread transient([&] {  // modules that come and go
    for (u32 i = 0; i < 200; ++i) {
      CodeArea area(*space);
      for (u32 j = 0; j < 20; ++j) {
        const FunctionRecord* const mine = publish(area, returning(j), j);
        ASSERT_EQ(space->map().find(mine->begin()), mine);
      }
    }
  });
  std::thread reader([&] {
    while (!isDone.load(std::memory_order_acquire)) {
      ASSERT_EQ(space->map().find(first->begin() + 3), first);
      const FunctionRecord* const recent = latest.load(std::memory_order_acquire);
      ASSERT_EQ(space->map().find(recent->begin()), recent);
      ASSERT_EQ(space->map().findCall(recent->end()), recent);
    }
  });
  for (std::thread& writer : writers) writer.join();
  transient.join();
  isDone.store(true, std::memory_order_release);
  reader.join();
  u32 count = 0;
  kept.forEachRecord([&](const FunctionRecord&) { ++count; });
  EXPECT_EQ(count, 10'001u);
}

}  // namespace
}  // namespace wasmrun::code
