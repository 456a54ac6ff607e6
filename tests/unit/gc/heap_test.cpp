#include "gc/heap.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>

#include "gc/func_handles.h"
#include "platform/clock.h"
#include "sanitized.h"
#include "test_heap.h"

namespace wasmrun::gc {
namespace {

constexpr CollectorKind kAll[] = {CollectorKind::Null, CollectorKind::Copying, CollectorKind::Generational};

class HeapOf : public testing::TestWithParam<CollectorKind> {
 protected:
  HeapOptions options(u64 maxBytes = kLargestRegion) const {
    return {.collector = GetParam(), .maxBytes = maxBytes, .verify = true};
  }
  bool frees() const { return GetParam() != CollectorKind::Null; }
  TestTypes types_;
};

INSTANTIATE_TEST_SUITE_P(, HeapOf, testing::ValuesIn(kAll),
                         [](const auto& info) { return std::string(nameOf(info.param)); });

// -- Making objects --------------------------------------------------------------------------------------------------

TEST_P(HeapOf, ObjectsOfZerosAreZerosInUsedMemoryToo) {
  TestHeap heap(types_, options(16 * kMiB));
  for (int round = 0; round < (frees() ? 40'000 : 400); ++round) {
    const Ref node = heap.make(TestTypes::Derived);
    const Layout& layout = heap.layout(TestTypes::Derived);
    for (u32 offset = kLengthOffset; offset < layout.size; offset += 4) {
      ASSERT_EQ(heap.heap->load<u32>(node, offset), 0u);
      heap.heap->store(node, offset, u32{0});
    }
    for (const u32 length : {5u, 3000u}) {
      const Ref bytes = heap.makeArray(TestTypes::Bytes, length);
      for (u32 i = 0; i < length; i += 13) ASSERT_EQ(heap.heap->load<u8>(bytes, kElementsOffset + i), 0);
      std::memset(heap.heap->at(bytes).bytes() + kElementsOffset, 0x77, length);
    }
  }
}

TEST_P(HeapOf, LargeArraysOfZerosAreZerosInUsedMemoryToo) {
  TestHeap heap(types_, options(64 * kMiB));
  for (int round = 0; round < (frees() ? 100 : 3); ++round) {
    const u32 length = 1'000'003 + 4096 * static_cast<u32>(round);
    const Ref bytes = heap.makeArray(TestTypes::Bytes, length);
    for (u32 i = 0; i < length; i += 509) ASSERT_EQ(heap.heap->load<u8>(bytes, kElementsOffset + i), 0);
    std::memset(heap.heap->at(bytes).bytes() + kElementsOffset, 0x77, length);
  }
}

TEST_P(HeapOf, EveryLengthOfEveryElementTypeSucceedsOrFailsAndTheHeapGoesOn) {
  TestHeap heap(types_, {.collector = GetParam(), .maxBytes = 64 * kMiB});
  heap.setRoot(0, heap.makeArray(TestTypes::Longs, 100));
  heap.heap->store(heap.root(0), kElementsOffset, u64{77});
  std::vector<u32> lengths = {0xffffffeb, 0xfffffff0, 0xfffffff8, 0xfffffffe, 0xffffffff, 0x20000001, 0x3ffffff9};
  for (u32 bit = 0; bit < 32; ++bit)
    for (const u32 length : {(1u << bit) - 1, 1u << bit, (1u << bit) + 1}) lengths.push_back(length);
  for (const u32 type :
       {TestTypes::Bytes, TestTypes::Shorts, TestTypes::Funcs, TestTypes::Longs, TestTypes::Vectors, TestTypes::Anys}) {
    for (const u32 length : lengths) {
      const u64 bytes = arrayBytes(heap.layout(type), length);
      const AllocResult array = heap.heap->allocateArrayZeroed(heap.layout(type), length);
      if (array) {
        EXPECT_LE(bytes, heap.heap->maxObjectBytes());
        EXPECT_EQ(heap.heap->at(*array).length, length);
      } else {
        EXPECT_EQ(array.error() == AllocFailure::TooLarge, bytes > heap.heap->maxObjectBytes())
            << type << ' ' << length;
      }
      EXPECT_EQ(heap.heap->load<u64>(heap.root(0), kElementsOffset), 77u);
    }
    if (!frees()) continue;
    for (int i = 0; i < 1000; ++i) ASSERT_FALSE(heap.make(TestTypes::Node).isNull());
  }
  EXPECT_GE(heap.heap->maxObjectBytes(), 31 * kMiB);
  EXPECT_LE(heap.heap->maxObjectBytes(), 64 * kMiB);
  EXPECT_TRUE(heap.heap->verify());
}

TEST(Heap, HugeArraysWithoutALimit) {
  TestTypes types;
  TestHeap heap(types, {});
  // Gigabytes of zeros that nobody touches take no memory.
  for (int round = 0; round < 4; ++round) {
    const AllocResult bytes = heap.heap->allocateArrayZeroed(heap.layout(TestTypes::Bytes), 2'000'000'000);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(heap.heap->load<u8>(*bytes, kElementsOffset + 1'999'999'999), 0);
    heap.setRoot(0, *bytes);
    const AllocResult second = heap.heap->allocateArrayZeroed(heap.layout(TestTypes::Longs), 250'000'000);
    ASSERT_TRUE(second);
    heap.setRoot(1, *second);
    const AllocResult third = heap.heap->allocateArrayZeroed(heap.layout(TestTypes::Shorts), 1'000'000'000);
    EXPECT_EQ(failureOf(third), AllocFailure::HeapFull);
    heap.setRoot(0, Ref());
    heap.setRoot(1, Ref());
  }
  for (const u32 length : {4294967275u, 4294967295u})
    EXPECT_EQ(failureOf(heap.heap->allocateArray(heap.layout(TestTypes::Bytes), length)), AllocFailure::TooLarge);
}

// -- Graphs ----------------------------------------------------------------------------------------------------------

/// A ring of `count` nodes at root `root`, numbered from 0.
void makeRing(TestHeap& heap, size_t root, u32 count) {
  const u32 next = heap.field(TestTypes::Node, 0), number = heap.field(TestTypes::Node, 2);
  heap.setRoot(root, heap.make(TestTypes::Node));
  heap.setRoot(root + 1, heap.root(root));
  for (u32 i = 1; i < count; ++i) {
    const Ref node = heap.make(TestTypes::Node);
    heap.heap->store(node, number, i);
    heap.heap->storeRef(heap.root(root + 1), next, node);
    heap.setRoot(root + 1, node);
  }
  heap.heap->storeRef(heap.root(root + 1), next, heap.root(root));
  heap.setRoot(root + 1, Ref());
}

void checkRing(TestHeap& heap, size_t root, u32 count) {
  const u32 next = heap.field(TestTypes::Node, 0), number = heap.field(TestTypes::Node, 2);
  Ref node = heap.root(root);
  for (u32 i = 0; i < count; ++i, node = heap.heap->load<Ref>(node, next))
    ASSERT_EQ(heap.heap->load<u32>(node, number), i);
  ASSERT_EQ(node, heap.root(root));
}

TEST_P(HeapOf, ACycleLivesAsLongAsARootRefersToIt) {
  TestHeap heap(types_, options(32 * kMiB));
  makeRing(heap, 0, 20'000);
  ASSERT_TRUE(heap.heap->collect());
  checkRing(heap, 0, 20'000);
  heap.setRoot(0, Ref());
  ASSERT_TRUE(heap.heap->collect());
  EXPECT_EQ(heap.heap->totals().empty(), frees());
}

TEST_P(HeapOf, LongArraysAreTracedToTheirEnd) {
  TestHeap heap(types_, options(32 * kMiB));
  const u32 number = heap.field(TestTypes::Node, 2);
  for (const u32 length : {1000u, 1024u, 1025u, 2048u, 100'000u}) {
    heap.setRoot(0, heap.makeArray(TestTypes::Nodes, length));
    for (u32 i = 0; i < length; ++i) {
      const Ref node = heap.make(TestTypes::Node);
      heap.heap->store(node, number, i);
      heap.heap->storeRef(heap.root(0), TestHeap::element(i), node);
    }
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(heap.heap->collect()) << heap.heap->corruption()->message;
    for (u32 i = 0; i < length; ++i)
      ASSERT_EQ(heap.heap->load<u32>(heap.heap->load<Ref>(heap.root(0), TestHeap::element(i)), number), i);
  }
}

TEST_P(HeapOf, AListOfAMillionIsTracedWithoutRecursion) {
  TestHeap heap(types_, {.collector = GetParam()});
  makeRing(heap, 0, 1'000'000);
  ASSERT_TRUE(heap.heap->collect());
  checkRing(heap, 0, 1'000'000);
}

TEST_P(HeapOf, AFullHeapFailsAndWorksAgainAfterTheRelease) {
  TestHeap heap(types_, {.collector = GetParam(), .maxBytes = 16 * kMiB});
  const u32 next = heap.field(TestTypes::Node, 0);
  for (int round = 0; round < 5; ++round) {
    u64 nodes = 0;
    while (const AllocResult node = heap.heap->allocateZeroed(heap.layout(TestTypes::Node))) {
      heap.heap->storeRef(*node, next, heap.root(0));
      heap.setRoot(0, *node);
      ++nodes;
    }
    // Several times: nothing gives way little by little.
    for (int again = 0; again < 20; ++again) {
      const AllocResult node = heap.heap->allocateZeroed(heap.layout(TestTypes::Node));
      EXPECT_EQ(failureOf(node), AllocFailure::HeapFull);
    }
    EXPECT_GT(nodes * heap.layout(TestTypes::Node).size, frees() ? 5 * kMiB : 0);
    EXPECT_LE(nodes * heap.layout(TestTypes::Node).size, 16 * kMiB);
    EXPECT_TRUE(heap.heap->verify());
    heap.setRoot(0, Ref());
    if (!frees()) return;
    makeRing(heap, 2, 1000);
    checkRing(heap, 2, 1000);
    heap.setRoot(2, Ref());
  }
}

TEST_P(HeapOf, AHeapWithoutRoomIsOneAllTheSame) {
  for (const u64 maxBytes : {u64{0}, u64{1}, u64{4096}, u64{64} * 1024, u64{300'000}, kMiB}) {
    TestHeap heap(types_, {.collector = GetParam(), .maxBytes = maxBytes, .verify = true});
    const u32 next = heap.field(TestTypes::Node, 0);
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 30'000; ++i) {
        const AllocResult node = heap.heap->allocateZeroed(heap.layout(TestTypes::Node));
        if (!node) break;
        heap.heap->storeRef(*node, next, heap.root(0));
        heap.setRoot(0, *node);
      }
      const bool fits = heap.heap->allocateArray(heap.layout(TestTypes::Longs), 40'000).has_value();
      EXPECT_TRUE(!fits || maxBytes >= 320'000);
      heap.setRoot(0, Ref());
    }
    EXPECT_TRUE(heap.heap->verify());
  }
}

TEST_P(HeapOf, ChurnIn64MiBStaysInside) {
  if (!frees()) return;
  TestHeap heap(types_, {.collector = GetParam(), .maxBytes = 64 * kMiB});
  makeRing(heap, 0, 50'000);
  const u32 next = heap.field(TestTypes::Node, 0), any = heap.field(TestTypes::Node, 1);
  u64 used = 0;
  for (u32 round = 0; round < 40'000; ++round) {
    // A cycle through a struct, an array and back, of some of which the older ones are kept for a while.
    const Ref array = heap.makeArray(TestTypes::Anys, 12'000 + round % 500);
    heap.setRoot(2 + round % 8, array);
    for (int i = 0; i < 10; ++i) {
      const Ref node = heap.make(TestTypes::Node);
      const Ref holder = heap.root(2 + round % 8);
      heap.heap->storeRef(node, any, holder);
      heap.heap->storeRef(node, next, heap.root(0));
      heap.heap->storeRef(holder, TestHeap::element(static_cast<u32>(i)), node);
    }
    used = std::max(used, heap.heap->statistics().usedBytes);
  }
  const Statistics statistics = heap.heap->statistics();
  EXPECT_GT(statistics.allocatedBytes, u64{1'900'000'000});
  EXPECT_LE(used, 64 * kMiB + 8 * kMiB);
  checkRing(heap, 0, 50'000);
  EXPECT_TRUE(heap.heap->verify());
}

TEST(HeapDeathTest, LittleAddressSpaceMakesASmallerRegion) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need all of the address space";
  const auto run = [](rlim_t limit) {
    const rlimit addressSpace{limit, limit};
    if (setrlimit(RLIMIT_AS, &addressSpace) != 0) std::exit(1);
    const TestTypes types;
    for (const CollectorKind kind : kAll) {
      TestHeap heap(types, {.collector = kind});
      if (heap.heap->maxObjectBytes() >= limit) std::exit(2);
      makeRing(heap, 0, 20'000);
      heap.heap->collect();
      checkRing(heap, 0, 20'000);
    }
    std::exit(testing::Test::HasFailure() ? 3 : 0);
  };
  EXPECT_EXIT(run(u64{4} << 30), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(run(u64{1} << 30), testing::ExitedWithCode(0), "");
}

/// Bytes of this process that are in memory, as the system counts them; 0 where it does not say.
u64 residentBytes() {
  std::ifstream file("/proc/self/statm");
  u64 all = 0, resident = 0;
  file >> all >> resident;
  return resident * platform::pageSize();
}

TEST(Heap, MemoryGoesBackToTheSystemAfterAPeak) {
  TestTypes types;
  for (const CollectorKind kind : {CollectorKind::Copying, CollectorKind::Generational}) {
    TestHeap heap(types, {.collector = kind});
    const u64 before = residentBytes();
    makeRing(heap, 0, 4'000'000);
    heap.heap->collect();
    EXPECT_GT(heap.heap->statistics().usedBytes, 120 * kMiB);
    if (before != 0) {
      EXPECT_GT(residentBytes(), before + 100 * kMiB) << nameOf(kind);
    }
    heap.setRoot(0, Ref());
    heap.heap->collect();
    EXPECT_LT(heap.heap->statistics().usedBytes, 12 * kMiB) << nameOf(kind);
    if (before != 0) {
      EXPECT_LT(residentBytes(), before + 16 * kMiB) << nameOf(kind);
    }
    makeRing(heap, 0, 100'000);
    checkRing(heap, 0, 100'000);
  }
}

/// Objects of these sizes in `slots` slots, replaced in random order: holes are everywhere, and no block is ever empty.
void replaceAtRandom(TestHeap& heap, u32 slots, u32 least, u32 more, u32 times) {
  std::mt19937_64 random(5);
  heap.setRoot(0, heap.makeArray(TestTypes::Anys, slots));
  for (u32 i = 0; i < times; ++i) {
    const u32 length = least + static_cast<u32>(random() % more);
    const AllocResult made = heap.heap->allocateArrayZeroed(heap.layout(TestTypes::Bytes), length);
    ASSERT_TRUE(made) << "after " << i;
    heap.heap->store(*made, kElementsOffset, length);
    heap.heap->storeRef(heap.root(0), TestHeap::element(static_cast<u32>(random() % slots)), *made);
  }
  for (u32 i = 0; i < slots; ++i) {
    const Ref each = heap.heap->load<Ref>(heap.root(0), TestHeap::element(i));
    if (!each.isNull()) {
      ASSERT_EQ(heap.heap->load<u32>(each, kElementsOffset), heap.heap->at(each).length);
    }
  }
}

TEST_P(HeapOf, HolesOfAnySizeAreRoomForObjectsOfAnySize) {
  if (!frees()) return;
  struct Sizes {
    u32 slots, least, more;
  };
  // About 7 MiB alive of 16, or of a half.
  for (const Sizes& sizes : {Sizes{60'000, 80, 80}, {25'000, 260, 20}, {7000, 900, 300}, {1200, 3000, 5000}}) {
    const u64 maxBytes = (GetParam() == CollectorKind::Copying ? 32 : 16) * kMiB;
    TestHeap heap(types_, {.collector = GetParam(), .maxBytes = maxBytes});
    replaceAtRandom(heap, sizes.slots, sizes.least, sizes.more, 10 * sizes.slots);
    EXPECT_TRUE(heap.heap->verify());
  }
}

TEST(Heap, BlocksThatAreMostlyHolesAreEmptied) {
  TestTypes types;
  TestHeap heap(types, {.verify = true});
  constexpr u32 kNodes = 400'000, kKept = 50;
  const u32 number = heap.field(TestTypes::Node, 2), next = heap.field(TestTypes::Node, 0);
  const u32 weak = [&] {
    heap.setRoot(0, heap.makeArray(TestTypes::Nodes, kNodes));
    for (u32 i = 0; i < kNodes; ++i) {
      const Ref node = heap.make(TestTypes::Node);
      heap.heap->store(node, number, i);
      if (i >= kKept) heap.heap->storeRef(node, next, heap.heap->load<Ref>(heap.root(0), TestHeap::element(i - kKept)));
      heap.heap->storeRef(heap.root(0), TestHeap::element(i), node);
    }
    return heap.heap->weak().add(heap.heap->load<Ref>(heap.root(0), TestHeap::element(kKept)), {});
  }();
  ASSERT_TRUE(heap.heap->collect());
  const u64 full = heap.heap->statistics().usedBytes;
  for (u32 i = 0; i < kNodes; ++i) {
    const Ref node = heap.heap->load<Ref>(heap.root(0), TestHeap::element(i));
    heap.heap->storeRef(node, next, Ref());
    if (i % kKept != 0) heap.heap->storeRef(heap.root(0), TestHeap::element(i), Ref());
    if (i >= kKept && i % kKept == 0)
      heap.heap->storeRef(node, next, heap.heap->load<Ref>(heap.root(0), TestHeap::element(i - kKept)));
  }
  ASSERT_TRUE(heap.heap->collect()) << heap.heap->corruption()->message;
  EXPECT_LT(heap.heap->statistics().usedBytes, full / 2);
  for (u32 i = 0; i < kNodes; i += kKept) {
    const Ref node = heap.heap->load<Ref>(heap.root(0), TestHeap::element(i));
    ASSERT_EQ(heap.heap->load<u32>(node, number), i);
    if (i > 0) {
      ASSERT_EQ(heap.heap->load<Ref>(node, next), heap.heap->load<Ref>(heap.root(0), TestHeap::element(i - kKept)));
    }
  }
  EXPECT_EQ(heap.heap->weak().get(weak), heap.heap->load<Ref>(heap.root(0), TestHeap::element(kKept)));
}

TEST(Heap, WhatDiedLongAgoIsFoundThoughNothingGrowsOld) {
  TestTypes types;
  TestHeap heap(types, {});
  makeRing(heap, 0, 1'000'000);
  ASSERT_TRUE(heap.heap->collect());
  heap.setRoot(0, Ref());
  const u64 peak = heap.heap->statistics().usedBytes, full = heap.heap->statistics().fullCollections;
  for (u64 made = 0; made < 20 * peak; made += 1016) heap.makeArray(TestTypes::Bytes, 1000);
  EXPECT_EQ(heap.heap->statistics().fullCollections, full + 1);
  EXPECT_LT(heap.heap->statistics().usedBytes, 12 * kMiB);
}

TEST_P(HeapOf, GrowthIsAskedForAndARefusalIsALimit) {
  std::vector<std::pair<u64, u64>> asked;
  u64 most = 4 * kMiB;
  HeapOptions with = options();
  with.nurseryBytes = kMiB;
  with.mayGrow = [&](u64 current, u64 desired) {
    asked.emplace_back(current, desired);
    return desired <= most;
  };
  TestHeap heap(types_, with);
  const auto fill = [&] {
    u64 bytes = 0;
    while (const AllocResult node = heap.heap->allocateZeroed(heap.layout(TestTypes::Node))) {
      heap.heap->storeRef(*node, heap.field(TestTypes::Node, 0), heap.root(0));
      heap.setRoot(0, *node);
      bytes += heap.layout(TestTypes::Node).size;
    }
    return bytes;
  };
  const u64 first = fill();
  EXPECT_LE(heap.heap->statistics().usedBytes, most + 2 * kMiB);
  EXPECT_GE(first, kMiB);
  EXPECT_LE(first, most);
  ASSERT_GE(asked.size(), 2u);
  EXPECT_EQ(asked[0].first, 0u);
  for (const auto& [current, desired] : asked) EXPECT_LT(current, desired);
  EXPECT_GT(asked.back().second, most);
  most = 16 * kMiB;
  EXPECT_GE(fill(), 3 * kMiB) << "it is asked again";
  EXPECT_LE(heap.heap->statistics().usedBytes, most + 2 * kMiB);
  if (!frees()) return;
  heap.setRoot(0, Ref());
  ASSERT_TRUE(heap.heap->collect());
  most = 4 * kMiB;
  EXPECT_LE(fill(), most) << "what went back is to be asked for";
  EXPECT_TRUE(heap.heap->verify());
}

TEST(Heap, ALimiterMayRefuseTheFirstBytes) {
  EXPECT_FALSE(Heap::make({.mayGrow = [](u64, u64) { return false; }}));
}

TEST(Heap, ACardOfAWideStructIsLookedThroughAlone) {
  TestTypes types;
  TestHeap heap(types, {});
  constexpr u32 kObjects = 500;
  const auto element = [&](size_t root, u32 i) { return heap.heap->load<Ref>(heap.root(root), TestHeap::element(i)); };
  for (const size_t root : {0, 1}) heap.setRoot(root, heap.makeArray(TestTypes::Anys, kObjects));
  for (u32 i = 0; i < kObjects; ++i) {
    heap.heap->storeRef(heap.root(0), TestHeap::element(i), heap.make(TestTypes::Wide));
    heap.heap->storeRef(heap.root(1), TestHeap::element(i), heap.makeArray(TestTypes::Anys, 3000));
  }
  ASSERT_TRUE(heap.heap->collect());
  // The best of several, as others use the machine, too: with all cards of the structs dirty, or of the arrays.
  u64 least[2] = {~u64{0}, ~u64{0}};
  for (int round = 0; round < 40; ++round) {
    const size_t root = round % 2;
    for (u32 i = 0; i < kObjects; ++i) heap.heap->wroteRefs(element(root, i), 0, heap.layout(TestTypes::Wide).size);
    const u64 begin = platform::monotonicNanos();
    ASSERT_TRUE(heap.heap->collect(CollectionKind::Young));
    least[root] = std::min(least[root], platform::monotonicNanos() - begin);
  }
  EXPECT_LT(least[0], 6 * least[1]) << "24 cards each, but not 24 times as much";
}

TEST(Heap, VerificationTakesTimeInProportionToAllocationsWhateverIsAlive) {
  TestTypes types;
  TestHeap heap(types, {.verify = true});
  heap.setRoot(0, heap.makeArray(TestTypes::Nodes, 500'000));
  const u32 number = heap.field(TestTypes::Node, 2);
  for (u32 i = 0; i < 500'000; ++i) {
    const Ref node = heap.make(TestTypes::Node);
    heap.heap->store(node, number, i);
    heap.heap->storeRef(heap.root(0), TestHeap::element(i), node);
  }
  ASSERT_TRUE(heap.heap->collect());
  // What a young collection would not find but a verification does.
  heap.heap->at(heap.root(0)).type = kPoison;
  u32 collections = 0;
  while (!heap.heap->corruption() && heap.heap->collect(CollectionKind::Young)) ++collections;
  EXPECT_GT(collections, 3u) << "of 24 MiB after each few of its bytes";
  EXPECT_TRUE(heap.heap->corruption());
}

TEST(Heap, StressTakesTimeInProportionToAllocationsWhateverIsAlive) {
  TestTypes types;
  constexpr u64 kNodes = 20'000;
  for (const CollectorKind kind : {CollectorKind::Copying, CollectorKind::Generational}) {
    TestHeap heap(types, {.collector = kind, .stress = true});
    heap.make(TestTypes::Node);
    heap.make(TestTypes::Node);
    const auto collections = [&] {
      const Statistics now = heap.heap->statistics();
      return now.youngCollections + now.fullCollections;
    };
    EXPECT_EQ(collections(), 2u);
    heap.setRoot(0, heap.makeArray(TestTypes::Bytes, 30 * kMiB));
    const u64 before = heap.heap->statistics().copiedBytes;
    for (u64 i = 0; i < kNodes; ++i) heap.make(TestTypes::Node);
    EXPECT_LT(heap.heap->statistics().copiedBytes - before, kNodes * 80 * 1024) << nameOf(kind);
    EXPECT_LT(heap.heap->statistics().fullCollections * 30 * kMiB, kNodes * 80 * 1024) << nameOf(kind);
    EXPECT_GT(collections(), kNodes * 64 * 1024 / (31 * kMiB)) << nameOf(kind);
  }
}

// -- References of every kind ----------------------------------------------------------------------------------------

TEST_P(HeapOf, I31IsKeptInEveryKindOfPlace) {
  TestHeap heap(types_, {.collector = GetParam(), .maxBytes = 16 * kMiB, .stress = true, .verify = true});
  const u32 any = heap.field(TestTypes::Derived, 1), foreign = heap.field(TestTypes::Derived, 4),
            eq = heap.field(TestTypes::Derived, 7), i31 = heap.field(TestTypes::Derived, 10);
  heap.setRoot(0, heap.make(TestTypes::Derived));
  heap.setRoot(1, heap.makeArray(TestTypes::Anys, 40));
  heap.setRoot(2, heap.makeArray(TestTypes::Anys, 5000));  // large
  heap.setRoot(3, heap.make(TestTypes::Tag));
  for (u32 bit = 0; bit < 31; ++bit) {
    for (const u32 value : {1u << bit, ~(1u << bit), (1u << bit) - 1}) {
      const Ref ref = Ref::i31(value);
      for (const u32 offset : {any, foreign, eq, i31}) heap.heap->storeRef(heap.root(0), offset, ref);
      heap.heap->storeRef(heap.root(1), TestHeap::element(bit), ref);
      heap.heap->storeRef(heap.root(2), TestHeap::element(4000 + bit), ref);
      heap.heap->storeRef(heap.root(3), heap.field(TestTypes::Tag, 1), ref);
      heap.heap->storeRef(heap.root(3), heap.field(TestTypes::Tag, 3), ref);
      heap.setRoot(4, ref);
      const Rooted rooted(*heap.heap, ref);
      heap.make(TestTypes::Node);  // collects
      ASSERT_FALSE(heap.heap->corruption()) << heap.heap->corruption()->message;
      for (const u32 offset : {any, foreign, eq, i31}) EXPECT_EQ(heap.heap->load<Ref>(heap.root(0), offset), ref);
      EXPECT_EQ(heap.heap->load<Ref>(heap.root(1), TestHeap::element(bit)), ref);
      EXPECT_EQ(heap.heap->load<Ref>(heap.root(2), TestHeap::element(4000 + bit)), ref);
      EXPECT_EQ(heap.heap->load<Ref>(heap.root(3), heap.field(TestTypes::Tag, 1)), ref);
      EXPECT_EQ(heap.heap->load<Ref>(heap.root(3), heap.field(TestTypes::Tag, 3)), ref);
      EXPECT_EQ(heap.root(4), ref);
      EXPECT_EQ(rooted.get(), ref);
    }
  }
}

TEST_P(HeapOf, HostObjectsKeepTheirIdentityAsAnyAndAsExtern) {
  int data = 0;
  TestHeap heap(types_, options(16 * kMiB));
  heap.setRoot(0, *heap.heap->makeHost({&data, [](void* count) { ++*static_cast<int*>(count); }}));
  heap.setRoot(1, heap.make(TestTypes::Derived));
  heap.heap->storeRef(heap.root(1), heap.field(TestTypes::Derived, 1), heap.root(0));
  heap.heap->storeRef(heap.root(1), heap.field(TestTypes::Derived, 4), heap.root(0));
  ASSERT_TRUE(heap.heap->collect());
  const Ref host = heap.root(0);
  EXPECT_EQ(heap.heap->load<Ref>(heap.root(1), heap.field(TestTypes::Derived, 1)), host);
  EXPECT_EQ(heap.heap->load<Ref>(heap.root(1), heap.field(TestTypes::Derived, 4)), host);
  EXPECT_EQ(heap.heap->hostOf(host).data, &data);
  using enum wasm::HeapType::Abstract;
  for (const auto type : {Any, Extern}) EXPECT_TRUE(heap.heap->matches(host, {wasm::HeapType(type).bits()}));
  for (const auto type : {Eq, Struct, Array, I31, Exn, None})
    EXPECT_FALSE(heap.heap->matches(host, {wasm::HeapType(type).bits()}));
  heap.setRoot(0, Ref());
  ASSERT_TRUE(heap.heap->collect());
  EXPECT_EQ(data, 0) << "the fields refer to it";
  heap.setRoot(1, Ref());
  ASSERT_TRUE(heap.heap->collect());
  EXPECT_EQ(data, frees() ? 1 : 0);
}

TEST(Heap, FinalizersOfWhatIsLeftAreCalledAtTheEnd) {
  TestTypes types;
  int count = 0;
  {
    TestHeap heap(types, {});
    for (int i = 0; i < 10; ++i)
      heap.setRoot(static_cast<size_t>(i), *heap.heap->makeHost({&count, [](void* c) { ++*static_cast<int*>(c); }}));
    EXPECT_EQ(count, 0);
  }
  EXPECT_EQ(count, 10);
}

TEST_P(HeapOf, WeakHandlesFollowAndForget) {
  int gone = 0;
  TestHeap heap(types_, options(16 * kMiB));
  heap.setRoot(0, heap.make(TestTypes::Node));
  const u32 kept = heap.heap->weak().add(heap.root(0), {&gone, [](void* c) { ++*static_cast<int*>(c); }});
  const u32 lost = heap.heap->weak().add(heap.make(TestTypes::Node), {&gone, [](void* c) { ++*static_cast<int*>(c); }});
  const u32 large = heap.heap->weak().add(heap.makeArray(TestTypes::Bytes, 100'000), {});
  for (const CollectionKind kind : {CollectionKind::Young, CollectionKind::Young, CollectionKind::Full}) {
    ASSERT_TRUE(heap.heap->collect(kind));
    EXPECT_EQ(heap.heap->weak().get(kept), heap.root(0));
    EXPECT_EQ(heap.heap->weak().get(lost).isNull(), frees());
    EXPECT_EQ(heap.heap->weak().get(large).isNull(), frees());
    EXPECT_EQ(gone, frees() ? 1 : 0);
  }
  heap.setRoot(0, Ref());
  heap.heap->weak().release(lost);
  heap.heap->weak().release(large);
  ASSERT_TRUE(heap.heap->collect(CollectionKind::Young));
  // Old by now: a young collection does not look at it.
  EXPECT_EQ(heap.heap->weak().get(kept).isNull(), GetParam() == CollectorKind::Copying);
  ASSERT_TRUE(heap.heap->collect());
  EXPECT_EQ(heap.heap->weak().get(kept).isNull(), frees());
  heap.heap->weak().release(kept);
  EXPECT_EQ(heap.heap->weak().count(), 0u);
}

TEST_P(HeapOf, ScopedHandlesAreRoots) {
  TestHeap heap(types_, {.collector = GetParam(), .maxBytes = 16 * kMiB, .stress = true, .verify = true});
  const u32 number = heap.field(TestTypes::Node, 2);
  const auto makeNumbered = [&](u32 value) {
    const Ref node = heap.make(TestTypes::Node);
    heap.heap->store(node, number, value);
    return node;
  };
  const Rooted outer(*heap.heap, makeNumbered(1));
  {
    Rooted inner(*heap.heap, makeNumbered(3));
    for (u32 i = 0; i < 50; ++i) heap.make(TestTypes::Derived);
    EXPECT_EQ(heap.heap->load<u32>(inner.get(), number), 3u);
    inner.set(outer.get());
    heap.make(TestTypes::Derived);
    EXPECT_EQ(inner.get(), outer.get());
  }
  EXPECT_EQ(heap.heap->load<u32>(outer.get(), number), 1u);
}

TEST(HeapDeathTest, NothingCollectsInANoGcScope) {
  TestTypes types;
  TestHeap heap(types, {});
  const NoGcScope scope(*heap.heap);
  EXPECT_DEATH(heap.heap->collect(), "NoGcScope");
}

TEST(FuncHandles, NumbersThatWereNotGivenOutAbort) {
  FuncHandles handles;
  int a, b;
  const u32 first = handles.add(&a), second = handles.add(&b);
  EXPECT_NE(first, 0u);
  EXPECT_EQ(handles.get(0), nullptr);
  EXPECT_EQ(handles.get(first), &a);
  EXPECT_EQ(handles.get(second), &b);
  EXPECT_EQ(handles.end(), second + 1);
  EXPECT_DEATH(handles.get(second + 1), "given out");
}

// -- Old objects that refer to young ones ----------------------------------------------------------------------------

TEST(Generational, BarriersOfManyReferencesReachEveryCard) {
  TestTypes types;
  TestHeap heap(types, {.verify = true});
  std::mt19937_64 random(3);
  for (const u32 length : {1000u, 100'000u}) {  // in old space, and large
    heap.setRoot(0, heap.makeArray(TestTypes::Nodes, length));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(heap.heap->collect(CollectionKind::Full));
    for (int round = 0; round < 50; ++round) {
      const u32 first = static_cast<u32>(random() % length), count = static_cast<u32>(random() % (length - first + 1));
      heap.setRoot(1, heap.make(TestTypes::Node));
      const u32 number = static_cast<u32>(random());
      heap.heap->store(heap.root(1), heap.field(TestTypes::Node, 2), number);
      for (u32 i = first; i < first + count; ++i) heap.heap->store(heap.root(0), TestHeap::element(i), heap.root(1));
      heap.heap->wroteRefs(heap.root(0), TestHeap::element(first), u64{count} * 4);
      heap.setRoot(1, Ref());
      for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(heap.heap->collect(CollectionKind::Young)) << heap.heap->corruption()->message;
        for (u32 j = first; j < first + count; ++j) {
          const Ref node = heap.heap->load<Ref>(heap.root(0), TestHeap::element(j));
          ASSERT_EQ(heap.heap->load<u32>(node, heap.field(TestTypes::Node, 2)), number);
        }
      }
    }
  }
}

TEST(Generational, PromotedObjectsInDirtyCardsAreFollowedOnce) {
  TestTypes types;
  TestHeap heap(types, {.verify = true}, 1200);
  const u32 first = heap.field(TestTypes::Pair, 0);
  // Old pairs with a hole after each: into these the next ones are promoted.
  for (size_t i = 0; i < 1200; ++i) heap.setRoot(i, heap.make(TestTypes::Pair));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(heap.heap->collect());
  for (size_t i = 0; i < 1200; i += 2) heap.setRoot(i, Ref());
  ASSERT_TRUE(heap.heap->collect());
  for (size_t i = 0; i < 1200; i += 2) heap.setRoot(i, heap.make(TestTypes::Pair));
  ASSERT_TRUE(heap.heap->collect(CollectionKind::Young));
  for (size_t i = 0; i < 1200; ++i) {
    const Ref node = heap.make(TestTypes::Node);
    heap.heap->store(node, heap.field(TestTypes::Node, 2), static_cast<u32>(i));
    heap.heap->storeRef(heap.root(i), first, node);
  }
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(heap.heap->collect(CollectionKind::Young)) << heap.heap->corruption()->message;
    for (size_t i = 0; i < 1200; ++i)
      ASSERT_EQ(heap.heap->load<u32>(heap.heap->load<Ref>(heap.root(i), first), heap.field(TestTypes::Node, 2)), i);
  }
}

TEST_P(HeapOf, ARootThatIsShownTwiceIsFollowedOnce) {
  TestHeap heap(types_, options(16 * kMiB));
  struct Again : RootSource {
    explicit Again(TestHeap& heap) : heap(heap) {}
    void visitRoots(RootVisitor& visitor, RootSet set) override { heap.visitRoots(visitor, set); }
    TestHeap& heap;
  } again(heap);
  heap.heap->addRoots(again);
  for (size_t i = 0; i < 16; ++i) heap.setRoot(i, heap.make(TestTypes::Node));
  for (int round = 0; round < 4; ++round) {
    ASSERT_TRUE(heap.heap->collect(round % 2 == 0 ? CollectionKind::Young : CollectionKind::Full));
    ASSERT_EQ(heap.heap->totals().at(0).objects, 16u);
  }
  heap.heap->removeRoots(again);
}

TEST(Generational, AYoungCollectionFreesLargeObjectsNobodyRefersTo) {
  TestTypes types;
  TestHeap heap(types, {});
  heap.setRoot(0, heap.makeArray(TestTypes::Anys, 100));
  heap.heap->collect();
  const u64 before = heap.heap->statistics().usedBytes;
  const Ref kept = heap.makeArray(TestTypes::Bytes, 10 * kMiB);
  heap.heap->storeRef(heap.root(0), TestHeap::element(3), kept);
  heap.makeArray(TestTypes::Bytes, 20 * kMiB);
  ASSERT_TRUE(heap.heap->collect(CollectionKind::Young));
  EXPECT_GE(heap.heap->statistics().usedBytes, before + 10 * kMiB);
  EXPECT_LT(heap.heap->statistics().usedBytes, before + 11 * kMiB);
  EXPECT_EQ(heap.heap->load<Ref>(heap.root(0), TestHeap::element(3)), kept) << "large objects stay where they are";
}

TEST(Statistics, PercentilesOfPauses) {
  PauseHistogram pauses;
  EXPECT_EQ(pauses.percentile(0.5), 0u);
  for (u64 i = 1; i <= 1000; ++i) pauses.add(i * 1000);
  EXPECT_EQ(pauses.count(), 1000u);
  EXPECT_EQ(pauses.longest(), 1'000'000u);
  for (const double part : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const double exact = part * 1e6;
    EXPECT_GE(static_cast<double>(pauses.percentile(part)), exact);
    EXPECT_LE(static_cast<double>(pauses.percentile(part)), exact * 1.13);
  }
  EXPECT_EQ(pauses.percentile(1), 1'000'000u);
  pauses.add(~u64{0});
  pauses.add(0);
  EXPECT_EQ(pauses.longest(), ~u64{0});
}

TEST(Statistics, PausesByPowersOfTwo) {
  PauseHistogram pauses;
  for (const u64 nanos : {u64{0}, u64{7}, u64{8}, u64{1023}, u64{1024}, u64{2047}, u64{2048}, ~u64{0}})
    pauses.add(nanos);
  std::vector<std::pair<u64, u64>> classes;
  pauses.forEachPowerOfTwo([&](u64 atMost, u64 count) { classes.emplace_back(atMost, count); });
  EXPECT_EQ(classes,
            (std::vector<std::pair<u64, u64>>{{7, 2}, {15, 1}, {1023, 1}, {2047, 2}, {4095, 1}, {~u64{0}, 1}}));
}

TEST_P(HeapOf, CollectionsAreTold) {
  std::vector<CollectionRecord> told;
  TestTypes types;
  HeapOptions options = this->options(8 * kMiB);
  options.onCollection = [&](const CollectionRecord& record) { told.push_back(record); };
  TestHeap heap(types, options);
  heap.setRoot(0, heap.makeArray(TestTypes::Bytes, 1000));
  heap.makeArray(TestTypes::Bytes, 3000);
  ASSERT_TRUE(heap.heap->collect());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kind, CollectionKind::Full);
  EXPECT_EQ(told[0].reason, CollectionReason::Requested);
  EXPECT_EQ(told[0].bytesBefore, 4016u);
  EXPECT_EQ(told[0].bytesAfter, frees() ? 1008u : 4016u);
  if (!frees()) return;
  told.clear();
  while (told.size() < 3) heap.make(TestTypes::Node);
  for (const CollectionRecord& record : told) {
    EXPECT_EQ(record.kind == CollectionKind::Young, GetParam() == CollectorKind::Generational);
    EXPECT_EQ(record.reason, CollectionReason::AreaFull);
    EXPECT_GT(record.bytesBefore, record.bytesAfter);
  }
}

TEST_P(HeapOf, TotalsByType) {
  TestHeap heap(types_, options(16 * kMiB));
  for (size_t i = 0; i < 5; ++i) heap.setRoot(i, heap.make(TestTypes::Node));
  heap.setRoot(5, heap.makeArray(TestTypes::Bytes, 10'000));
  const auto totals = heap.heap->totals();
  ASSERT_EQ(totals.size(), 2u);
  EXPECT_EQ(totals[0].type, typeWord(types_.id(TestTypes::Bytes)));
  EXPECT_EQ(totals[0].bytes, 10'008u);
  EXPECT_EQ(totals[1].objects, 5u);
  EXPECT_EQ(totals[1].bytes, 5u * heap.layout(TestTypes::Node).size);
}

}  // namespace
}  // namespace wasmrun::gc
