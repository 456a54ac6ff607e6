#include "runtime/reference_reclaim.h"

#include "runtime_test.h"

namespace wasmrun::runtime::test {
namespace {

class ReclaimTest : public RuntimeTest {
 protected:
  ReclaimTest() {
    ModuleBuilder builder;
    builder.tag(builder.type({kI64Byte, kExnRefByte}, {}));
    builder.global({kExnRefByte}, true, refNull(kExnRefByte));
    builder.global({kExternRefByte}, true, refNull(kExternRefByte));
    builder.table({kExnRefByte}, {.min = 4});
    instance_ = &make(builder);
    tag_ = instance_->tags[0];
  }
  ExceptionTable& exceptions() { return store_->exceptions(); }
  u32 exception(u64 number, u32 inner = 0) {
    const u64 payload[] = {number, inner};
    return makeException(store_->context(), *tag_, payload);
  }
  u64 numberOf(u32 ref) { return exceptionOf(store_->context(), ref).slots()[0]; }

  Instance* instance_;
  Tag* tag_;
};

TEST_F(ReclaimTest, ExceptionsHaveTagAndPayload) {
  const u32 first = exception(11), second = exception(22, first);
  EXPECT_NE(first, 0u);
  EXPECT_EQ(exceptionOf(store_->context(), second).tag, tag_);
  EXPECT_EQ(exceptionOf(store_->context(), second).slots()[0], 22u);
  EXPECT_EQ(exceptionOf(store_->context(), second).slots()[1], first);
}

TEST_F(ReclaimTest, ALoopOfThrowsStaysSmall) {
  for (u64 i = 0; i < 100'000; ++i) exception(1'000'000 + i);
  EXPECT_LE(exceptions().count(), 2048u);
}

TEST_F(ReclaimTest, EveryRootKeepsItsException) {
  ExecContext& context = store_->context();
  const u64 large = 0;  // numbers in payloads look like references, and are not taken for some
  const u32 onStack = exception(large + 1), inGlobal = exception(large + 2), inTable = exception(large + 3),
            pinned = exception(large + 4), inner = exception(large + 5), outer = exception(large + 6, inner),
            pending = exception(large + 7), host = exception(large + 8);
  FakeTier::roots = {onStack, outer};
  *instance_->globalCell(wasm::GlobalIndex(0)) = inGlobal;
  instance_->tables[0]->elements[3] = inTable;
  exceptions().pin(pinned);
  context.pending.exceptionRef = pending;
  const u64 hostValue[2] = {host, 0};
  store_->makeGlobal({wasm::kExnRef, false}, hostValue);
  const u32 garbage = exception(large + 9);
  EXPECT_EQ(exceptions().count(), 9u);

  store_->reclaimReferences();
  EXPECT_EQ(exceptions().count(), 8u);
  const u32 kept[] = {onStack, inGlobal, inTable, pinned, inner, outer, pending, host};
  for (u32 i = 0; i < 8; ++i) EXPECT_EQ(numberOf(kept[i]), large + i + 1);
  EXPECT_EQ(exception(large + 10), garbage);  // its number is used again

  exceptions().unpin(pinned);
  FakeTier::roots.clear();
  context.pending.exceptionRef = 0;
  *instance_->globalCell(wasm::GlobalIndex(0)) = 0;
  store_->reclaimReferences();
  EXPECT_EQ(exceptions().count(), 2u);  // table and the host's global
}

TEST_F(ReclaimTest, AChainOfExceptionsIsFollowedWithoutRecursion) {
  u32 last = 0;
  for (u64 i = 0; i < 200'000; ++i) {
    last = exception(u64{1} << 40, last);
    instance_->tables[0]->elements[0] = last;
  }
  store_->reclaimReferences();
  EXPECT_EQ(exceptions().count(), 200'000u);
}

TEST_F(ReclaimTest, HostDataIsFinalizedOnce) {
  static int finalized;
  finalized = 0;
  const auto host = [&](u64 number) {
    return store_->makeExtern({reinterpret_cast<void*>(number), [](void*) { ++finalized; }});
  };
  const u32 kept = host(1), dropped = host(2), pinned = host(3);
  *instance_->globalCell(wasm::GlobalIndex(1)) = kept;
  store_->externs().pin(pinned);
  store_->reclaimReferences();
  EXPECT_EQ(finalized, 1);
  EXPECT_EQ(store_->externs().get(kept).data, reinterpret_cast<void*>(1));
  EXPECT_EQ(store_->externs().get(pinned).data, reinterpret_cast<void*>(3));
  EXPECT_EQ(host(4), dropped);
  for (u64 i = 0; i < 20'000; ++i) host(5);
  EXPECT_LE(store_->externs().count(), 8192u);
  store_.reset();
  EXPECT_EQ(finalized, 20'004);
}

}  // namespace
}  // namespace wasmrun::runtime::test
