#include "gc/array_ops.h"

#include <gtest/gtest.h>

#include "test_heap.h"

namespace wasmrun::gc {
namespace {

constexpr u32 kNumbers[] = {TestTypes::Bytes, TestTypes::Shorts, TestTypes::Longs, TestTypes::Vectors};

/// The bytes of an array's elements.
std::span<u8> bytesOf(TestHeap& heap, Ref array) {
  const Layout& layout = heap.heap->layoutOf(array);
  return {heap.heap->at(array).bytes() + kElementsOffset, u64{heap.heap->at(array).length} << layout.elementLog2};
}

TEST(ArrayOps, FillsAndCopiesDoWhatALoopDoes) {
  TestTypes types;
  TestHeap heap(types, {});
  std::mt19937_64 random(5);
  for (const u32 type : kNumbers) {
    const u32 unit = 1u << heap.layout(type).elementLog2;
    for (const u32 length : {0u, 1u, 7u, 100u, 9000u}) {
      heap.setRoot(0, heap.makeArray(type, length));
      heap.setRoot(1, heap.makeArray(type, length));
      std::vector<u8> a(length * unit), b(length * unit);
      for (int round = 0; round < 60; ++round) {
        const u32 from = static_cast<u32>(random() % (length + 1)), to = static_cast<u32>(random() % (length + 1));
        const u32 count = static_cast<u32>(random() % (length - std::max(from, to) + 1));
        const ElementBits value{{random(), random()}};
        switch (random() % 4) {
          case 0:
            fillElements(*heap.heap, heap.root(0), to, count, value);
            for (u32 i = 0; i < count; ++i) std::memcpy(a.data() + (to + i) * unit, value.words, unit);
            break;
          case 1:
            copyElements(*heap.heap, heap.root(1), to, heap.root(0), from, count);
            if (count != 0) std::memmove(b.data() + to * unit, a.data() + from * unit, count * unit);
            break;
          case 2:
            copyElements(*heap.heap, heap.root(0), to, heap.root(0), from, count);
            if (count != 0) std::memmove(a.data() + to * unit, a.data() + from * unit, count * unit);
            break;
          default: {
            std::vector<u8> bytes(count * unit + 1);
            for (u8& byte : bytes) byte = static_cast<u8>(random());
            setElements(*heap.heap, heap.root(1), to, std::span(bytes).subspan(1));
            if (count != 0) std::memcpy(b.data() + to * unit, bytes.data() + 1, count * unit);
          }
        }
      }
      EXPECT_TRUE(std::ranges::equal(bytesOf(heap, heap.root(0)), a));
      EXPECT_TRUE(std::ranges::equal(bytesOf(heap, heap.root(1)), b));
    }
  }
}

TEST(ArrayOps, ReferencesToYoungObjectsAreNotForgotten) {
  TestTypes types;
  TestHeap heap(types, {.verify = true}, 4);
  std::mt19937_64 random(6);
  constexpr u32 kLength = 5000;
  for (const size_t root : {0, 1}) heap.setRoot(root, heap.makeArray(TestTypes::Anys, kLength));
  const u32 number = heap.field(TestTypes::Node, 2);
  // What is at an index shall be the node with this number, or nothing.
  std::vector<u32> a(kLength), b(kLength);
  for (u32 round = 1; round < 200; ++round) {
    const u32 from = static_cast<u32>(random() % kLength), to = static_cast<u32>(random() % kLength);
    const u32 count = static_cast<u32>(random() % (kLength - std::max(from, to)));
    const Ref node = heap.make(TestTypes::Node);
    heap.heap->store(node, number, round);
    switch (random() % 3) {
      case 0:
        fillElements(*heap.heap, heap.root(0), to, count, {{node.slot(), 0}});
        std::fill_n(a.begin() + to, count, round);
        break;
      case 1:
        copyElements(*heap.heap, heap.root(1), to, heap.root(0), from, count);
        std::copy_n(a.begin() + from, count, b.begin() + to);
        break;
      default: {
        std::vector<u64> slots(count);
        for (u32 i = 0; i < count; i += 2) slots[i] = node.slot();
        setElementsFromSlots(*heap.heap, heap.root(1), to, slots);
        for (u32 i = 0; i < count; ++i) b[to + i] = i % 2 == 0 ? round : 0;
      }
    }
    ASSERT_TRUE(heap.heap->collect(round % 16 == 0 ? CollectionKind::Full : CollectionKind::Young));
    for (u32 i = 0; i < kLength; ++i)
      for (const size_t root : {0, 1}) {
        const Ref element = heap.heap->load<Ref>(heap.root(root), TestHeap::element(i));
        ASSERT_EQ(element.isNull() ? 0 : heap.heap->load<u32>(element, number), (root == 0 ? a : b)[i]);
      }
  }
}

}  // namespace
}  // namespace wasmrun::gc
