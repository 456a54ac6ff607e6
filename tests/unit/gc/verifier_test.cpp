// Corruption that is planted is found, named, and followed by nobody.
#include <gtest/gtest.h>

#include <functional>

#include "test_heap.h"

namespace wasmrun::gc {
namespace {

class VerifierOf : public testing::TestWithParam<CollectorKind> {
 protected:
  VerifierOf() : heap_(types_, {.collector = GetParam(), .maxBytes = 64 * kMiB, .verify = true}) {
    heap_.setRoot(0, heap_.make(TestTypes::Derived));
    heap_.setRoot(1, heap_.makeArray(TestTypes::Nodes, 50));
    heap_.setRoot(2, heap_.makeArray(TestTypes::Anys, 50'000));
    heap_.setRoot(3, heap_.make(TestTypes::Pair));
  }

  /// Expects `plant` to be found, by verify() and by the next collection.
  void expectFound(const std::function<void()>& plant, const std::string& words) {
    ASSERT_TRUE(heap_.heap->verify());
    plant();
    const Result<void> verified = heap_.heap->verify();
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().kind, ErrorKind::Internal);
    EXPECT_NE(verified.error().message.find(words), std::string::npos) << verified.error().message;
    EXPECT_FALSE(heap_.heap->collect());
    ASSERT_TRUE(heap_.heap->corruption());
    EXPECT_EQ(heap_.heap->corruption()->message, verified.error().message);
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(failureOf(heap_.heap->allocate(heap_.layout(TestTypes::Node))), AllocFailure::Corrupt);
    for (u64& root : heap_.roots) root = 0;
  }

  void store(Ref ref, u64 offset, u32 bits) { heap_.heap->storeRef(ref, offset, Ref::fromBits(bits)); }
  u32 any() const { return heap_.field(TestTypes::Derived, 1); }

  TestTypes types_;
  TestHeap heap_;
};

INSTANTIATE_TEST_SUITE_P(, VerifierOf,
                         testing::Values(CollectorKind::Null, CollectorKind::Copying, CollectorKind::Generational),
                         [](const auto& info) { return std::string(nameOf(info.param)); });

TEST_P(VerifierOf, AReferenceIntoAnObject) {
  expectFound([&] { store(heap_.root(0), any(), heap_.root(3).bits() + 8); }, "where no object is");
}

TEST_P(VerifierOf, AReferenceToNowhere) {
  expectFound([&] { store(heap_.root(0), any(), 0xfffffff0); }, "refers to 0xfffffff0");
}

TEST_P(VerifierOf, AReferenceThatIsNotAligned) {
  expectFound([&] { store(heap_.root(0), any(), heap_.root(3).bits() + 2); }, "where no object is");
}

TEST_P(VerifierOf, Poison) {
  expectFound([&] { store(heap_.root(2), TestHeap::element(49'999), kPoison); }, "0xbadbad66");
}

TEST_P(VerifierOf, AReferenceToNowhereInARoot) {
  expectFound([&] { heap_.setRoot(5, Ref::fromBits(heap_.root(3).bits() + 8)); }, "a root refers to");
}

TEST_P(VerifierOf, ATypeNobodyHas) {
  expectFound([&] { heap_.heap->store(heap_.root(3), kTypeOffset, kPoison); }, "type word 0xbadbad66");
}

TEST_P(VerifierOf, AnObjectOfAnotherType) {
  expectFound([&] { store(heap_.root(1), TestHeap::element(7), heap_.root(3).bits()); }, "its type does not allow");
}

TEST_P(VerifierOf, AnI31WhereOnlyStructsMayBe) {
  expectFound([&] { store(heap_.root(1), TestHeap::element(7), Ref::i31(9).bits()); }, "its type does not allow");
}

TEST_P(VerifierOf, AnArrayThatIsTooLong) {
  expectFound([&] { heap_.heap->store(heap_.root(2), kLengthOffset, 0xffffffffu); }, "ends after its space");
}

TEST_P(VerifierOf, AnObjectWhereAnI31MustBe) {
  expectFound([&] { store(heap_.root(0), heap_.field(TestTypes::Derived, 10), heap_.root(3).bits()); },
              "its type does not allow");
}

TEST(Verifier, AYoungObjectInACleanCard) {
  TestTypes types;
  for (const u32 length : {50u, 50'000u}) {
    TestHeap heap(types, {.verify = true});
    heap.setRoot(0, heap.makeArray(TestTypes::Anys, length));
    ASSERT_TRUE(heap.heap->collect());
    const Ref young = heap.make(TestTypes::Node);
    heap.heap->store(heap.root(0), TestHeap::element(17), young);  // without the barrier
    const Result<void> verified = heap.heap->verify();
    ASSERT_FALSE(verified);
    EXPECT_NE(verified.error().message.find("from a clean card"), std::string::npos) << verified.error().message;
    heap.heap->wroteRefs(heap.root(0), TestHeap::element(17), 4);
    EXPECT_TRUE(heap.heap->verify());
  }
}

TEST(Verifier, ARootThatWasMissed) {
  TestTypes types;
  for (const CollectorKind kind : {CollectorKind::Copying, CollectorKind::Generational}) {
    TestHeap heap(types, {.collector = kind, .stress = true, .verify = true});
    const Ref forgotten = heap.make(TestTypes::Node);
    heap.setRoot(0, heap.make(TestTypes::Pair));  // moves or frees it
    heap.heap->storeRef(heap.root(0), 4, forgotten);
    EXPECT_FALSE(heap.heap->verify()) << nameOf(kind);
    heap.heap->storeRef(heap.root(0), 4, Ref());
  }
}

}  // namespace
}  // namespace wasmrun::gc
