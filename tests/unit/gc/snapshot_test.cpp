#include "gc/snapshot.h"

#include <gtest/gtest.h>

#include "support/text.h"
#include "test_heap.h"

namespace wasmrun::gc {
namespace {

/// The numbers of a list in the JSON, by its name.
std::vector<u64> numbersOf(const std::string& json, const std::string& name) {
  std::vector<u64> numbers;
  size_t at = json.find("\"" + name + "\":[");
  EXPECT_NE(at, std::string::npos) << name;
  for (at += name.size() + 4; json[at] != ']'; ++at) {
    if (json[at] == ',' || json[at] == '\n') continue;
    u64 number = 0;
    for (; json[at] >= '0' && json[at] <= '9'; ++at) number = number * 10 + static_cast<u64>(json[at] - '0');
    numbers.push_back(number);
    --at;
  }
  return numbers;
}

std::string snapshot(TestHeap& heap) {
  std::string json;
  const SnapshotNames names = {[](u32 type) { return support::concat("type \"", type, '"'); },
                               [](u32, u32 field) { return support::concat("field ", field); }};
  EXPECT_TRUE(writeHeapSnapshot(*heap.heap, names, [&](std::string_view piece) {
    EXPECT_LT(piece.size(), 70'000u);
    json += piece;
    return true;
  }));
  return json;
}

TEST(Snapshot, NodesEdgesAndNames) {
  TestTypes types;
  TestHeap heap(types, {.collector = CollectorKind::Null});
  heap.setRoot(0, heap.make(TestTypes::Pair));
  heap.setRoot(1, heap.makeArray(TestTypes::Anys, 3));
  heap.heap->storeRef(heap.root(0), heap.field(TestTypes::Pair, 1), heap.root(1));
  heap.heap->storeRef(heap.root(1), TestHeap::element(0), Ref::i31(5));
  heap.heap->storeRef(heap.root(1), TestHeap::element(2), heap.root(0));
  const std::string json = snapshot(heap);
  const u64 pairId = heap.root(0).bits() / 4 + 1, arrayId = heap.root(1).bits() / 4 + 1;
  EXPECT_EQ(numbersOf(json, "nodes"), (std::vector<u64>{9, 0, 1,       0,  2, 0, 0,  //
                                                        3, 1, pairId,  16, 1, 0, 0,  //
                                                        3, 2, arrayId, 24, 1, 0, 0}));
  EXPECT_EQ(numbersOf(json, "edges"), (std::vector<u64>{1, 0, 7, 1, 1, 14, 2, 3, 14, 1, 2, 7}));
  EXPECT_NE(json.find("\"node_count\":3,\"edge_count\":4,"), std::string::npos);
  EXPECT_NE(json.find(support::concat("\"strings\":[\"(roots)\",\n\"type \\\"", typeWord(types.id(TestTypes::Pair)),
                                      "\\\"\"")),
            std::string::npos)
      << json.substr(json.find("\"strings\""));
}

TEST(Snapshot, EveryEdgeLeadsToANode) {
  TestTypes types;
  for (const CollectorKind kind : {CollectorKind::Null, CollectorKind::Copying, CollectorKind::Generational}) {
    TestHeap heap(types, {.collector = kind});
    std::mt19937_64 random(2);
    for (int i = 0; i < 3000; ++i) {
      const size_t root = random() % 16;
      const Ref made = i % 3 == 0
                           ? heap.makeArray(TestTypes::Anys, static_cast<u32>(random() % 40 * (i % 50 == 0 ? 100 : 1)))
                           : heap.make(TestTypes::Derived);
      if (i % 3 != 0) heap.heap->storeRef(made, heap.field(TestTypes::Derived, 1), heap.root(random() % 16));
      heap.setRoot(root, made);
    }
    ASSERT_TRUE(heap.heap->collect(CollectionKind::Young));
    const std::string json = snapshot(heap);
    const std::vector<u64> nodes = numbersOf(json, "nodes"), edges = numbersOf(json, "edges");
    ASSERT_EQ(nodes.size() % 7, 0u);
    ASSERT_EQ(edges.size() % 3, 0u);
    u64 edgeCount = 0;
    for (size_t i = 0; i < nodes.size(); i += 7) edgeCount += nodes[i + 4];
    EXPECT_EQ(edgeCount, edges.size() / 3);
    EXPECT_GT(edgeCount, 16u);
    for (size_t i = 2; i < edges.size(); i += 3) ASSERT_TRUE(edges[i] % 7 == 0 && edges[i] < nodes.size());
  }
}

TEST(Snapshot, ASinkMayWantNoMore) {
  TestTypes types;
  TestHeap heap(types, {});
  heap.setRoot(0, heap.makeArray(TestTypes::Anys, 50'000));
  for (u32 i = 0; i < 50'000; ++i) heap.heap->storeRef(heap.root(0), TestHeap::element(i), heap.make(TestTypes::Pair));
  int pieces = 0;
  const SnapshotNames names = {[](u32) { return std::string(); }, [](u32, u32) { return std::string(); }};
  EXPECT_FALSE(writeHeapSnapshot(*heap.heap, names, [&](std::string_view) { return ++pieces < 3; }));
  EXPECT_EQ(pieces, 3);
}

}  // namespace
}  // namespace wasmrun::gc
