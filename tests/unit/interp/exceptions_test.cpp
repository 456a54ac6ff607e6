// Exceptions: try_table and the older try, across calls, instances and the host.
#include "interp_test.h"

namespace wasmrun::interp::test {
namespace {

constexpr u8 I32 = kI32Byte, I64 = kI64Byte;

class ExceptionsTest : public InterpTest {
 protected:
  ExceptionsTest() {
    i32Type = builder.type({I32}, {I32});
    empty = builder.type({}, {});
    pairType = builder.type({I32, I64}, {});
    pairResult = builder.type({}, {I32, I64});
    pairAndRef = builder.type({}, {I32, I64, kExnRefByte});
    refResult = builder.type({}, {kExnRefByte});
  }
  /// The tags and a function that throws by its argument: 0 nothing, 1 `plain`, else `pair` with (n, n + 1).
  void addThrower() {
    plain = builder.tag(empty);
    pair = builder.tag(pairType);
    builder.exportItem("plain", 4, plain);
    builder.exportItem("pair", 4, pair);
    thrower = builder.func(
        i32Type, code({get(0), ifBlock(kEmptyBlock), get(0), i32Const(1), I32Eq, ifBlock(kEmptyBlock), throwTag(plain),
                       End, get(0), get(0), i32Const(1), I32Add, I64ExtendI32U, throwTag(pair), End, i32Const(-1)}));
    builder.exportItem("thrower", 0, thrower);
  }

  ModuleBuilder builder;
  u32 i32Type = 0, empty = 0, pairType = 0, pairResult = 0, pairAndRef = 0, refResult = 0;
  u32 plain = 0, pair = 0, thrower = 0;
};

/// pair's payload in one number.
const Bytes kCombine = code({Bytes{0xa7}, i32Const(1000), I32Mul, I32Add});  // i32.wrap_i64

// -- try_table -------------------------------------------------------------------------------------------------------

TEST_F(ExceptionsTest, ClausesOfAllFourKinds) {
  addThrower();
  const Bytes tried = code({get(0), call(thrower)});
  builder.exportItem("catch", 0,
                     builder.func(i32Type, code({blockOf(pairResult), tryTable(I32, {{CatchSpec::Catch, pair, 0}}),
                                                 tried, End, Return, End, kCombine})));
  builder.exportItem(
      "catchRef", 0,
      builder.func(i32Type, code({blockOf(pairAndRef), tryTable(I32, {{CatchSpec::CatchRef, pair, 0}}), tried, End,
                                  Return, End, RefIsNull, ifBlock(kEmptyBlock), Unreachable, End, kCombine})));
  builder.exportItem("catchAll", 0,
                     builder.func(i32Type, code({block(kEmptyBlock), tryTable(I32, {{CatchSpec::CatchAll, 0, 0}}),
                                                 tried, End, Return, End, i32Const(77)})));
  builder.exportItem("catchAllRef", 0,
                     builder.func(i32Type, code({block(kExnRefByte), tryTable(I32, {{CatchSpec::CatchAllRef, 0, 0}}),
                                                 tried, End, Return, End, RefIsNull, i32Const(78), I32Add})));
  const Instance instance = instantiate(builder);
  for (const char* name : {"catch", "catchRef", "catchAll", "catchAllRef"})
    EXPECT_EQ(run(instance, name, {0}), "-1") << name;
  EXPECT_EQ(run(instance, "catch", {5}), "6005");
  EXPECT_EQ(run(instance, "catchRef", {5}), "6005");
  EXPECT_EQ(run(instance, "catch", {1}), "exception");
  EXPECT_EQ(run(instance, "catchRef", {1}), "exception");
  EXPECT_EQ(run(instance, "catchAll", {1}), "77");
  EXPECT_EQ(run(instance, "catchAll", {5}), "77");
  EXPECT_EQ(run(instance, "catchAllRef", {5}), "78");
}

TEST_F(ExceptionsTest, UncaughtExceptionCarriesItsPayload) {
  addThrower();
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "thrower", {5}), "exception 5 6");
  EXPECT_EQ(run(instance, "thrower", {0}), "-1");
}

