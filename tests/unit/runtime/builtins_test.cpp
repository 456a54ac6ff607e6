#include "runtime/builtins.h"

#include <cstring>

#include "runtime_test.h"

namespace wasmrun::runtime::test {
namespace {

using wasm::DataIndex;
using wasm::ElemIndex;
using wasm::MemoryIndex;
using wasm::TableIndex;

constexpr u64 kHuge[] = {u64{1} << 32, u64{1} << 63, ~u64{0}, ~u64{0} - 65535};

class BuiltinsTest : public RuntimeTest {
 protected:
  BuiltinsTest() {
    ModuleBuilder builder;
    const u32 type = builder.type({}, {});
    const u32 other = builder.type({kI32Byte}, {});
    builder.func(type);
    builder.func(other);
    builder.memory({.min = 1});
    builder.memory({.min = 1, .is64 = true});
    builder.table({kFuncRefByte}, {.min = 4, .max = 8});
    builder.table({kFuncRefByte}, {.min = 4, .is64 = true});
    builder.passiveElements({0, 1, 0});
    builder.passiveExpressions(kFuncRefByte, {refFuncExpr(1), refNull(kFuncRefByte)});
    builder.passiveData({1, 2, 3, 4, 5});
    instance_ = &make(builder);
  }
  u8* bytes(u32 memory) { return instance_->memories[memory]->base; }
  u64& element(u32 table, u64 index) { return instance_->tables[table]->elements[index]; }
  const Pending& pending() { return store_->context().pending; }

