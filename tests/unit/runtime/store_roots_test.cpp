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
  instance_->tables[0]->elements[3] = exception(3);
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
  for (u64 i = 0; i < 200'000; ++i) instance_->tables[0]->elements[0] = exception(i, instance_->tables[0]->elements[0]);
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

INSTANTIATE_TEST_SUITE_P(Collectors, StoreRootsTest,
                         testing::Values(gc::CollectorKind::Generational, gc::CollectorKind::Copying));

}  // namespace
}  // namespace wasmrun::runtime::test
