// Calls: directly, through tables and references, in tail position, into other instances and the host; and their
// limits.
#include <pthread.h>

#include "interp_test.h"

namespace wasmrun::interp::test {
namespace {

constexpr u8 I32 = kI32Byte, I64 = kI64Byte, F64 = kF64Byte;
constexpr int kMany = 10'000'000;

class CallsTest : public InterpTest {};

// -- Direct ----------------------------------------------------------------------------------------------------------

TEST_F(CallsTest, AnyNumberOfParametersAndResults) {
  for (const u32 count : {0, 1, 2, 3, 8, 100, 1000}) {
    ModuleBuilder builder;
    const Bytes types(count, I64);
    const u32 type = builder.type(types, types);
    // Gives its parameters in reverse order, and its caller reverses them again.
    Bytes reversed, inOrder;
    for (u32 i = 0; i < count; ++i) append(reversed, get(count - 1 - i));
    for (u32 i = 0; i < count; ++i) append(inOrder, get(i));
    const u32 reverse = builder.func(type, reversed);
    const u32 twice = builder.func(type, code({inOrder, call(reverse), call(reverse)}));
    const u32 tail = builder.func(type, code({inOrder, returnCall(reverse)}));
    builder.exportItem("twice", 0, twice);
    builder.exportItem("tail", 0, tail);
    const Instance instance = instantiate(builder);
    Values args;
    std::string forwards, backwards;
    for (u32 i = 0; i < count; ++i) {
      args.emplace_back(int64_t{i} << 33);
      forwards += (i ? " " : "") + std::to_string(int64_t{i} << 33);
      backwards += (i ? " " : "") + std::to_string(int64_t{count - 1 - i} << 33);
    }
    EXPECT_EQ(run(instance, "twice", args), forwards);
    EXPECT_EQ(run(instance, "tail", args), backwards);
  }
}

TEST_F(CallsTest, ManyResultsOfAHostFunction) {
  ModuleBuilder builder;
  const u32 type = builder.type({I32, F64}, {F64, I32, I32});
  const u32 host = builder.importFunc("host", type);
  builder.exportItem("f", 0, builder.func(type, code({get(0), get(1), call(host)})));
  builder.exportItem("t", 0, builder.func(type, code({get(0), get(1), returnCall(host)})));
  const Func func =
      Func::wrap(store, [](int32_t a, double b) { return std::tuple<double, int32_t, int32_t>(b * 2, a + 1, a + 2); });
  const Instance instance = instantiate(builder, {func});
  EXPECT_EQ(run(instance, "f", {5, 1.25}), "2.5 6 7");
  EXPECT_EQ(run(instance, "t", {5, 1.25}), "2.5 6 7");
}

TEST_F(CallsTest, MutualRecursion) {
  ModuleBuilder builder;
  const u32 type = builder.type({I32}, {I32});
  const auto arm = [](u32 other, i32 atZero) {
    return code({get(0), I32Eqz, ifBlock(I32), i32Const(atZero), Else, get(0), i32Const(1), I32Sub, call(other), End});
  };
  builder.exportItem("even", 0, builder.func(type, arm(1, 1)));
  builder.exportItem("odd", 0, builder.func(type, arm(0, 0)));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "even", {1000}), "1");
  EXPECT_EQ(run(instance, "even", {1001}), "0");
}

TEST_F(CallsTest, LocalsAreZeroInEveryActivation) {
  for (const u32 locals : {1, 8, 9, 300}) {
    ModuleBuilder builder;
    Bytes sum, fill;
    for (u32 i = 0; i < locals; ++i) append(sum, code({get(i), I64Add}));
    for (u32 i = 0; i < locals; ++i) append(fill, code({i64Const(-1), set(i)}));
    builder.exportItem("f", 0,
                       builder.func(builder.type({}, {I64}), code({i64Const(0), sum, fill}), Bytes(locals, I64)));
    const Instance instance = instantiate(builder);
    EXPECT_EQ(run(instance, "f"), "0");
    EXPECT_EQ(run(instance, "f"), "0") << "after a run that left its locals behind";
  }
}

// -- Through tables and references -----------------------------------------------------------------------------------

TEST_F(CallsTest, IndirectCallsCheckTheirCallee) {
  ModuleBuilder builder;
  const u32 type = builder.type({I32}, {I32}), other = builder.type({I64}, {I64});
  const u32 inc = builder.func(type, code({get(0), i32Const(1), I32Add}));
  const u32 wide = builder.func(other, code({get(0)}));
  builder.table({kFuncRefByte}, {4, {}});
  builder.activeElements(i32Const(0), {inc, wide});
  const Bytes fromLocal = code({get(1), get(0)}), computed = code({get(1), get(0), i32Const(0), I32Add});
  builder.exportItem("slot", 0, builder.func(builder.type({I32, I32}, {I32}), fromLocal + callIndirect(type)));
  builder.exportItem("accumulator", 0, builder.func(builder.type({I32, I32}, {I32}), computed + callIndirect(type)));
  builder.exportItem("tail", 0, builder.func(builder.type({I32, I32}, {I32}), fromLocal + returnCallIndirect(type)));
  const Instance instance = instantiate(builder);
  for (const char* name : {"slot", "accumulator", "tail"}) {
    EXPECT_EQ(run(instance, name, {0, 41}), "42") << name;
    EXPECT_EQ(run(instance, name, {1, 41}), "trap: indirect call type mismatch") << name;
    EXPECT_EQ(run(instance, name, {2, 41}), "trap: uninitialized element") << name;
    EXPECT_EQ(run(instance, name, {4, 41}), "trap: undefined element") << name;
    EXPECT_EQ(run(instance, name, {-1, 41}), "trap: undefined element") << name;
  }
}

