// Handles after their store, and references to objects.
#include <thread>

#include "api_test.h"

namespace wasmrun::test {
namespace {

ModuleBuilder everything() {
  ModuleBuilder builder;
  const u32 type = builder.type({}, {});
  builder.exportItem("func", kFuncExport, builder.func(type, kNothing));
  builder.exportItem("table", kTableExport, builder.table({kFuncRefByte}, {3}));
  builder.exportItem("memory", kMemoryExport, builder.memory({1}));
  builder.exportItem("global", kGlobalExport, builder.global({kI32Byte}, true, i32Const(5)));
  builder.exportItem("tag", kTagExport, builder.tag(type));
  return builder;
}

TEST(HandleTest, WhatIsAtADeadThingsAddressIsAnotherThing) {
  Engine engine;
  const auto make = [](const Store& store) { return Func::wrap(store, [] {}); };
  auto store = std::make_unique<Store>(engine);
  const Func dead = make(*store);
  EXPECT_EQ(dead, Func(dead));
  EXPECT_EQ(Func(), Func());
  for (int i = 0; i < 20; ++i) {
    store = nullptr;
    store = std::make_unique<Store>(engine);
    EXPECT_FALSE(dead == make(*store));
  }
}

TEST(HandleTest, DeadHandlesGiveErrors) {
  Engine engine;
  auto store = std::make_unique<Store>(engine);
  const Module module = good(Module::compile(engine, everything().build()));
  const Instance instance = good(Instance::make(*store, module, {}));
  const Func func = good(instance.func("func"));
  auto typed = good(func.typed<void()>());
  const Table table = good(instance.table("table"));
  const Memory memory = good(instance.memory("memory"));
  const Global global = good(instance.global("global"));
  const Tag tag = good(instance.tag("tag"));
  const ExternRef object = good(ExternRef::make(*store, std::make_shared<int>(1)));
  const AnyRef number = AnyRef::i31(*store, 5);
  const ExnRef thrown = good(Exception::make(*store, tag, {})).ref();
  const InterruptHandle interrupt = store->interruptHandle();
  EXPECT_TRUE(func.isAlive());
  store.reset();

  EXPECT_TRUE(func) << "it still names something";
  EXPECT_FALSE(func.isAlive());
  for (const Error& error :
       {bad(func.call({})), bad(typed()), bad(func.typed<void()>()), bad(table.get(0)), bad(table.set(0, Func())),
        bad(table.grow(1, Func())), bad(memory.slice(0, 0)), bad(memory.grow(1)), bad(global.get()), bad(global.set(1)),
        bad(instance.func("func")), bad(instance.functionAt(0)), bad(instance.runCommand()), bad(instance.initialize()),
        bad(Exception::from(thrown))}) {
    EXPECT_EQ(error.kind, ErrorKind::Usage);
    EXPECT_CONTAINS(error.message, "store of this handle is gone");
  }
  EXPECT_EQ(memory.size(), 0u);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_TRUE(instance.exports().empty());
  EXPECT_FALSE(instance.find("func"));
  EXPECT_TRUE(func.type().params.empty());
  EXPECT_EQ(object.get<int>(), nullptr);
  EXPECT_FALSE(number.asI31());
  interrupt.interrupt();

  Store another(engine);
  Linker linker(engine);
  EXPECT_EQ(bad(linker.define("m", "f", func)).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(Memory::share(another, memory)).kind, ErrorKind::Usage);
}

TEST(HandleTest, EmptyHandlesGiveErrors) {
  EXPECT_EQ(bad(Func().call({})).message, "this handle is empty");
  EXPECT_EQ(bad(Memory().slice(0, 0)).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(Instance().func("f")).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(Table().get(0)).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(Global().get()).kind, ErrorKind::Usage);
  InterruptHandle().interrupt();
}

TEST(HandleTest, EngineOutlivesItsHandleByModulesAndStores) {
  auto engine = std::make_unique<Engine>();
  Store store(*engine);
  const Module module = good(Module::compile(*engine, everything().build()));
  engine.reset();
  good(good(good(Instance::make(store, module, {})).typed<void()>("func"))());
}

TEST(HandleTest, InstanceOutlivesItsModulesHandle) {
  Engine engine;
  Store store(engine);
  auto module = std::make_unique<Module>(good(Module::compile(engine, everything().build())));
  const Instance instance = good(Instance::make(store, *module, {}));
  module.reset();
  good(good(instance.typed<void()>("func"))());
  EXPECT_EQ(instance.module().exports().size(), 5u);
}

TEST(HandleTest, HandlesAreCopiedAndDestroyedOnOtherThreads) {
  Engine engine;
  Store store(engine);
  const ExternRef object = good(ExternRef::make(store, std::make_shared<int>(7)));
  const Func func = Func::wrap(store, [] {});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; ++k) {
        ExternRef copy = object;
        Func other = func;
        copy = ExternRef(object);
      }
    });
  for (int k = 0; k < 1000; ++k) (void)good(ExternRef::make(store, std::make_shared<int>(k)));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(*object.get<int>(), 7);
}

// -- References ------------------------------------------------------------------------------------------------------

