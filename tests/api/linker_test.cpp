#include "api_test.h"

namespace wasmrun::test {
namespace {

using LinkerTest = ApiTest;

ModuleBuilder importing(std::initializer_list<std::string_view> names) {
  ModuleBuilder builder;
  const u32 type = builder.type({kI32Byte}, {kI32Byte});
  for (const std::string_view name : names) builder.importFunc(name, type);
  builder.exportItem("run", kFuncExport, builder.func(type, getLocal(0) + callFunc(0)));
  return builder;
}

TEST_F(LinkerTest, AllMissingImportsAreListed) {
  good(linker.func("m", "logger", [](int32_t a) { return a; }));
  const Module module = compile(importing({"loger", "draw"}));
  EXPECT_EQ(linker.missing(module).size(), 2u);
  const Error error = bad(linker.instantiate(store, module));
  EXPECT_EQ(error.kind, ErrorKind::Link);
  EXPECT_TRUE(error.message.starts_with("unknown import: 2 imports are not defined"));
  EXPECT_CONTAINS(error.message, "\"m\" \"loger\" (func (param i32) (result i32)); did you mean 'logger'?");
  EXPECT_CONTAINS(error.message, "\"m\" \"draw\"");
}

TEST_F(LinkerTest, MissingModuleGetsANearName) {
  good(linker.func("n", "draw", [](int32_t a) { return a; }));
  EXPECT_TRUE(
      bad(linker.instantiate(store, compile(importing({"draw"})))).message.starts_with("unknown import: \"m\""));
}

TEST_F(LinkerTest, WrongTypeNamesBoth) {
  good(linker.func("m", "f", [](int64_t) {}));
  const Error error = bad(linker.instantiate(store, compile(importing({"f"}))));
  EXPECT_EQ(error.kind, ErrorKind::Link);
  EXPECT_CONTAINS(error.message, "incompatible import type");
  EXPECT_CONTAINS(error.message, "(func (param i64))");
  EXPECT_CONTAINS(error.message, "(func (param i32) (result i32))");
}

TEST_F(LinkerTest, NamesAreTakenOnceUnlessShadowing) {
  const auto one = [](int32_t) { return 1; };
  const auto two = [](int32_t) { return 2; };
  good(linker.func("m", "f", one));
  const Error error = bad(linker.func("m", "f", two));
  EXPECT_EQ(error.kind, ErrorKind::Usage);
  EXPECT_CONTAINS(error.message, "\"m\" \"f\" is defined already");
  linker.allowShadowing(true);
  good(linker.func("m", "f", two));
  EXPECT_EQ(good(good(instantiate(importing({"f"})).typed<int32_t(int32_t)>("run"))(0)), 2);
}

TEST_F(LinkerTest, HostFunctionsServeEveryStore) {
  good(linker.func("m", "f", [](Caller& caller, int32_t) { return *StoreRef(caller).data<int>(); }));
  const Module module = compile(importing({"f"}));
  for (int i = 0; i < 3; ++i) {
    Store other(engine);
    other.setData(std::make_shared<int>(i));
    const Instance instance = good(linker.instantiate(other, module));
    EXPECT_EQ(good(good(instance.typed<int32_t(int32_t)>("run"))(0)), i);
  }
}

TEST_F(LinkerTest, OneStoreHasOneFunctionOfADefinition) {
  good(linker.func("m", "f", [](int32_t a) { return a; }));
  EXPECT_EQ(*linker.find(store, "m", "f")->function(), *linker.find(store, "m", "f")->function());
  EXPECT_FALSE(linker.find(store, "m", "g"));
}

TEST_F(LinkerTest, OtherStoresItemsAreRefused) {
  Store other(engine);
  good(linker.define("m", "f", Func::wrap(other, [](int32_t a) { return a; })));
  const Error error = bad(linker.instantiate(store, compile(importing({"f"}))));
  EXPECT_EQ(error.kind, ErrorKind::Usage);
  EXPECT_CONTAINS(error.message, "import \"m\" \"f\": it was defined from another store");
}

TEST_F(LinkerTest, InstancesLinkToEachOther) {
  ModuleBuilder library;
  library.exportItem("f", kFuncExport,
                     library.func(library.type({kI32Byte}, {kI32Byte}), getLocal(0) + i32Const(1) + Bytes{0x6a}));
  good(linker.defineInstance("m", instantiate(library)));
  EXPECT_EQ(good(good(instantiate(importing({"f"})).typed<int32_t(int32_t)>("run"))(41)), 42);
}

TEST_F(LinkerTest, AliasesAreSecondNames) {
  good(linker.func("env", "g", [](int32_t a) { return a + 1; }));
  EXPECT_EQ(bad(linker.alias("env", "h", "m", "f")).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(linker.aliasModule("nothing", "m")).kind, ErrorKind::Usage);
  good(linker.alias("env", "g", "m", "f"));
  EXPECT_EQ(good(good(instantiate(importing({"f"})).typed<int32_t(int32_t)>("run"))(1)), 2);
  Linker second(engine);
  good(second.func("env", "f", [](int32_t a) { return a + 2; }));
  good(second.aliasModule("env", "m"));
  EXPECT_TRUE(second.missing(compile(importing({"f"}))).empty());
}

TEST_F(LinkerTest, UnknownImportsTrapWhenCalled) {
  const Module module = compile(importing({"f"}));
  good(linker.defineUnknownAsTraps(module));
  const Error error = bad(good(good(linker.instantiate(store, module)).func("run")).call({1}));
  EXPECT_EQ(error.trap(), TrapKind::UnknownImport);
  EXPECT_CONTAINS(error.message, "unknown import called: \"m\" \"f\"");
  EXPECT_EQ(error.backtrace().size(), 1u);
}

TEST_F(LinkerTest, UnknownImportsReturnDefaults) {
  const Module module = compile(importing({"f"}));
  good(linker.defineUnknownAsDefaults(module));
  EXPECT_EQ(good(good(good(linker.instantiate(store, module)).typed<int32_t(int32_t)>("run"))(5)), 0);
  ModuleBuilder noDefault;
  noDefault.importFunc("g", noDefault.type({}, {0x64, kFuncRefByte}));  // (ref func)
  const Error error = bad(linker.defineUnknownAsDefaults(compile(noDefault)));
  EXPECT_EQ(error.kind, ErrorKind::Link);
  EXPECT_CONTAINS(error.message, "(ref func) has none");
}

TEST_F(LinkerTest, CopiesAreIndependent) {
  Linker copy = linker;
  good(copy.func("m", "f", [](int32_t a) { return a; }));
  EXPECT_FALSE(linker.find(store, "m", "f"));
  EXPECT_TRUE(copy.find(store, "m", "f"));
}

// -- Instances -------------------------------------------------------------------------------------------------------

TEST_F(LinkerTest, ExportsByNameSayWhatElseThereIs) {
  const Instance instance = [&] {
    ModuleBuilder builder;
    builder.exportItem("alpha", kFuncExport, builder.func(builder.type({}, {}), kNothing));
    builder.exportItem("memory", kMemoryExport, builder.memory({1}));
    return instantiate(builder);
  }();
  EXPECT_CONTAINS(bad(instance.func("alhpa")).message, "did you mean 'alpha'?");
  EXPECT_CONTAINS(bad(instance.func("memory")).message, "\"memory\" is a memory, not a function");
  EXPECT_CONTAINS(bad(instance.table("t")).message, "it exports no table");
  EXPECT_CONTAINS(bad(instance.func("quite_other")).message, "it exports as function: alpha");
  EXPECT_EQ(instance.exports()[1].name, "memory");
  EXPECT_EQ(instance.exportAt(1)->kind(), ExternKind::Memory);
  EXPECT_FALSE(instance.exportAt(2));
  EXPECT_EQ(good(instance.functionAt(0)), good(instance.func("alpha")));
  EXPECT_EQ(bad(instance.functionAt(1)).kind, ErrorKind::Usage);
}

TEST_F(LinkerTest, ImportsByHandAreChecked) {
  const Module module = compile(importing({"f"}));
  EXPECT_EQ(bad(Instance::make(store, module, {})).kind, ErrorKind::Link);
  const Extern none[] = {Func()};
  EXPECT_CONTAINS(bad(Instance::make(store, module, none)).message, "\"m\" \"f\" is empty");
  Store other(engine);
  const Extern foreign[] = {Func::wrap(other, [](int32_t a) { return a; })};
  EXPECT_CONTAINS(bad(Instance::make(store, module, foreign)).message, "is of another store");
  const Extern right[] = {Func::wrap(store, [](int32_t a) { return a; })};
  good(Instance::make(store, module, right));
}

TEST_F(LinkerTest, StartFunctionFailureIsTheErrorOfInstantiation) {
  ModuleBuilder builder;
  builder.start(builder.func(builder.type({}, {}), kUnreachable));
  const Error error = bad(linker.instantiate(store, compile(builder)));
  EXPECT_EQ(error.trap(), TrapKind::Unreachable);
}

TEST_F(LinkerTest, ModulesOfOtherEnginesAreRefused) {
  Engine other;
  const Module module = good(Module::compile(other, ModuleBuilder().build()));
  EXPECT_EQ(bad(linker.instantiate(store, module)).kind, ErrorKind::Usage);
  Store foreign(other);
  EXPECT_EQ(bad(linker.define("m", "f", Func::wrap(foreign, [] {}))).kind, ErrorKind::Usage);
}

}  // namespace
}  // namespace wasmrun::test