TEST_F(CallsTest, IndirectCallsOfAnotherInstanceAndTheHost) {
  ModuleBuilder exporter;
  const u32 theirType = exporter.type({I32}, {I32});
  exporter.memory({1, {}});
  exporter.activeData(i32Const(0), {7, 0, 0, 0});
  exporter.exportItem("f", 0, exporter.func(theirType, code({get(0), i32Const(0), load32(), I32Mul})));
  const Instance theirs = instantiate(exporter);

  ModuleBuilder builder;
  const u32 type = builder.type({I32}, {I32});
  const u32 imported = builder.importFunc("f", type), host = builder.importFunc("h", type);
  builder.memory({1, {}});
  builder.activeData(i32Const(0), {1, 0, 0, 0});
  builder.table({kFuncRefByte}, {2, {}});
  builder.activeElements(i32Const(0), {imported, host});
  // The callee's memory is not this one, which is read after the call.
  builder.exportItem("f", 0,
                     builder.func(builder.type({I32, I32}, {I32}),
                                  code({get(1), get(0), callIndirect(type), i32Const(0), load32(), I32Add})));
  const Func hostFunc = Func::wrap(store, [](int32_t x) { return x - 1; });
  const Instance instance = instantiate(builder, {*theirs.func("f"), hostFunc});
  EXPECT_EQ(run(instance, "f", {0, 6}), "43");
  EXPECT_EQ(run(instance, "f", {1, 6}), "6");
}

TEST_F(CallsTest, CallsOfReferences) {
  ModuleBuilder builder;
  const u32 type = builder.type({I32}, {I32});
  const u32 inc = builder.func(type, code({get(0), i32Const(1), I32Add}));
  builder.passiveElements({inc});
  const Bytes nullRef = withIndex(0xd0, type);
  builder.exportItem("f", 0, builder.func(type, code({get(0), refFuncExpr(inc), callRef(type)})));
  builder.exportItem("tail", 0, builder.func(type, code({get(0), refFuncExpr(inc), returnCallRef(type)})));
  builder.exportItem("null", 0, builder.func(type, code({get(0), nullRef, callRef(type)})));
  builder.exportItem("nullTail", 0, builder.func(type, code({get(0), nullRef, returnCallRef(type)})));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f", {41}), "42");
  EXPECT_EQ(run(instance, "tail", {41}), "42");
  EXPECT_EQ(run(instance, "null", {41}), "trap: null function reference");
  EXPECT_EQ(run(instance, "nullTail", {41}), "trap: null function reference");
}

// -- Tail calls run in constant stack --------------------------------------------------------------------------------

/// if (n == 0) return 42; n - 1, then `tail`.
Bytes countDown(const Bytes& tail) {
  return code({get(0), I32Eqz, ifBlock(kEmptyBlock), i32Const(42), Return, End, get(0), i32Const(1), I32Sub, tail});
}

TEST_F(CallsTest, TailCallsWithinAnInstance) {
  ModuleBuilder builder;
  const u32 type = builder.type({I32}, {I32});
  builder.table({kFuncRefByte}, {3, {}});
  const u32 direct = builder.func(type, countDown(returnCall(0)));
  const u32 indirect = builder.func(type, countDown(code({i32Const(1), returnCallIndirect(type)})));
  const u32 byRef = builder.func(type, countDown(code({refFuncExpr(2), returnCallRef(type)})));
  builder.activeElements(i32Const(0), {direct, indirect, byRef});
  builder.exportItem("direct", 0, direct);
  builder.exportItem("indirect", 0, indirect);
  builder.exportItem("byRef", 0, byRef);
  const Instance instance = instantiate(builder);
  for (const char* name : {"direct", "indirect", "byRef"}) EXPECT_EQ(run(instance, name, {kMany}), "42") << name;
}

TEST_F(CallsTest, TailCallsBetweenSignaturesOfDifferentSize) {
  ModuleBuilder builder;
  const u32 small = builder.type({I32}, {I32}), large = builder.type({I32, I64, I64, I64, F64}, {I32});
  builder.exportItem(
      "f", 0,
      builder.func(small, countDown(code({i64Const(1), i64Const(2), i64Const(3), f64Const(4), returnCall(1)}))));
  builder.func(large, countDown(returnCall(0)), Bytes(20, I64));
  EXPECT_EQ(run(instantiate(builder), "f", {kMany}), "42");
}

