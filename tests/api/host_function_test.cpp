// Host functions: what they see of their caller, how they fail, and what happens through nested frames.
#include <pthread.h>

#include <functional>

#include "api_test.h"

namespace wasmrun::test {
namespace {

class HostFunctionTest : public ApiTest {
 protected:
  /// A module that imports "m" "host" of type (func) and exports "run", which calls it.
  Instance around(std::string_view exported = "run") {
    ModuleBuilder builder;
    const u32 type = builder.type({}, {});
    const u32 host = builder.importFunc("host", type);
    builder.memory({1});
    builder.exportItem("memory", kMemoryExport, 0);
    builder.exportItem(exported, kFuncExport, builder.func(type, callFunc(static_cast<u8>(host))));
    return instantiate(builder);
  }
  template <class F>
  Instance aroundHost(F&& callable) {
    good(linker.func("m", "host", std::forward<F>(callable)));
    return around();
  }
};

TEST_F(HostFunctionTest, IsMadeOfSomething) {
  EXPECT_EQ(bad(Func::make(store, FuncType(), nullptr)).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(linker.dynamicFunc("m", "host", FuncType(), nullptr)).kind, ErrorKind::Usage);
}

TEST_F(HostFunctionTest, SeesCallersInstanceAndMemory) {
  bool seen = false;
  const Instance instance = aroundHost([&](Caller& caller) {
    seen = true;
    EXPECT_TRUE(caller.instance().find("run"));
    EXPECT_EQ(caller.memory().size(), 65536u);
    EXPECT_TRUE(caller.memory("memory"));
    EXPECT_FALSE(caller.memory("other"));
    EXPECT_FALSE(caller.memory("run")) << "not a memory";
    EXPECT_EQ(caller.backtrace().size(), 1u);
  });
  good(good(instance.typed<void()>("run"))());
  EXPECT_TRUE(seen);
}

TEST_F(HostFunctionTest, GetsArgumentsOfEveryTypeWhereverTheyAre) {
  // The first four slots may come in registers of either kind; a vector takes two of them, and never does.
  std::vector<double> seen;
  good(linker.func("m", "mixed", [&](int32_t a, double b, int64_t c, float d, double e, int32_t f) {
    seen = {1.0 * a, b, 1.0 * static_cast<double>(c), d, e, 1.0 * f};
    return std::tuple(d, c, a);
  }));
  good(linker.func("m", "vector", [&](V128 a, float b, int32_t c) {
    seen = {1.0 * a.bytes[0], 1.0 * a.bytes[15], b, 1.0 * c};
    return a;
  }));
  const Module module = good(Module::compileText(engine, R"((module
    (import "m" "mixed" (func $mixed (param i32 f64 i64 f32 f64 i32) (result f32 i64 i32)))
    (import "m" "vector" (func $vector (param v128 f32 i32) (result v128)))
    (func (export "mixed") (result f32 i64 i32)
      (call $mixed (i32.const -1) (f64.const 0.5) (i64.const -5000000000) (f32.const 2.25) (f64.const -8) (i32.const 7)))
    (func (export "vector") (result i32)
      (i8x16.extract_lane_u 15 (call $vector
        (v128.const i8x16 9 0 0 0 0 0 0 0 0 0 0 0 0 0 0 11) (f32.const -0.75) (i32.const -3))))))"));
  const Instance instance = good(linker.instantiate(store, module));
  const auto results = good(good(instance.func("mixed")).call({}));
  EXPECT_EQ(seen, (std::vector<double>{-1, 0.5, -5e9, 2.25, -8, 7}));
  EXPECT_EQ(results[0].f32(), 2.25f);
  EXPECT_EQ(results[1].i64(), -5'000'000'000);
  EXPECT_EQ(results[2].i32(), -1);
  EXPECT_EQ(good(good(instance.typed<int32_t()>("vector"))()), 11);
  EXPECT_EQ(seen, (std::vector<double>{9, 11, -0.75, -3}));
}

TEST_F(HostFunctionTest, TrapKeepsMessageAndGetsBacktrace) {
  const Instance instance = aroundHost([]() -> Result<void> { return failTrap("no such sprite"); });
  const Error error = bad(good(instance.func("run")).call({}));
  EXPECT_EQ(error.kind, ErrorKind::Trap);
  EXPECT_EQ(error.trap(), TrapKind::Host);
  EXPECT_EQ(error.message, "no such sprite");
  ASSERT_EQ(error.backtrace().size(), 1u);
  EXPECT_EQ(error.backtrace()[0].functionIndex, 1u);
}

TEST_F(HostFunctionTest, AnyOtherErrorBecomesATrap) {
  const Instance instance = aroundHost([](Caller& caller) -> Result<void> {
    auto text = caller.memory().readString(65536, 1);
    return text ? Result<void>() : fail(text.error());
  });
  const Error error = bad(good(instance.func("run")).call({}));
  EXPECT_EQ(error.kind, ErrorKind::Trap);
  EXPECT_CONTAINS(error.message, "are not all inside a memory of 0x10000 bytes");
}

TEST_F(HostFunctionTest, ExitIsNoTrap) {
  const Instance instance = aroundHost([]() -> Result<void> { return failExit(7); });
  const Error error = bad(good(instance.func("run")).call({}));
  EXPECT_EQ(error.kind, ErrorKind::Exit);
  EXPECT_EQ(error.exitCode(), 7u);
  EXPECT_FALSE(error.trap());
}

TEST_F(HostFunctionTest, CallsBackIntoWasm) {
  int depth = 0;
  const Instance instance = aroundHost([&](Caller& caller) -> Result<void> {
    if (++depth == 10) return {};
    return good(caller.instance().typed<void()>("run"))();
  });
  good(good(instance.typed<void()>("run"))());
  EXPECT_EQ(depth, 10);
}

TEST_F(HostFunctionTest, InnerTrapComesThroughHostFramesAsItIs) {
  ModuleBuilder inner;
  inner.exportItem("crash", kFuncExport, inner.func(inner.type({}, {}), kUnreachable));
  const Func crash = good(instantiate(inner).func("crash"));
  bool returned = false;
  const Instance outer = aroundHost([&]() -> Result<void> {
    auto outcome = crash.call({});
    returned = true;
    return outcome ? Result<void>() : fail(outcome.error());
  });
  const Error error = bad(good(outer.func("run")).call({}));
  EXPECT_TRUE(returned) << "host frames are not skipped";
  EXPECT_EQ(error.trap(), TrapKind::Unreachable);
  EXPECT_EQ(error.backtrace()[0].functionIndex, 0u) << "the inner function's frame comes first";
}

TEST_F(HostFunctionTest, InnerTrapMayBeSwallowed) {
  ModuleBuilder inner;
  inner.exportItem("crash", kFuncExport, inner.func(inner.type({}, {}), kUnreachable));
  const Func crash = good(instantiate(inner).func("crash"));
  const Instance outer = aroundHost([&] { EXPECT_EQ(bad(crash.call({})).trap(), TrapKind::Unreachable); });
  good(good(outer.func("run")).call({}));
}

TEST_F(HostFunctionTest, EndlessRecursionThroughNewStoresTraps) {
  ModuleBuilder builder;
  const u32 type = builder.type({}, {});
  builder.exportItem("run", kFuncExport,
                     builder.func(type, callFunc(static_cast<u8>(builder.importFunc("host", type)))));
  const Module module = compile(builder);
  uint32_t depth = 0;
  const auto callInNewStore = [&]() -> Result<void> {
    ++depth;
    Store inner(engine);
    const Instance instance = good(linker.instantiate(inner, module));
    return good(instance.typed<void()>("run"))();
  };
  good(linker.func("m", "host", callInNewStore));
  // A thread with little stack, so that there are not thousands of stores at once.
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  pthread_t thread;
  std::function<void()> work = [&] { EXPECT_EQ(bad(callInNewStore()).trap(), TrapKind::CallStackExhausted); };
  const auto perform = [](void* argument) -> void* {
    return (*static_cast<std::function<void()>*>(argument))(), nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, perform, &work), 0);
  pthread_join(thread, nullptr);
  EXPECT_GT(depth, 10u);
}

TEST_F(HostFunctionTest, EndlessRecursionThroughTheHostTraps) {
  const Instance instance =
      aroundHost([&](Caller& caller) -> Result<void> { return good(caller.instance().typed<void()>("run"))(); });
  EXPECT_EQ(bad(good(instance.func("run")).call({})).trap(), TrapKind::CallStackExhausted);
}

// -- Exceptions ------------------------------------------------------------------------------------------------------

/// run: calls the host; gives the payload of a "tag" exception it throws, or -1.
ModuleBuilder catching() {
  ModuleBuilder builder;
  const u32 host = builder.importFunc("host", builder.type({}, {}));
  builder.importTag("tag", builder.type({kI32Byte}, {}));
  const Bytes body{0x02, 0x7f, 0x1f, 0x40, 1, 0, 0, 0, 0x10, static_cast<u8>(host), 0x0b, 0x41, 0x7f, 0x0b};
  builder.exportItem("run", kFuncExport, builder.func(builder.type({}, {kI32Byte}), body));
  return builder;
}

TEST_F(HostFunctionTest, WasmCatchesWhatTheHostThrows) {
  const Tag tag = good(Tag::make(store, {FuncType{{ValType::i32()}, {}}}));
  good(linker.define("m", "tag", tag));
  good(linker.func("m", "host", [&](Caller& caller) -> Result<void> {
    const Value payload[] = {42};
    return good(Exception::make(caller, tag, payload)).thrown();
  }));
  EXPECT_EQ(good(good(instantiate(catching()).typed<int32_t()>("run"))()), 42);
}

TEST_F(HostFunctionTest, WasmDoesNotCatchTrapsAndExit) {
  good(linker.define("m", "tag", good(Tag::make(store, {FuncType{{ValType::i32()}, {}}}))));
  bool exits = false;
  good(linker.func("m", "host", [&]() -> Result<void> { return exits ? failExit(3) : failTrap("not to be caught"); }));
  const Func run = good(instantiate(catching()).func("run"));
  EXPECT_EQ(bad(run.call({})).kind, ErrorKind::Trap);
  exits = true;
  EXPECT_EQ(bad(run.call({})).kind, ErrorKind::Exit);
}

TEST_F(HostFunctionTest, UncaughtExceptionShowsTagAndPayload) {
  ModuleBuilder builder;
  const u32 tag = builder.tag(builder.type({kI32Byte, kI64Byte}, {}));
  builder.exportItem("tag", kTagExport, tag);
  builder.exportItem("run", kFuncExport, builder.func(builder.type({}, {}), i32Const(5) + Bytes{0x42, 6, 0x08, 0}));
  const Instance instance = instantiate(builder);
  const Error error = bad(good(instance.func("run")).call({}));
  EXPECT_EQ(error.kind, ErrorKind::Exception);
  ASSERT_TRUE(error.exception());
  EXPECT_EQ(error.exception()->tag(), good(instance.tag("tag")));
  ASSERT_EQ(error.exception()->payload().size(), 2u);
  EXPECT_EQ(error.exception()->payload()[0].i32(), 5);
  EXPECT_EQ(error.exception()->payload()[1].i64(), 6);
  EXPECT_EQ(error.backtrace().size(), 1u);
}

TEST_F(HostFunctionTest, ExceptionPassesThroughHostAndIsCaughtOutside) {
  ModuleBuilder inner;
  const u32 tag = inner.tag(inner.type({kI32Byte}, {}));
  inner.exportItem("tag", kTagExport, tag);
  inner.exportItem("throw", kFuncExport, inner.func(inner.type({}, {}), i32Const(9) + Bytes{0x08, 0}));
  const Instance thrower = instantiate(inner);
  good(linker.define("m", "tag", good(thrower.tag("tag"))));
  const Func function = good(thrower.func("throw"));
  good(linker.func("m", "host", [&]() -> Result<void> {
    auto outcome = function.call({});
    return outcome ? Result<void>() : fail(outcome.error());
  }));
  EXPECT_EQ(good(good(instantiate(catching()).typed<int32_t()>("run"))()), 9);
}

TEST_F(HostFunctionTest, ExceptionPayloadMustFit) {
  const Tag tag = good(Tag::make(store, {FuncType{{ValType::i32()}, {}}}));
  const Value wrong[] = {1.0};
  EXPECT_EQ(bad(Exception::make(store, tag, wrong)).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(Exception::make(store, tag, {})).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(Tag::make(store, {FuncType{{}, {ValType::i32()}}})).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(Exception::from(ExnRef())).kind, ErrorKind::Usage);
}

}  // namespace
}  // namespace wasmrun::test
