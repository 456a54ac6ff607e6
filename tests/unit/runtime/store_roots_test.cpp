#include "runtime_test.h"

namespace wasmrun::runtime::test {
namespace {

/// What the embedder holds.
struct HostRoots final : gc::RootSource {
  std::vector<u64> slots;
  void visitRoots(gc::RootVisitor& visitor, gc::RootSet) override { visitor.slots(slots); }
};

class StoreRootsTest : public RuntimeTest, public testing::WithParamInterface<gc::CollectorKind> {
 protected:
  StoreRootsTest() {
    options_.heap.collector = GetParam();
    options_.heap.verify = true;
    renewStore();
    ModuleBuilder builder;
    builder.tag(builder.type({kI64Byte, kExnRefByte}, {}));
    builder.global({kExnRefByte}, true, refNull(kExnRefByte));
    builder.global({kExternRefByte}, true, refNull(kExternRefByte));
    builder.table({kExnRefByte}, {.min = 4});
    instance_ = &make(builder);
    tag_ = instance_->tags[0];
  }
  u32 exception(u64 number, u64 inner = 0) {
    const u64 payload[] = {number, inner};
    u32 made = 0;
    EXPECT_EQ(makeException(store_->context(), *tag_, payload, &made), TrapKind::None);
    return made;
  }
  u64 host(u64 number) {
    const auto made = store_->makeExtern({reinterpret_cast<void*>(number), [](void*) { ++finalized; }});
    EXPECT_TRUE(made);
    return made ? made->slot() : 0;
  }
  u64 numberOf(u64 slot) {
    u64 payload[2];
    exceptionPayload(store_->context(), static_cast<u32>(slot), payload);
    return payload[0];
  }
  /// Objects alive.
  u64 count() {
    store_->heap()->collect();
    u64 objects = 0;
    store_->heap()->forEachObject([&](gc::Ref) { ++objects; });
    return objects;
  }