  static constexpr MemoryIndex m0{0}, m1{1};
  static constexpr TableIndex t0{0}, t1{1};
  Instance* instance_;
};

TEST_F(BuiltinsTest, MemoryFill) {
  EXPECT_EQ(memoryFill(*instance_, m0, 65534, 9, 2), TrapKind::None);
  EXPECT_EQ(bytes(0)[65535], 9);
  EXPECT_EQ(memoryFill(*instance_, m0, 65536, 9, 0), TrapKind::None);
  EXPECT_EQ(memoryFill(*instance_, m0, 65537, 9, 0), TrapKind::MemoryOutOfBounds);
  EXPECT_EQ(memoryFill(*instance_, m0, 65000, 9, 1000), TrapKind::MemoryOutOfBounds);
  EXPECT_EQ(bytes(0)[65000], 0);
  for (const u64 huge : kHuge) {
    EXPECT_EQ(memoryFill(*instance_, m1, huge, 9, 1), TrapKind::MemoryOutOfBounds);
    EXPECT_EQ(memoryFill(*instance_, m1, 1, 9, huge), TrapKind::MemoryOutOfBounds);
    EXPECT_EQ(memoryFill(*instance_, m1, huge, 9, huge), TrapKind::MemoryOutOfBounds);
  }
  EXPECT_EQ(pending().memoryIndex, 1u);
  EXPECT_EQ(pending().memorySize, 65536u);
}

TEST_F(BuiltinsTest, MemoryCopyOverlapsAndCrosses) {
  for (u8 i = 0; i < 10; ++i) bytes(0)[i] = i;
  EXPECT_EQ(memoryCopy(*instance_, m0, m0, 2, 0, 8), TrapKind::None);
  EXPECT_EQ(bytes(0)[9], 7);
  EXPECT_EQ(memoryCopy(*instance_, m0, m0, 0, 2, 8), TrapKind::None);
  EXPECT_EQ(bytes(0)[7], 7);
  EXPECT_EQ(memoryCopy(*instance_, m1, m0, 100, 0, 8), TrapKind::None);
  EXPECT_EQ(bytes(1)[107], 7);
  EXPECT_EQ(memoryCopy(*instance_, m0, m1, 65530, 100, 7), TrapKind::MemoryOutOfBounds);
  EXPECT_EQ(memoryCopy(*instance_, m0, m1, 0, 65530, 7), TrapKind::MemoryOutOfBounds);
  EXPECT_EQ(pending().memoryIndex, 1u);
  for (const u64 huge : kHuge) {
    EXPECT_EQ(memoryCopy(*instance_, m1, m1, 1, huge, 1), TrapKind::MemoryOutOfBounds);
    EXPECT_EQ(memoryCopy(*instance_, m1, m1, 1, 1, huge), TrapKind::MemoryOutOfBounds);
  }
}

TEST_F(BuiltinsTest, MemoryInitAndDrop) {
  EXPECT_EQ(memoryInit(*instance_, DataIndex(0), m0, 10, 1, 4), TrapKind::None);
  EXPECT_EQ(bytes(0)[13], 5);
  EXPECT_EQ(memoryInit(*instance_, DataIndex(0), m0, 10, 2, 4), TrapKind::MemoryOutOfBounds);
  EXPECT_EQ(memoryInit(*instance_, DataIndex(0), m0, 65535, 0, 2), TrapKind::MemoryOutOfBounds);
  EXPECT_EQ(memoryInit(*instance_, DataIndex(0), m0, 0, ~u64{0}, 2), TrapKind::MemoryOutOfBounds);
  dataDrop(*instance_, DataIndex(0));
  EXPECT_EQ(memoryInit(*instance_, DataIndex(0), m0, 10, 0, 1), TrapKind::MemoryOutOfBounds);
  EXPECT_EQ(memoryInit(*instance_, DataIndex(0), m0, 10, 0, 0), TrapKind::None);
  EXPECT_EQ(memoryInit(*instance_, DataIndex(0), m0, 65537, 0, 0), TrapKind::MemoryOutOfBounds);
}

TEST_F(BuiltinsTest, MemoryGrow) {
  EXPECT_EQ(memoryGrow(*instance_, m0, 1), 1);
  EXPECT_EQ(memoryGrow(*instance_, m0, 65536), -1);
  EXPECT_EQ(memoryGrow(*instance_, m1, ~u64{0}), -1);
  EXPECT_EQ(memoryGrow(*instance_, m0, 0), 2);
}

TEST_F(BuiltinsTest, TableAccess) {
  u64 value = 1;
  EXPECT_EQ(tableGet(*instance_, t0, 3, &value), TrapKind::None);
  EXPECT_EQ(value, 0u);
  EXPECT_EQ(tableGet(*instance_, t0, 4, &value), TrapKind::TableOutOfBounds);
  EXPECT_EQ(tableSet(*instance_, t1, ~u64{0}, 0), TrapKind::TableOutOfBounds);
  EXPECT_EQ(tableGrow(*instance_, t0, refFunc(*instance_, wasm::FuncIndex(0)), 4), 4);
  EXPECT_EQ(tableGrow(*instance_, t0, 0, 1), -1);
  EXPECT_EQ(tableSize(*instance_, t0), 8u);
  EXPECT_EQ(element(0, 7), reinterpret_cast<u64>(&instance_->funcs[0]));
  EXPECT_EQ(tableFill(*instance_, t0, 6, 0, 2), TrapKind::None);
  EXPECT_EQ(element(0, 7), 0u);
  EXPECT_EQ(tableFill(*instance_, t0, 6, 8, 3), TrapKind::TableOutOfBounds);
  EXPECT_EQ(element(0, 6), 0u);
  for (const u64 huge : kHuge) EXPECT_EQ(tableFill(*instance_, t1, 1, 0, huge), TrapKind::TableOutOfBounds);
}

TEST_F(BuiltinsTest, TableInitAndCopy) {
  const u64 f0 = reinterpret_cast<u64>(&instance_->funcs[0]), f1 = reinterpret_cast<u64>(&instance_->funcs[1]);
  EXPECT_EQ(tableInit(*instance_, ElemIndex(0), t0, 1, 0, 3), TrapKind::None);
  EXPECT_EQ(element(0, 2), f1);
  EXPECT_EQ(tableInit(*instance_, ElemIndex(1), t0, 1, 0, 2), TrapKind::None);
  EXPECT_EQ(element(0, 1), f1);
  EXPECT_EQ(element(0, 2), 0u);
  EXPECT_EQ(tableInit(*instance_, ElemIndex(0), t0, 0, 1, 3), TrapKind::TableOutOfBounds);
  EXPECT_EQ(element(0, 0), 0u);
  EXPECT_EQ(tableCopy(*instance_, t1, t0, 2, 3, 1), TrapKind::None);
  EXPECT_EQ(element(1, 2), f0);
  EXPECT_EQ(tableCopy(*instance_, t0, t0, 0, 1, 3), TrapKind::None);
  EXPECT_EQ(element(0, 2), f0);
  EXPECT_EQ(tableCopy(*instance_, t0, t1, 3, 0, 2), TrapKind::TableOutOfBounds);
  elemDrop(*instance_, ElemIndex(0));
  EXPECT_EQ(tableInit(*instance_, ElemIndex(0), t0, 0, 0, 1), TrapKind::TableOutOfBounds);
  EXPECT_EQ(tableInit(*instance_, ElemIndex(0), t0, 4, 0, 0), TrapKind::None);
}

TEST_F(BuiltinsTest, IndirectCalls) {
  const wasm::TypeId type = instance_->funcs[0].type;
  Func* callee = nullptr;
  element(0, 1) = reinterpret_cast<u64>(&instance_->funcs[0]);
  element(0, 2) = reinterpret_cast<u64>(&instance_->funcs[1]);
  EXPECT_EQ(resolveIndirect(*instance_, t0, 1, type, &callee), TrapKind::None);
  EXPECT_EQ(callee, &instance_->funcs[0]);
  EXPECT_EQ(resolveIndirect(*instance_, t0, 0, type, &callee), TrapKind::UninitializedElement);
  EXPECT_EQ(resolveIndirect(*instance_, t0, 2, type, &callee), TrapKind::IndirectCallTypeMismatch);
  EXPECT_EQ(resolveIndirect(*instance_, t0, 4, type, &callee), TrapKind::UndefinedElement);
  EXPECT_EQ(pending().address, 4u);
  beginTrap(store_->context(), TrapKind::UndefinedElement);
  EXPECT_EQ(takeError(store_->context(), CallStatus::Trap).message, "undefined element: element 4 of a table of 4");
}

TEST_F(BuiltinsTest, IndirectCallsAcceptSubtypes) {
  ModuleBuilder builder;
  const u32 super = builder.subType(std::nullopt, {}, {});
  const u32 sub = builder.subType(super, {}, {});
  builder.func(super, {});
  builder.func(sub, {});
  builder.table({kFuncRefByte}, {.min = 2});
  builder.activeElements(i32Const(0), {0, 1});
  Instance& instance = make(builder);
  Func* callee = nullptr;
  EXPECT_EQ(resolveIndirect(instance, t0, 1, instance.funcs[0].type, &callee), TrapKind::None);
  EXPECT_EQ(callee, &instance.funcs[1]);
  EXPECT_EQ(resolveIndirect(instance, t0, 0, instance.funcs[1].type, &callee), TrapKind::IndirectCallTypeMismatch);
}

TEST_F(BuiltinsTest, ReferencesMatchTypes) {
  using wasm::HeapType;
  using wasm::ValType;
  const auto matches = [&](u64 reference, HeapType heap, bool nullable = false) {
    return refMatches(*instance_, reference, ValType::ref(heap, nullable));
  };
  EXPECT_TRUE(matches(0, HeapType::Any, true));
  EXPECT_FALSE(matches(0, HeapType::Any));
  for (const u32 payload : {0u, 1u, 0x7fff'ffffu}) {
    EXPECT_TRUE(matches(gc::Ref::i31(payload).slot(), HeapType::I31));
    EXPECT_TRUE(matches(gc::Ref::i31(payload).slot(), HeapType::Eq));
    EXPECT_TRUE(matches(gc::Ref::i31(payload).slot(), HeapType::Any));
    EXPECT_FALSE(matches(gc::Ref::i31(payload).slot(), HeapType::Struct));
    EXPECT_FALSE(matches(gc::Ref::i31(payload).slot(), HeapType::None));
    EXPECT_TRUE(matches(gc::Ref::i31(payload).slot(), HeapType::Extern));  // extern.convert_any
    EXPECT_EQ(gc::Ref::i31(payload).i31Unsigned(), payload);
  }
  const u64 host = store_->makeExtern({})->slot();
  EXPECT_EQ(host % 8, 0u);
  EXPECT_TRUE(matches(host, HeapType::Extern));
  EXPECT_TRUE(matches(host, HeapType::Any));
  EXPECT_FALSE(matches(host, HeapType::Eq));
  EXPECT_FALSE(matches(host, HeapType::I31));
  EXPECT_FALSE(matches(host, HeapType::NoExtern));
  const u64 func = refFunc(*instance_, wasm::FuncIndex(0));
  EXPECT_TRUE(matches(func, HeapType::Func));
  EXPECT_TRUE(matches(func, HeapType(instance_->funcs[0].type)));
  EXPECT_FALSE(matches(func, HeapType(instance_->funcs[1].type)));
  EXPECT_FALSE(matches(func, HeapType::NoFunc));
}

}  // namespace
}  // namespace wasmrun::runtime::test