TEST_F(ExceptionsTest, InnermostMatchingClauseCatches) {
  addThrower();
  // Inner: pair; outer: everything. Between them operands and locals stay.
  builder.exportItem("f", 0,
                     builder.func(i32Type,
                                  code({i32Const(5),
                                        set(1),
                                        block(kEmptyBlock),
                                        tryTable(I32, {{CatchSpec::CatchAll, 0, 0}}),
                                        i32Const(10),
                                        blockOf(pairResult),
                                        tryTable(I32, {{CatchSpec::Catch, pair, 0}}),
                                        i32Const(6),
                                        set(1),
                                        get(0),
                                        call(thrower),
                                        End,
                                        i32Const(10),
                                        I32Add,
                                        Return,
                                        End,
                                        kCombine,
                                        I32Add,
                                        Return,
                                        End,
                                        Return,
                                        End,
                                        get(1)}),
                                  {I32}));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f", {0}), "9");
  EXPECT_EQ(run(instance, "f", {1}), "6") << "locals keep what was written before the throw";
  EXPECT_EQ(run(instance, "f", {5}), "6015");
}

TEST_F(ExceptionsTest, FirstMatchingClauseOfSeveralCatches) {
  addThrower();
  builder.exportItem(
      "f", 0,
      builder.func(i32Type, code({block(kEmptyBlock), block(kEmptyBlock),
                                  tryTable(I32, {{CatchSpec::Catch, plain, 0}, {CatchSpec::CatchAll, 0, 1}}), get(0),
                                  call(thrower), End, Return, End, i32Const(1), Return, End, i32Const(2)})));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f", {1}), "1");
  EXPECT_EQ(run(instance, "f", {9}), "2");
}

TEST_F(ExceptionsTest, ClauseLeadsOutOfTheFunction) {
  addThrower();
  builder.exportItem("f", 0,
                     builder.func(builder.type({I32}, {I32, I64}),
                                  code({i32Const(3), tryTable(kEmptyBlock, {{CatchSpec::Catch, pair, 0}}), get(0),
                                        call(thrower), Drop, End, Drop, i32Const(1), i64Const(2)})));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f", {0}), "1 2");
  EXPECT_EQ(run(instance, "f", {8}), "8 9");
}