  static inline int finalized = 0;
  Instance* instance_;
  Tag* tag_;
};

TEST_P(StoreRootsTest, ExceptionsHaveTagAndPayload) {
  FakeTier::roots = {exception(11)};
  const u32 second = exception(22, FakeTier::roots[0]);
  EXPECT_EQ(&exceptionTag(store_->context(), second), tag_);
  u64 payload[2];
  exceptionPayload(store_->context(), second, payload);
  EXPECT_EQ(payload[0], 22u);
  EXPECT_EQ(payload[1], FakeTier::roots[0]);
}

TEST_P(StoreRootsTest, ALoopOfThrowsStaysSmall) {
  for (u64 i = 0; i < 500'000; ++i) exception(1'000'000 + i);
  EXPECT_EQ(count(), 0u);
  EXPECT_LE(store_->heap()->statistics().peakUsedBytes, u64{8} << 20);
}

TEST_P(StoreRootsTest, EveryRootKeepsItsException) {
  ExecContext& context = store_->context();
  HostRoots held;
  store_->setHostRoots(&held);
  FakeTier::roots = {exception(1)};
  *instance_->globalCell(wasm::GlobalIndex(0)) = exception(2);
  instance_->tables[0]->set(3, exception(3));
  held.slots = {exception(4)};
  FakeTier::roots.push_back(exception(5));
  FakeTier::roots[1] = exception(6, FakeTier::roots[1]);
  context.pending.exceptionRef = exception(7);
  const u64 hostValue[2] = {exception(8), 0};
  Global& global = *store_->makeGlobal({wasm::kExnRef, false}, hostValue);
  exception(9);

  EXPECT_EQ(count(), 8u);
  EXPECT_EQ(numberOf(FakeTier::roots[0]), 1u);
  EXPECT_EQ(numberOf(*instance_->globalCell(wasm::GlobalIndex(0))), 2u);
  EXPECT_EQ(numberOf(instance_->tables[0]->elements[3]), 3u);
  EXPECT_EQ(numberOf(held.slots[0]), 4u);
  u64 outer[2];
  exceptionPayload(context, static_cast<u32>(FakeTier::roots[1]), outer);
  EXPECT_EQ(numberOf(outer[1]), 5u);
  EXPECT_EQ(outer[0], 6u);
  EXPECT_EQ(numberOf(context.pending.exceptionRef), 7u);
  EXPECT_EQ(numberOf(*global.cell), 8u);

  held.slots.clear();
  FakeTier::roots.clear();
  context.pending.exceptionRef = 0;
  *instance_->globalCell(wasm::GlobalIndex(0)) = 0;
  EXPECT_EQ(count(), 2u);  // table and the host's global
  store_->setHostRoots(nullptr);
}

TEST_P(StoreRootsTest, APayloadIsARootWhileItsExceptionIsMade) {
  options_.heap.stress = true;
  renewStore();
  const u64 inner = host(7);
  ModuleBuilder builder;
  builder.tag(builder.type({kI64Byte, kExternRefByte}, {}));
  Instance& instance = make(builder);
  const u64 payload[] = {1, inner};
  u32 made = 0;
  ASSERT_EQ(makeException(store_->context(), *instance.tags[0], payload, &made), TrapKind::None);
  u64 kept[2];
  exceptionPayload(store_->context(), made, kept);
  EXPECT_EQ(store_->heap()->hostOf(gc::Ref::fromSlot(kept[1])).data, reinterpret_cast<void*>(7));
}

TEST_P(StoreRootsTest, AChainOfExceptionsIsFollowedWithoutRecursion) {
  for (u64 i = 0; i < 200'000; ++i) instance_->tables[0]->set(0, exception(i, instance_->tables[0]->elements[0]));
  EXPECT_EQ(count(), 200'000u);
}

TEST_P(StoreRootsTest, HostDataIsFinalizedOnce) {
  finalized = 0;
  HostRoots held;
  store_->setHostRoots(&held);
  *instance_->globalCell(wasm::GlobalIndex(1)) = host(1);
  host(2);
  held.slots = {host(3)};
  store_->heap()->collect();
  EXPECT_EQ(finalized, 1);
  const auto dataOf = [&](u64 slot) { return store_->heap()->hostOf(gc::Ref::fromSlot(slot)).data; };
  EXPECT_EQ(dataOf(*instance_->globalCell(wasm::GlobalIndex(1))), reinterpret_cast<void*>(1));
  EXPECT_EQ(dataOf(held.slots[0]), reinterpret_cast<void*>(3));
  for (u64 i = 0; i < 20'000; ++i) host(5);
  EXPECT_LE(store_->heap()->weak().count(), 4096u);
  store_.reset();
  EXPECT_EQ(finalized, 20'003);
}

/// Counts the references it is shown. `isYoung`: what it says of all of them.
struct CountingVisitor final : gc::RootVisitor {
  explicit CountingVisitor(bool young) : young(young) {}
  void visit(gc::Ref&) override { ++count; }
  bool isYoung(gc::Ref) const override { return young; }
  const bool young;
  u64 count = 0;
};

/// References that a young collection is shown.
u64 shownToYoung(Table& table, bool stayYoung = true) {
  CountingVisitor visitor(stayYoung);
  table.visitElements(visitor, gc::RootSet::MayBeYoung);
  return visitor.count;
}

TEST(TableCardsTest, OnlyWrittenPartsAreShownToYoungCollections) {
  ResourceLimiter limiter{ResourceLimits{}};
  const auto made = Table::make({.element = wasm::kExnRef, .limits = {.min = 100'000}}, 0, limiter);
  Table& table = **made;
  EXPECT_EQ(shownToYoung(table), 0u);
  constexpr u64 kCard = 512;
  table.set(99'999, 8);
  table.set(0, 8);
  EXPECT_EQ(shownToYoung(table), 2u);
  EXPECT_EQ(shownToYoung(table, false), 2u) << "they were young when last looked at";
  EXPECT_EQ(shownToYoung(table), 0u) << "they are old now";
  table.fill(kCard - 1, 16, kCard + 2);  // three cards
  EXPECT_EQ(shownToYoung(table), kCard + 2 + 1);
  EXPECT_EQ(shownToYoung(table, false), kCard + 2 + 1);
  table.copy(50'000, table, kCard, 2 * kCard);
  EXPECT_EQ(shownToYoung(table, false), kCard + 1);
  EXPECT_EQ(table.grow(70'000, 24, limiter), 100'000u);
  EXPECT_EQ(shownToYoung(table, false), 70'000u + 1) << "and 99 999, which shares a card with the first new one";
  CountingVisitor all(false);
  table.visitElements(all, gc::RootSet::All);
  EXPECT_EQ(all.count, 70'000u + 2 + kCard + 2 + kCard + 1);
}

/// The barrier: without it, the second collection would leave the reference as it was.
TEST_P(StoreRootsTest, AYoungExceptionInATableThatWasOldSurvives) {
  Table& table = *instance_->tables[0];
  table.set(1, exception(1));
  gc::Heap& heap = *store_->heap();
  for (int i = 0; i < 3; ++i) heap.collect(gc::CollectionKind::Young);
  table.set(2, exception(2));
  exception(9);
  ASSERT_TRUE(heap.collect(gc::CollectionKind::Young)) << heap.corruption()->message;
  EXPECT_EQ(numberOf(table.elements[1]), 1u);
  EXPECT_EQ(numberOf(table.elements[2]), 2u);
}

TEST_P(StoreRootsTest, ATableWriteWithoutTheBarrierIsFoundByTheVerifier) {
  if (GetParam() != gc::CollectorKind::Generational) GTEST_SKIP() << "has no young objects";
  Table& table = *instance_->tables[0];
  table.elements[2] = exception(2);
  gc::Heap& heap = *store_->heap();
  EXPECT_FALSE(heap.collect(gc::CollectionKind::Young));
  EXPECT_NE(heap.corruption()->message.find("young collections are shown 0"), std::string::npos);
}

/// What a young collection costs depends on what was written, not on the tables' sizes: shown by the places looked at,
/// and by the pauses with a bound that scanning 8 million elements each time would miss by far.
TEST(TableCardsTest, ALargeTableDoesNotLengthenYoungPauses) {
  const auto pauseWith = [](u64 elements) {
    wasm::TypeRegistry registry;
    StoreOptions options;
    options.limits.tableElements = elements;
    auto store = std::move(*Store::make(registry, FakeTier::hooks(), options));
    Table& table = **store->makeTable({.element = wasm::kExternRef, .limits = {.min = elements}}, 0);
    table.fill(0, store->makeExtern({})->slot(), elements);
    gc::Heap& heap = *store->heap();
    heap.collect();
    for (int i = 0; i < 50; ++i) {
      table.set(u64(i) * 8, store->makeExtern({})->slot());
      heap.collect(gc::CollectionKind::Young);
    }
    return heap.statistics().youngPauses.percentile(0.5);
  };
  const u64 small = pauseWith(1000), large = pauseWith(8'000'000);
  EXPECT_LT(large, small + 1'000'000) << "ns; the median of 50 with a table of 1000 elements was " << small;
}

INSTANTIATE_TEST_SUITE_P(Collectors, StoreRootsTest,
                         testing::Values(gc::CollectorKind::Generational, gc::CollectorKind::Copying));

}  // namespace
}  // namespace wasmrun::runtime::test
