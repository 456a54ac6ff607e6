#include "runtime/instantiate.h"

#include "runtime/const_expr.h"
#include "runtime_test.h"

namespace wasmrun::runtime::test {
namespace {

using InstantiateTest = RuntimeTest;

Func* funcIn(const Table& table, u64 index) { return reinterpret_cast<Func*>(table.elements[index]); }

TEST_F(InstantiateTest, GlobalsComputeFromEarlierOnes) {
  ModuleBuilder base;
  base.global({kI64Byte}, false, i64Const(1'000'000'007));
  base.exportItem("x", 3, 0);
  ModuleBuilder builder;
  builder.importGlobal("x", {kI64Byte}, false);
  builder.global({kI64Byte}, true, globalGet(0) + i64Const(3) + Bytes{0x7e});  // mul
  builder.global({kI32Byte}, false, i32Const(5) + i32Const(7) + Bytes{0x6b} + i32Const(10) + Bytes{0x6a});
  builder.global({kV128Byte}, false, [] {
    Bytes expr{0xfd, 0x0c};
    for (u8 i = 1; i <= 16; ++i) expr.push_back(i);
    return expr;
  }());
  builder.global({kV128Byte}, false, globalGet(3));
  builder.global({kI31RefByte}, false, i32Const(-3) + Bytes{0xfb, 0x1c});
  builder.global({kExternRefByte}, false, i32Const(4) + Bytes{0xfb, 0x1c, 0xfb, 0x1b});
  builder.global({kI32Byte}, false, i32Const(5) + i32Const(7) + Bytes{0x6b});
  builder.exportItem("g", 3, 1);
  Instance& instance = make(builder, {findExport(make(base), "x")});
  const auto value = [&](u32 index) { return *instance.globalCell(wasm::GlobalIndex(index)); };
  EXPECT_EQ(value(1), 3'000'000'021u);
  EXPECT_EQ(value(2), 8u);
  EXPECT_EQ(value(7), 0xffff'fffeu);  // the high half stays zero
  EXPECT_EQ(instance.globalCell(wasm::GlobalIndex(4))[1], 0x100f'0e0d'0c0b'0a09u);
  EXPECT_EQ(reinterpret_cast<u64>(instance.globalCell(wasm::GlobalIndex(4))) % 16, 0u);
  EXPECT_EQ(gc::Ref::fromSlot(value(5)).i31Signed(), -3);
  EXPECT_EQ(value(6), gc::Ref::i31(4).slot());
  EXPECT_EQ(findExport(instance, "g").global()->cell, instance.globalCell(wasm::GlobalIndex(1)));
  EXPECT_EQ(findExport(instance, "g").global(), findExport(instance, "g").global());
  EXPECT_TRUE(findExport(instance, "none").isEmpty());
}

TEST_F(InstantiateTest, LongConstantExpressions) {
  Bytes expr = i32Const(1);
  for (int i = 0; i < 10000; ++i) expr = std::move(expr) + i32Const(1);
  expr.insert(expr.end(), 10000, 0x6a);
  ModuleBuilder builder;
  builder.global({kI32Byte}, false, expr);
  EXPECT_EQ(*make(builder).globalCell(wasm::GlobalIndex(0)), 10001u);
}

TEST_F(InstantiateTest, FunctionsKnowWhatTheyAre) {
  ModuleBuilder base;
  base.func(base.type({kI32Byte}, {}));
  base.exportItem("f", 0, 0);
  Instance& first = make(base);
  ModuleBuilder builder;
  const u32 type = builder.type({kI32Byte}, {});
  builder.importFunc("f", type);
  builder.func(type);
  builder.func(builder.type({}, {kI64Byte}));
  builder.exportItem("f", 0, 0);
  builder.exportItem("g", 0, 2);
  Instance& second = make(builder, {findExport(first, "f")});
  EXPECT_EQ(findExport(second, "f").func(), findExport(first, "f").func());
  EXPECT_EQ(findExport(second, "f").func()->instance, &first);
  const Func& g = *findExport(second, "g").func();
  EXPECT_EQ(g.instance, &second);
  EXPECT_EQ(g.index.value, 2u);
  EXPECT_EQ(g.code, second.funcs[0].code + 1);
  EXPECT_EQ(registry_.toText(registry_.get(g.type).func), " (result i64)");
  EXPECT_EQ(second.func(wasm::FuncIndex(1)).type, first.func(wasm::FuncIndex(0)).type);
}

TEST_F(InstantiateTest, TablesHaveInitialValues) {
  ModuleBuilder builder;
  builder.func(builder.type({}, {}));
  builder.table({0x64, kFuncRefByte}, {.min = 3}, refFuncExpr(0));
  builder.table({kFuncRefByte}, {.min = 3});
  builder.activeElements(i32Const(1), {});
  Instance& instance = make(builder);
  EXPECT_EQ(funcIn(*instance.tables[0], 2), &instance.funcs[0]);
  EXPECT_EQ(funcIn(*instance.tables[1], 2), nullptr);
}

// What a module wrote before it failed stays written, and its functions live on (spec: exec/modules).
TEST_F(InstantiateTest, SegmentsAreWrittenInOrderUntilOneTraps) {
  ModuleBuilder shared;
  shared.table({kFuncRefByte}, {.min = 10});
  shared.memory({.min = 1});
  shared.exportItem("table", 1, 0);
  shared.exportItem("memory", 2, 0);
  Instance& owner = make(shared);
  const Extern table = findExport(owner, "table"), memory = findExport(owner, "memory");

  ModuleBuilder builder;
  builder.importTable("table", kFuncRefByte, {.min = 10});
  builder.importMemory("memory", {.min = 1});
  builder.func(builder.type({}, {}));
  builder.activeElements(i32Const(2), {0, 0});
  builder.activeElements(i32Const(9), {0, 0});  // one too many
  builder.activeElements(i32Const(5), {0});
  builder.activeData(i32Const(0), {1});
  auto failed = tryMake(builder, {table, memory});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Trap);
  EXPECT_EQ(failed.error().trap(), wasmrun::TrapKind::TableOutOfBounds);
  EXPECT_TRUE(failed.error().message.starts_with("out of bounds table access"));
  ASSERT_NE(funcIn(*table.table(), 3), nullptr);
  EXPECT_EQ(funcIn(*table.table(), 9), nullptr);
  EXPECT_EQ(funcIn(*table.table(), 5), nullptr);
  EXPECT_EQ(memory.memory()->base[0], 0);
  u64 slots[1];
  EXPECT_EQ(funcIn(*table.table(), 3)->call(store_->context(), slots), CallStatus::Ok);
  EXPECT_EQ(funcIn(*table.table(), 3)->instance->memories[0], memory.memory());

  ModuleBuilder data;
  data.importMemory("memory", {.min = 1});
  data.activeData(i32Const(10), {7, 8});
  data.activeData(i32Const(65535), {1, 2});
  data.activeData(i32Const(20), {9});
  failed = tryMake(data, {memory});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().trap(), wasmrun::TrapKind::MemoryOutOfBounds);
  ASSERT_TRUE(failed.error().memoryFault());
  EXPECT_EQ(failed.error().memoryFault()->address, 65535u);
  EXPECT_EQ(failed.error().memoryFault()->memorySize, 65536u);
  EXPECT_EQ(memory.memory()->base[11], 8);
  EXPECT_EQ(memory.memory()->base[65535], 0);
  EXPECT_EQ(memory.memory()->base[20], 0);
}

TEST_F(InstantiateTest, SegmentOffsetsAreUnsignedAndOfTheAddressType) {
  ModuleBuilder negative;
  negative.memory({.min = 1});
  negative.activeData(i32Const(-1), {});
  EXPECT_TRUE(errorOf(negative).starts_with("out of bounds memory access"));
  ModuleBuilder end;
  end.memory({.min = 1});
  end.activeData(i32Const(65536), {});
  EXPECT_EQ(errorOf(end), "");
  ModuleBuilder wide;
  wide.memory({.min = 1, .is64 = true});
  wide.activeData(i64Const(i64{1} << 32), {1});
  EXPECT_TRUE(errorOf(wide).starts_with("out of bounds memory access"));
}

TEST_F(InstantiateTest, TheStartFunctionRunsLast) {
  ModuleBuilder builder;
  builder.memory({.min = 1});
  builder.activeData(i32Const(3), {42});
  builder.func(builder.type({}, {}));
  builder.start(0);
  u8 seen = 0;
  FakeTier::script = [&](ExecContext&, Func& callee, u64*) {
    seen = callee.instance->memories[0]->base[3];
    return CallStatus::Ok;
  };
  EXPECT_EQ(errorOf(builder), "");
  EXPECT_EQ(seen, 42);
  FakeTier::script = [&](ExecContext& context, Func&, u64*) { return beginTrap(context, TrapKind::Unreachable); };
  EXPECT_EQ(errorOf(builder), "unreachable");
  FakeTier::script = [&](ExecContext& context, Func&, u64*) { return failHostCall(context, failExit(7).error()); };
  auto exited = tryMake(builder);
  ASSERT_FALSE(exited);
  EXPECT_EQ(exited.error().kind, ErrorKind::Exit);
  EXPECT_EQ(exited.error().exitCode(), 7u);
}

TEST_F(InstantiateTest, LimitsAreErrors) {
  options_.limits.instances = 2;
  options_.limits.tables = 1;
  options_.limits.memoryBytes = 65536;
  renewStore();
  ModuleBuilder memory;
  memory.memory({.min = 2});
  EXPECT_EQ(errorOf(memory), "memory minimum size of 131072 bytes exceeds the limits");
  ModuleBuilder tables;
  tables.table({kFuncRefByte}, {.min = 1});
  EXPECT_EQ(errorOf(tables), "");
  auto third = tryMake(tables);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::Limit);
}

TEST_F(InstantiateTest, ConstantsThatMakeObjectsMayFail) {
  options_.heap.maxBytes = u64{1} << 20;
  options_.heap.stress = true;
  renewStore();
  const Bytes arrayType{0x5e, kI32Byte, 0x00};
  ModuleBuilder fits;
  fits.rawType(arrayType);
  fits.global({kAnyRefByte}, false, {0x41, 0x2a, 0x41, 0x03, 0xfb, 0x06, 0x00});  // i32.const 42, 3, array.new 0
  Instance& instance = make(fits);
  store_->heap()->collect();
  const gc::Ref array = gc::Ref::fromSlot(*instance.globalCell(wasm::GlobalIndex(0)));
  EXPECT_EQ(store_->heap()->at(array).length, 3u);
  EXPECT_EQ(store_->heap()->load<u32>(array, gc::kElementsOffset + 8), 42u);

  ModuleBuilder large;
  large.rawType(arrayType);
  large.global({kAnyRefByte}, false, {0x41, 0x7f, 0xfb, 0x07, 0x00});  // i32.const -1, array.new_default 0
  EXPECT_EQ(errorOf(large), "allocation size too large");
}

TEST_F(InstantiateTest, HostFunctionsAreImportedAndReleased) {
  int released = 0;
  auto store = newStore();
  Func* host = store->makeHostFunc(
      *registry_.internFunc({}, {}), [](ExecContext&, Func&, u64*) { return CallStatus::Ok; }, &released,
      [](void* data) { ++*static_cast<int*>(data); });
  EXPECT_TRUE(host->isHost());
  ModuleBuilder builder;
  builder.importFunc("f", builder.type({}, {}));
  builder.start(0);
  const Extern import(host);
  EXPECT_TRUE(instantiate(*store, prepare(builder.build()), {&import, 1}));
  store.reset();
  EXPECT_EQ(released, 1);
}

TEST_F(InstantiateTest, TypesAreGivenBackWithTheStore) {
  const size_t before = registry_.groupCount();
  {
    auto store = newStore();
    const wasm::ValType params[] = {wasm::kF64, wasm::kExternRef};
    store->makeHostFunc(*registry_.internFunc(params, {}), nullptr, nullptr, nullptr);
    store->makeTag(*registry_.internFunc(params, {}), true);
    EXPECT_EQ(registry_.groupCount(), before + 1);
  }
  EXPECT_EQ(registry_.groupCount(), before);
}

}  // namespace
}  // namespace wasmrun::runtime::test