class ReferenceTest : public ApiTest {
 protected:
  Func identity(u8 type) {
    ModuleBuilder builder;
    builder.exportItem("f", kFuncExport, builder.func(builder.type({type}, {type}), getLocal(0)));
    return good(instantiate(builder).func("f"));
  }
};

TEST_F(ReferenceTest, HostObjectsTravel) {
  auto same = good(identity(kExternRefByte).typed<ExternRef(ExternRef)>());
  auto object = std::make_shared<std::string>("hello");
  const ExternRef in = good(ExternRef::make(store, object));
  const ExternRef out = good(same(in));
  EXPECT_TRUE(out.isSame(in));
  EXPECT_EQ(out.get<std::string>(), object);
  EXPECT_EQ(out.get<int>(), nullptr) << "of another type";
  EXPECT_TRUE(good(same(ExternRef())).isNull());
}

TEST_F(ReferenceTest, HostObjectsGoWithTheStore) {
  auto object = std::make_shared<int>(1);
  std::weak_ptr<int> watch = object;
  {
    Store inner(engine);
    (void)good(ExternRef::make(inner, std::move(object)));
    EXPECT_FALSE(watch.expired());
  }
  EXPECT_TRUE(watch.expired());
}

TEST_F(ReferenceTest, HostObjectsThatNobodyHasAreReclaimed) {
  struct Counted {
    explicit Counted(int& alive) : alive(alive) { ++alive; }
    ~Counted() { --alive; }
    int& alive;
  };
  int alive = 0;
  {
    Store inner(engine);
    const ExternRef kept = good(ExternRef::make(inner, std::make_shared<Counted>(alive)));
    for (int i = 0; i < 50'000; ++i) (void)good(ExternRef::make(inner, std::make_shared<Counted>(alive)));
    EXPECT_LT(alive, 20'000);
    EXPECT_TRUE(kept.get<Counted>());
  }
  EXPECT_EQ(alive, 0);
}

TEST_F(ReferenceTest, SmallIntegersTravel) {
  auto same = good(identity(kAnyRefByte).typed<AnyRef(AnyRef)>());
  EXPECT_EQ(good(same(AnyRef::i31(store, 0x7fffffff))).asI31(), 0x7fffffffu);
  EXPECT_EQ(good(same(AnyRef::i31(store, 0))).asI31(), 0u) << "0 is not null";
  EXPECT_TRUE(good(same(AnyRef())).isNull());
  EXPECT_EQ(AnyRef::i31(store, 1).type(), ValType::ref(HeapKind::I31, false));
}

TEST_F(ReferenceTest, HostObjectsAreUnderAnyToo) {
  auto same = good(identity(kAnyRefByte).typed<AnyRef(AnyRef)>());
  const auto object = std::make_shared<int>(1);
  const AnyRef inside = good(ExternRef::make(store, object)).toAny();
  EXPECT_EQ(inside.type(), ValType::ref(HeapKind::Any, false));
  EXPECT_EQ(good(same(inside)).toExtern().get<int>(), object);
  EXPECT_TRUE(AnyRef().toExtern().isNull());
  EXPECT_TRUE(ExternRef().toAny().isNull());
  EXPECT_EQ(AnyRef::i31(store, 5).toExtern().get<int>(), nullptr) << "nothing of the host's";
  EXPECT_EQ(AnyRef::i31(store, 5).toExtern().toAny().asI31(), 5u);
}

TEST_F(ReferenceTest, FunctionsTravel) {
  auto same = good(identity(kFuncRefByte).typed<Func(Func)>());
  const Func host = Func::wrap(store, [](int32_t a) { return a + 1; });
  EXPECT_EQ(good(same(host)), host);
  EXPECT_FALSE(good(same(Func())));
}

TEST_F(ReferenceTest, OtherStoresReferencesAreRefused) {
  Store other(engine);
  auto same = good(identity(kExternRefByte).typed<ExternRef(ExternRef)>());
  const Error error = bad(same(good(ExternRef::make(other, std::make_shared<int>(1)))));
  EXPECT_EQ(error.kind, ErrorKind::Usage);
  EXPECT_CONTAINS(error.message, "belongs to another store");
  auto sameFunc = good(identity(kFuncRefByte).typed<Func(Func)>());
  EXPECT_EQ(bad(sameFunc(Func::wrap(other, [] {}))).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(sameFunc.func().call({Value(Func::wrap(other, [] {}))})).kind, ErrorKind::Usage);
}

TEST_F(ReferenceTest, HostFunctionsCannotReturnOtherStoresReferences) {
  Store other(engine);
  const Func foreign = Func::wrap(other, [] {});
  const Func host = Func::wrap(store, [&] { return foreign; });
  const Error error = bad(host.call({}));
  EXPECT_EQ(error.kind, ErrorKind::Trap);
  EXPECT_CONTAINS(error.message, "belongs to another store");
}

TEST_F(ReferenceTest, ValuesOfTheWrongHierarchyAreRefused) {
  const Func func = identity(kFuncRefByte);
  EXPECT_CONTAINS(bad(func.call({Value(ExternRef())})).message, "externref given, funcref expected");
  EXPECT_EQ(good(func.call({Value(Func())}))[0].toString(), "null");
}

}  // namespace
}  // namespace wasmrun::test