TEST_F(ExceptionsTest, CatchLeadsBackIntoALoop) {
  addThrower();
  // Throws until the argument is down to 0.
  builder.exportItem(
      "f", 0,
      builder.func(i32Type,
                   code({loop(I32), get(1), i32Const(1), I32Add, set(1), get(0), i32Const(1), I32Sub, set(0),
                         tryTable(I32, {{CatchSpec::CatchAll, 0, 0}}), get(0), call(thrower), End, End, Drop, get(1)}),
                   {I32}));
  EXPECT_EQ(run(instantiate(builder), "f", {100'000}), "100000");
}

TEST_F(ExceptionsTest, ThrowRefThrowsTheSameExceptionAgain) {
  addThrower();
  builder.exportItem("again", 0,
                     builder.func(i32Type, code({block(kExnRefByte), tryTable(I32, {{CatchSpec::CatchAllRef, 0, 0}}),
                                                 get(0), call(thrower), End, Return, End, ThrowRef})));
  builder.exportItem("null", 0, builder.func(empty, code({refNull(kExnRefByte), ThrowRef})));
  // The exception leaves through a global.
  const u32 kept = builder.global({kExnRefByte}, true, refNull(kExnRefByte));
  builder.exportItem(
      "keep", 0,
      builder.func(i32Type, code({block(kExnRefByte), tryTable(I32, {{CatchSpec::CatchAllRef, 0, 0}}), get(0),
                                  call(thrower), End, Return, End, globalSet(kept), i32Const(0)})));
  builder.exportItem("kept", 0, builder.func(empty, code({globalGet(kept), ThrowRef})));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "again", {5}), "exception 5 6");
  EXPECT_EQ(run(instance, "null"), "trap: null exception reference");
  EXPECT_EQ(run(instance, "keep", {6}), "0");
  EXPECT_EQ(run(instance, "kept"), "exception 6 7");
  EXPECT_EQ(run(instance, "kept"), "exception 6 7");
}

TEST_F(ExceptionsTest, TrapsAreNotCaught) {
  builder.exportItem("f", 0,
                     builder.func(empty, code({block(kEmptyBlock), tryTable(kEmptyBlock, {{CatchSpec::CatchAll, 0, 0}}),
                                               Unreachable, End, End})));
  builder.exportItem("old", 0, builder.func(empty, code({tryBlock(kEmptyBlock), Unreachable, CatchAll, End})));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f"), "trap: unreachable");
  EXPECT_EQ(run(instance, "old"), "trap: unreachable");
}

TEST_F(ExceptionsTest, DeepThrowIsCaughtFarOut) {
  addThrower();
  const u32 deep = thrower + 1;
  builder.func(builder.type({I32, I32}, {I32}),
               code({get(0), ifBlock(I32), get(0), i32Const(1), I32Sub, get(1), call(deep), i32Const(1), I32Add, Else,
                     get(1), call(thrower), End}));
  builder.exportItem("f", 0,
                     builder.func(builder.type({I32, I32}, {I32}),
                                  code({blockOf(pairResult), tryTable(I32, {{CatchSpec::Catch, pair, 0}}), get(0),
                                        get(1), call(deep), End, Return, End, kCombine})));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f", {5000, 0}), "4999");
  EXPECT_EQ(run(instance, "f", {5000, 3}), "4003");
}

TEST_F(ExceptionsTest, CallInTailPositionLeavesItsTry) {
  addThrower();
  builder.exportItem(
      "f", 0,
      builder.func(i32Type, code({block(kEmptyBlock), tryTable(kEmptyBlock, {{CatchSpec::CatchAll, 0, 0}}), get(0),
                                  returnCall(thrower), End, End, i32Const(1)})));
  EXPECT_EQ(run(instantiate(builder), "f", {5}), "exception 5 6");
}

// -- Across instances and the host -----------------------------------------------------------------------------------

TEST_F(ExceptionsTest, CrossInstancesAndTheHost) {
  addThrower();
  const Instance throwing = instantiate(builder);
  ModuleBuilder catching;
  const u32 type = catching.type({I32}, {I32}), pairOf = catching.type({I32, I64}, {}),
            both = catching.type({}, {I32, I64});
  const u32 theirs = catching.importFunc("f", type);
  const u32 tag = catching.importTag("pair", pairOf);
  catching.memory({1, {}});
  catching.activeData(i32Const(0), {9, 0, 0, 0});
  // This instance's memory is read after the landing.
  catching.exportItem(
      "f", 0,
      catching.func(type, code({blockOf(both), tryTable(I32, {{CatchSpec::Catch, tag, 0}}), get(0), call(theirs), End,
                                Return, End, kCombine, i32Const(0), load32(), I32Add})));
  const Instance direct = instantiate(catching, {*throwing.func("thrower"), *throwing.tag("pair")});
  EXPECT_EQ(run(direct, "f", {0}), "-1");
  EXPECT_EQ(run(direct, "f", {5}), "6014");
  EXPECT_EQ(run(direct, "f", {1}), "exception");

  const Func inner = *throwing.func("thrower");
  const Func throughHost = Func::wrap(store, [&inner](int32_t x) -> Result<int32_t> {
    auto results = inner.call({x});
    if (!results) return fail(results.error());
    return (*results)[0].i32() + 100;
  });
  const Instance viaHost = instantiate(catching, {throughHost, *throwing.tag("pair")});
  EXPECT_EQ(run(viaHost, "f", {0}), "99");
  EXPECT_EQ(run(viaHost, "f", {5}), "6014");

  const Tag pairTag = *throwing.tag("pair");
  const Func hostThrows = Func::wrap(store, [this, &pairTag](int32_t x) -> Result<int32_t> {
    const wasmrun::Value payload[] = {x, int64_t{2}};
    return Exception::make(store, pairTag, payload)->thrown();
  });
  const Instance fromHost = instantiate(catching, {hostThrows, *throwing.tag("pair")});
  EXPECT_EQ(run(fromHost, "f", {5}), "2014");
}

TEST_F(ExceptionsTest, TagsOfTwoInstancesDiffer) {
  addThrower();
  const Instance one = instantiate(builder), other = instantiate(builder);
  ModuleBuilder catching;
  const u32 type = catching.type({I32}, {I32}), pairOf = catching.type({I32, I64}, {}),
            both = catching.type({}, {I32, I64});
  const u32 theirs = catching.importFunc("f", type);
  const u32 tag = catching.importTag("pair", pairOf);
  catching.exportItem("f", 0,
                      catching.func(type, code({blockOf(both), tryTable(I32, {{CatchSpec::Catch, tag, 0}}), get(0),
                                                call(theirs), End, Return, End, kCombine})));
  const Instance instance = instantiate(catching, {*one.func("thrower"), *other.tag("pair")});
  EXPECT_EQ(run(instance, "f", {5}), "exception 5 6");
}

// -- try, catch, delegate, rethrow -----------------------------------------------------------------------------------

TEST_F(ExceptionsTest, LegacyCatchAndCatchAll) {
  addThrower();
  builder.exportItem("f", 0,
                     builder.func(i32Type, code({i32Const(10000), tryBlock(I32), get(0), call(thrower), catchTag(pair),
                                                 kCombine, catchTag(plain), i32Const(1), End, I32Add})));
  builder.exportItem("all", 0,
                     builder.func(i32Type, code({i32Const(10000), tryBlock(I32), get(0), call(thrower), catchTag(pair),
                                                 kCombine, CatchAll, i32Const(2), End, I32Add})));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f", {0}), "9999");
  EXPECT_EQ(run(instance, "f", {1}), "10001");
  EXPECT_EQ(run(instance, "f", {5}), "16005");
  EXPECT_EQ(run(instance, "all", {1}), "10002");
  EXPECT_EQ(run(instance, "all", {5}), "16005");
}

TEST_F(ExceptionsTest, LegacyRethrow) {
  addThrower();
  // Inner arm rethrows what the outer arm of an enclosing try caught, or its own.
  builder.exportItem("own", 0,
                     builder.func(i32Type, code({tryBlock(I32), tryBlock(I32), get(0), call(thrower), CatchAll,
                                                 rethrow(0), End, catchTag(pair), kCombine, End})));
  builder.exportItem("outer", 0,
                     builder.func(i32Type, code({tryBlock(I32), get(0), call(thrower), CatchAll, tryBlock(I32),
                                                 i32Const(1), call(thrower), CatchAll, rethrow(1), End, End})));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "own", {5}), "6005");
  EXPECT_EQ(run(instance, "own", {1}), "exception");
  EXPECT_EQ(run(instance, "outer", {5}), "exception 5 6");
}