TEST_F(CallsTest, TailCallsBackAndForthBetweenInstances) {
  // Each calls what it finds in the table they share, in tail position: 0 is the one's function, 1 the other's.
  const auto make = [](i32 otherIndex, i32 ownIndex) {
    ModuleBuilder builder;
    const u32 type = builder.type({I32}, {I32});
    builder.importTable("t", kFuncRefByte, {2, {}});
    const u32 f = builder.func(type, countDown(code({i32Const(otherIndex), returnCallIndirect(type)})));
    builder.activeElements(i32Const(ownIndex), {f});
    builder.exportItem("f", 0, f);
    // Not in tail position, so that a caller's frame must still be there.
    builder.exportItem("called", 0, builder.func(type, code({get(0), call(f), get(0), I32Add})));
    return builder;
  };
  const Table table =
      *Table::make(store, TableType{ValType::funcref(), {2, {}}}, wasmrun::Value::zero(ValType::funcref()));
  const Instance one = instantiate(make(1, 0), {table});
  const Instance other = instantiate(make(0, 1), {table});
  EXPECT_EQ(run(one, "f", {kMany}), "42");
  EXPECT_EQ(run(other, "f", {kMany + 1}), "42");
  EXPECT_EQ(run(one, "called", {kMany}), std::to_string(kMany + 42));
}

TEST_F(CallsTest, TailCallsOfTheHost) {
  ModuleBuilder builder;
  const u32 type = builder.type({I32}, {I32});
  const u32 host = builder.importFunc("host", type);
  const u32 f = builder.func(type, code({get(0), returnCall(host)}));
  // loop { f(n) } over and over
  builder.exportItem("f", 0,
                     builder.func(type,
                                  code({loop(kEmptyBlock), get(1), get(0), call(f), I32Add, set(1), get(0), i32Const(1),
                                        I32Sub, tee(0), brIf(0), End, get(1)}),
                                  {I32}));
  const Func one = Func::wrap(store, [](int32_t) { return 1; });
  EXPECT_EQ(run(instantiate(builder, {one}), "f", {1'000'000}), "1000000");
}

// -- Stack exhaustion ------------------------------------------------------------------------------------------------

TEST_F(CallsTest, EndlessRecursionExhaustsTheStack) {
  for (const u32 locals : {0, 5, 1000, 40'000}) {
    ModuleBuilder builder;
    const u32 type = builder.type({I32}, {I32});
    builder.table({kFuncRefByte}, {1, {}});
    const u32 direct = builder.func(type, code({get(0), call(0), i32Const(1), I32Add}), Bytes(locals, I64));
    const u32 indirect =
        builder.func(type, code({get(0), i32Const(0), callIndirect(type), get(0), I32Add}), Bytes(locals, I64));
    builder.activeElements(i32Const(0), {indirect});
    builder.exportItem("direct", 0, direct);
    builder.exportItem("indirect", 0, indirect);
    builder.exportItem("after", 0, builder.func(type, code({get(0)})));
    const Instance instance = instantiate(builder);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(run(instance, "direct", {1}), "trap: call stack exhausted") << locals;
      EXPECT_EQ(run(instance, "indirect", {1}), "trap: call stack exhausted") << locals;
      EXPECT_EQ(run(instance, "after", {7}), "7");
    }
  }
}

TEST_F(CallsTest, EndlessRecursionThroughOtherInstancesAndTheHostExhaustsTheStack) {
  ModuleBuilder builder;
  const u32 type = builder.type({I32}, {I32});
  const u32 host = builder.importFunc("host", type);
  builder.exportItem("f", 0, builder.func(type, code({get(0), call(host), i32Const(1), I32Add})));
  std::optional<Func> back;
  const Func::Dynamic callBack = [&back](Caller&, std::span<const wasmrun::Value> args,
                                         std::span<wasmrun::Value> results) -> Result<void> {
    auto inner = back->call({args[0]});
    if (!inner) return fail(inner.error());
    results[0] = (*inner)[0];
    return {};
  };
  const Func func = *Func::make(store, FuncType{{ValType::i32()}, {ValType::i32()}}, callBack);
  const Instance inner = instantiate(builder, {func});
  const Instance outer = instantiate(builder, {*inner.func("f")});
  back = *outer.func("f");
  EXPECT_EQ(run(outer, "f", {1}), "trap: call stack exhausted");
  EXPECT_EQ(run(outer, "f", {1}), "trap: call stack exhausted");

  // On a small native stack as well.
  std::string onSmallStack;
  const auto body = [&] { onSmallStack = run(outer, "f", {1}); };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 256 << 10), 0);
  pthread_t thread;
  ASSERT_EQ(pthread_create(
                &thread, &attributes,
                [](void* argument) -> void* {
                  (*static_cast<decltype(body)*>(argument))();
                  return nullptr;
                },
                const_cast<void*>(static_cast<const void*>(&body))),
            0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  EXPECT_EQ(onSmallStack, "trap: call stack exhausted");
}

}  // namespace
}  // namespace wasmrun::interp::test
