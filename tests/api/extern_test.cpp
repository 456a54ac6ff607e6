// Memories, tables, globals.
#include "api_test.h"

namespace wasmrun::test {
namespace {

using ExternTest = ApiTest;

TEST_F(ExternTest, MemoryReadsWritesAndGrows) {
  const Memory memory = good(Memory::make(store, {{1, 2}}));
  EXPECT_EQ(memory.size(), 65536u);
  good(memory.writeAs<uint32_t>(100, 0x01020304));
  EXPECT_EQ(memory.data()[100], 4);
  EXPECT_EQ(good(memory.readAs<uint32_t>(100)), 0x01020304u);
  good(memory.write(0, std::vector<uint8_t>{'h', 'i'}));
  EXPECT_EQ(good(memory.readString(0, 2)), "hi");
  const Error past = bad(memory.writeAs<uint32_t>(65533, 0));
  EXPECT_EQ(past.kind, ErrorKind::Usage);
  EXPECT_CONTAINS(past.message, "4 bytes at address 0xfffd are not all inside a memory of 0x10000 bytes");
  EXPECT_EQ(bad(memory.slice(~uint64_t{0}, 2)).kind, ErrorKind::Usage) << "no overflow";
  EXPECT_EQ(good(memory.grow(1)), 1u);
  EXPECT_EQ(memory.pages(), 2u);
  EXPECT_EQ(memory.type().limits.min, 2u) << "the present size";
  const Error full = bad(memory.grow(1));
  EXPECT_EQ(full.kind, ErrorKind::Limit);
  EXPECT_CONTAINS(full.message, "a memory of 2 pages cannot grow by 1");
}

TEST_F(ExternTest, MemoryTypesAreChecked) {
  EXPECT_EQ(bad(Memory::make(store, {{2, 1}})).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(Memory::make(store, {{65537, {}}})).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(Memory::make(store, {{1, {}}, false, true})).kind, ErrorKind::Usage) << "shared without a maximum";
  EXPECT_EQ(bad(Memory::make(store, {{1, {}}, false, false, 4096})).kind, ErrorKind::Usage);
}

TEST_F(ExternTest, SharedMemoryIsSeenFromTwoStores) {
  const Memory memory = good(Memory::make(store, {{1, 2}, false, true}));
  Store other(engine);
  const Memory seen = good(Memory::share(other, memory));
  memory.data()[5] = 9;
  EXPECT_EQ(seen.data()[5], 9);
  EXPECT_EQ(bad(Memory::share(other, good(Memory::make(store, {{1, 2}})))).kind, ErrorKind::Usage);
  Engine otherEngine;
  Store foreign(otherEngine);
  EXPECT_EQ(bad(Memory::share(foreign, memory)).kind, ErrorKind::Usage);
}

TEST_F(ExternTest, TableHoldsValuesOfItsType) {
  const Table table = good(Table::make(store, {ValType::funcref(), {2, 3}}, Func()));
  const Func function = Func::wrap(store, [] {});
  good(table.set(1, function));
  EXPECT_EQ(good(table.get(1)).func(), function);
  EXPECT_TRUE(good(table.get(0)).isNull());
  EXPECT_CONTAINS(bad(table.get(2)).message, "element 2 is not inside a table of 2");
  EXPECT_EQ(bad(table.set(0, ExternRef())).kind, ErrorKind::Usage);
  EXPECT_EQ(good(table.grow(1, function)), 2u);
  EXPECT_EQ(bad(table.grow(1, function)).kind, ErrorKind::Limit);
  EXPECT_EQ(bad(Table::make(store, {ValType::i32(), {1}}, 0)).kind, ErrorKind::Usage);
}

TEST_F(ExternTest, GlobalsObeyTheirType) {
  const Global global = good(Global::make(store, {ValType::i64(), true}, int64_t{5}));
  good(global.set(int64_t{6}));
  EXPECT_EQ(good(global.get()).i64(), 6);
  EXPECT_EQ(bad(global.set(1)).kind, ErrorKind::Usage);
  const Global constant = good(Global::make(store, {ValType::f32(), false}, 1.5f));
  EXPECT_CONTAINS(bad(constant.set(2.5f)).message, "immutable");
  EXPECT_EQ(good(constant.get()).f32(), 1.5f);
}

TEST_F(ExternTest, WasmAndHostShareAGlobal) {
  ModuleBuilder builder;
  builder.importGlobal("g", {kI32Byte}, true);
  builder.exportItem("f", kFuncExport, builder.func(builder.type({}, {}), i32Const(8) + Bytes{0x24, 0}));
  const Global global = good(Global::make(store, {ValType::i32(), true}, 1));
  good(linker.define("m", "g", global));
  good(good(instantiate(builder).typed<void()>("f"))());
  EXPECT_EQ(good(global.get()).i32(), 8);
}

TEST_F(ExternTest, TypesReadAsTheTextFormat) {
  EXPECT_EQ(Extern(good(Memory::make(store, {{1, 2}}))).type().toString(), "(memory 1 2)");
  EXPECT_EQ(Extern(good(Table::make(store, {ValType::funcref(), {2}}, Func()))).type().toString(), "(table 2 funcref)");
  EXPECT_EQ(Extern(good(Global::make(store, {ValType::i32(), true}, 1))).type().toString(), "(global (mut i32))");
  EXPECT_EQ(Extern(Func::wrap(store, [](int32_t) {})).type().toString(), "(func (param i32))");
}

}  // namespace
}  // namespace wasmrun::test