TEST_F(ExceptionsTest, LegacyDelegate) {
  addThrower();
  // The middle try would catch all, but the inner one delegates past it.
  const auto nested = [&](u32 depth) {
    return builder.func(i32Type, code({tryBlock(I32), tryBlock(I32), tryBlock(I32), get(0), call(thrower),
                                       delegate(depth), CatchAll, i32Const(1), End, CatchAll, i32Const(2), End}));
  };
  builder.exportItem("middle", 0, nested(0));
  builder.exportItem("outer", 0, nested(1));
  builder.exportItem("caller", 0, nested(2));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "middle", {5}), "1");
  EXPECT_EQ(run(instance, "outer", {5}), "2");
  EXPECT_EQ(run(instance, "caller", {5}), "exception 5 6");
  EXPECT_EQ(run(instance, "caller", {0}), "-1");
}

TEST_F(ExceptionsTest, ThrowInAnArmIsNotCaughtByItsOwnTry) {
  addThrower();
  builder.exportItem(
      "f", 0,
      builder.func(i32Type, code({tryBlock(I32), tryBlock(I32), get(0), call(thrower), catchTag(plain), i32Const(7),
                                  call(thrower), CatchAll, i32Const(1), End, catchTag(pair), kCombine, End})));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f", {1}), "8007");
}

TEST_F(ExceptionsTest, ManyExceptionsDoNotFillAnything) {
  addThrower();
  builder.exportItem(
      "f", 0,
      builder.func(i32Type, code({loop(kEmptyBlock), tryBlock(kEmptyBlock), i32Const(4), call(thrower), Drop, CatchAll,
                                  End, get(0), i32Const(1), I32Sub, tee(0), brIf(0), End, get(0)})));
  EXPECT_EQ(run(instantiate(builder), "f", {1'000'000}), "0");
}

}  // namespace
}  // namespace wasmrun::interp::test
