// Operands that emit nothing until they are used: what stands for a local or a constant must keep its value.
#include <cmath>
#include <limits>

#include "interp_test.h"

namespace wasmrun::interp::test {
namespace {

constexpr u8 I32 = kI32Byte, I64 = kI64Byte, F64 = kF64Byte;

class OperandsTest : public InterpTest {};

// -- A local is kept on the stack while it changes -------------------------------------------------------------------

TEST_F(OperandsTest, LocalKeepsItsValueOverSet) {
  EXPECT_EQ(runCode({I32}, {I32}, {}, code({get(0), i32Const(9), set(0), get(0), I32Sub}), {5}), "-4");
}

TEST_F(OperandsTest, LocalKeepsItsValueOverTee) {
  EXPECT_EQ(runCode({I32}, {I32}, {}, code({get(0), get(0), i32Const(1), I32Add, tee(0), I32Mul, get(0), I32Sub}), {5}),
            "24");
}

TEST_F(OperandsTest, SeveralCopiesOfALocalKeepTheirValues) {
  EXPECT_EQ(runCode({I32}, {I32, I32, I32}, {}, code({get(0), get(0), i32Const(1), set(0), get(0)}), {7}), "7 7 1");
}

TEST_F(OperandsTest, LocalKeepsItsValueOverSwap) {
  EXPECT_EQ(runCode({I32, I32}, {I32, I32}, {}, code({get(0), get(1), set(0), set(1), get(0), get(1)}), {1, 2}), "2 1");
}

TEST_F(OperandsTest, LocalKeepsItsValueOverChangeInABlock) {
  EXPECT_EQ(
      runCode({I32}, {I32}, {}, code({get(0), block(kEmptyBlock), i32Const(1), set(0), End, get(0), I32Sub}), {9}),
      "8");
}

TEST_F(OperandsTest, LocalKeepsItsValueOverChangeInOneArm) {
  const Bytes body = code({get(0), get(1), ifBlock(kEmptyBlock), i32Const(100), set(0), End, get(0), I32Add});
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {5, 1}), "105");
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {5, 0}), "10");
}

TEST_F(OperandsTest, LocalKeepsItsValueOverBranchPastItsChange) {
  const Bytes body = code({get(0), block(kEmptyBlock), get(1), brIf(0), i32Const(100), set(0), End, get(0), I32Sub});
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {5, 1}), "0");
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {5, 0}), "-95");
}

TEST_F(OperandsTest, LocalKeepsItsValueOverChangesInALoop) {
  // x; loop { x += 1; if (x < 10) continue }; x
  const Bytes body = code(
      {get(0), loop(kEmptyBlock), get(0), i32Const(1), I32Add, tee(0), i32Const(10), I32LtS, brIf(0), End, get(0)});
  EXPECT_EQ(runCode({I32}, {I32, I32}, {}, body, {3}), "3 10");
}

TEST_F(OperandsTest, ConditionIsALocalThatChangedBelow) {
  EXPECT_EQ(runCode({I32}, {I32}, {}, code({i32Const(1), i32Const(2), get(0), i32Const(0), set(0), Select}), {1}), "1");
}

TEST_F(OperandsTest, ConditionOfAnIfIsComputedBeforeParametersAreCopied) {
  ModuleBuilder builder;
  const u32 twoToOne = builder.type({I32, I32}, {I32});
  builder.exportItem("f", 0,
                     builder.func(builder.type({I32, I32}, {I32}), code({get(0), get(1), get(0), get(1), I32LtS,
                                                                         ifOf(twoToOne), I32Sub, Else, I32Add, End})));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f", {3, 10}), "-7");
  EXPECT_EQ(run(instance, "f", {10, 3}), "13");
}

TEST_F(OperandsTest, SetFromItsOwnOldValueOnTheStack) {
  EXPECT_EQ(
      runCode({I64}, {I64}, {}, code({get(0), get(0), i64Const(3), I64Mul, set(0), get(0), I64Add}), {int64_t{5}}),
      "20");
}

TEST_F(OperandsTest, FloatLocalKeepsItsValueOverTee) {
  EXPECT_EQ(
      runCode({F64}, {F64}, {}, code({get(0), get(0), f64Const(2), F64Mul, tee(0), F64Add, get(0), F64Add}), {1.5}),
      "7.5");
}

// -- Constants -------------------------------------------------------------------------------------------------------

TEST_F(OperandsTest, ConstantsStayAcrossBlocks) {
  EXPECT_EQ(runCode({}, {I32}, {},
                    code({i32Const(40), block(kEmptyBlock), End, loop(kEmptyBlock), End, i32Const(2), I32Add})),
            "42");
}

TEST_F(OperandsTest, ConstantsAreBlockParameters) {
  ModuleBuilder builder;
  const u32 type = builder.type({I32, I32}, {I32});
  builder.exportItem(
      "f", 0, builder.func(builder.type({}, {I32}), code({i32Const(50), i32Const(8), blockOf(type), I32Sub, End})));
  EXPECT_EQ(run(instantiate(builder), "f"), "42");
}

TEST_F(OperandsTest, ConstantsOf64Bits) {
  EXPECT_EQ(runCode({}, {I64}, {}, code({i64Const(0x123456789abcdef0), i64Const(-1), I64Add})), "1311768467463790319");
  EXPECT_EQ(runCode({}, {I64}, {}, code({i64Const(0x7fffffff), i64Const(0x80000000), I64Sub})), "-1");
}

TEST_F(OperandsTest, ConstantOperandsOfMixedDivision) {
  EXPECT_EQ(runCode({}, {I32}, {}, code({i32Const(std::numeric_limits<i32>::min()), i32Const(-1), I32DivS})),
            "trap: integer overflow");
  EXPECT_EQ(runCode({I32}, {I32}, {}, code({get(0), i32Const(0), I32DivS}), {3}), "trap: integer divide by zero");
}

// -- Branches that carry values --------------------------------------------------------------------------------------

TEST_F(OperandsTest, BrCarriesALocalAConstantAndASlot) {
  ModuleBuilder builder;
  const u32 three = builder.type({}, {I32, I32, I32});
  // Below lie operands that the branch drops.
  builder.exportItem(
      "f", 0,
      builder.func(builder.type({I32}, {I32, I32, I32}), code({blockOf(three), i32Const(77), get(0), get(0),
                                                               i32Const(5), get(0), i32Const(1), I32Add, br(0), End})));
  EXPECT_EQ(run(instantiate(builder), "f", {10}), "10 5 11");
}

TEST_F(OperandsTest, BrIfCarriesValuesOnOneWayOnly) {
  // The operands that the branch would take stay for the other way.
  const Bytes body = code({block(I32), i32Const(1), get(0), i32Const(2), I32Mul, get(1), brIf(0), I32Add, End});
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {20, 1}), "40");
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {20, 0}), "41");
}

TEST_F(OperandsTest, BrIfCarriesALocalThatIsThenChanged) {
  const Bytes body = code({block(I32), get(0), get(1), brIf(0), i32Const(3), set(0), get(0), I32Sub, End});
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {20, 1}), "20");
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {20, 0}), "17");
}

TEST_F(OperandsTest, BrIfToTheFunctionReturns) {
  const Bytes body = code({get(0), i32Const(3), I32Add, get(0), i32Const(10), I32GtS, brIf(0), i32Const(1000), I32Add});
  EXPECT_EQ(runCode({I32}, {I32}, {}, body, {20}), "23");
  EXPECT_EQ(runCode({I32}, {I32}, {}, body, {1}), "1004");
}

TEST_F(OperandsTest, BrIfToTheFunctionReturnsManyAndLeavesThemOtherwise) {
  const Bytes body = code({get(0), i32Const(8), get(1), brIf(0), i32Const(1), set(0), get(0), I32Add});
  EXPECT_EQ(runCode({I32, I32}, {I32, I32}, {}, body, {3, 1}), "3 8");
  EXPECT_EQ(runCode({I32, I32}, {I32, I32}, {}, body, {3, 0}), "3 9");
}

TEST_F(OperandsTest, BrTableCarriesValuesToLabelsOfDifferentHeight) {
  // Depth 0 adds 1 to what arrives, depth 1 adds 10, the function returns it.
  const Bytes body = code({block(I32), i32Const(7), block(I32), i32Const(9), get(1), get(0), brTable({0, 1, 2}), End,
                           I32Add, i32Const(1), I32Add, Return, End, i32Const(10), I32Add});
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {0, 100}), "108");
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {1, 100}), "110");
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {2, 100}), "100");
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {-1, 100}), "100");
}

TEST_F(OperandsTest, BrTableIndexComesFromTheAccumulator) {
  const Bytes body = code({block(kEmptyBlock), block(kEmptyBlock), get(0), i32Const(3), I32Sub, brTable({0, 1}), End,
                           i32Const(100), Return, End, i32Const(200)});
  EXPECT_EQ(runCode({I32}, {I32}, {}, body, {3}), "100");
  EXPECT_EQ(runCode({I32}, {I32}, {}, body, {2}), "200");
}

TEST_F(OperandsTest, LoopTakesParametersAndGivesResults) {
  ModuleBuilder builder;
  const u32 step = builder.type({I32, I32}, {I32});
  // (sum, n) -> loop: sum += n; n -= 1; again if n. A parameter is a local that the loop changes.
  builder.exportItem("f", 0,
                     builder.func(builder.type({I32}, {I32}),
                                  code({i32Const(0), get(0), loopOf(step), tee(0), I32Add, set(1), get(1), get(0),
                                        i32Const(1), I32Sub, tee(2), get(2), brIf(0), I32Add, End}),
                                  {I32, I32}));
  EXPECT_EQ(run(instantiate(builder), "f", {10}), "55");
}

TEST_F(OperandsTest, LoopParametersSwapEachTime) {
  ModuleBuilder builder;
  const u32 pair = builder.type({I32, I32}, {I32, I32});
  // Swaps its two operands by branching back with them exchanged.
  builder.exportItem("f", 0,
                     builder.func(builder.type({I32, I32, I32}, {I32, I32}),
                                  code({get(0), get(1), loopOf(pair), set(3), set(4), get(3), get(4), get(2),
                                        i32Const(1), I32Sub, tee(2), brIf(0), End}),
                                  {I32, I32}));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f", {1, 2, 1}), "2 1");
  EXPECT_EQ(run(instance, "f", {1, 2, 2}), "1 2");
  EXPECT_EQ(run(instance, "f", {1, 2, 7}), "2 1");
}

TEST_F(OperandsTest, IfWithoutElsePassesItsParameters) {
  ModuleBuilder builder;
  const u32 pass = builder.type({I32}, {I32});
  builder.exportItem(
      "f", 0,
      builder.func(builder.type({I32, I32}, {I32}), code({get(0), get(1), ifOf(pass), i32Const(100), I32Add, End})));
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f", {5, 0}), "5");
  EXPECT_EQ(run(instance, "f", {5, 1}), "105");
}

TEST_F(OperandsTest, ArmsGiveALocalAConstantOrASlot) {
  const Bytes body = code({get(1), ifBlock(I32), get(0), Else, get(0), i32Const(2), I32Mul, End, get(1), ifBlock(I32),
                           i32Const(1000), Else, get(0), End, I32Add});
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {4, 1}), "1004");
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {4, 0}), "12");
}

TEST_F(OperandsTest, CodeAfterABranchIsSkipped) {
  EXPECT_EQ(runCode({}, {I32}, {},
                    code({block(I32), i32Const(3), br(0), I32Add, Drop, block(I64), Unreachable, End, Drop, i32Const(9),
                          End})),
            "3");
}

// -- Select ----------------------------------------------------------------------------------------------------------

TEST_F(OperandsTest, SelectOfLocalsConstantsAndSlots) {
  const Bytes first[] = {get(0), i32Const(11), code({get(0), i32Const(1), I32Add})};
  const Bytes second[] = {get(1), i32Const(22), code({get(1), i32Const(1), I32Add})};
  const int firstValue[] = {100, 11, 101}, secondValue[] = {200, 22, 201};
  const Bytes conditions[] = {get(2), code({get(2), i32Const(0), I32Ne}), code({get(2), I32Eqz, I32Eqz})};
  for (size_t a = 0; a < 3; ++a)
    for (size_t b = 0; b < 3; ++b)
      for (const Bytes& condition : conditions)
        for (const int taken : {0, 1})
          EXPECT_EQ(
              runCode({I32, I32, I32}, {I32}, {}, code({first[a], second[b], condition, Select}), {100, 200, taken}),
              std::to_string(taken ? firstValue[a] : secondValue[b]))
              << a << ' ' << b << ' ' << taken;
}

TEST_F(OperandsTest, SelectOfConstantCondition) {
  EXPECT_EQ(runCode({I32}, {I32}, {}, code({get(0), i32Const(2), i32Const(0), Select}), {1}), "2");
  EXPECT_EQ(runCode({I32}, {I32}, {}, code({get(0), i32Const(2), i32Const(7), Select}), {1}), "1");
}

TEST_F(OperandsTest, SelectOfFloatsVectorsAndReferences) {
  EXPECT_EQ(
      runCode({F64, I32}, {F64}, {}, code({get(0), f64Const(2.5), F64Add, f64Const(1), get(1), Select}), {1.0, 1}),
      "3.5");
  EXPECT_EQ(runCode({F64, I32}, {F64}, {}, code({get(0), get(0), f64Const(2.5), F64Add, get(1), Select}), {1.0, 0}),
            "3.5");
  const Bytes typedSelect{0x1c, 1, kFuncRefByte};
  EXPECT_EQ(runCode({I32}, {I32}, {},
                    code({refNull(kFuncRefByte), refNull(kFuncRefByte), get(0), typedSelect, RefIsNull}), {1}),
            "1");
}

// -- Comparisons -----------------------------------------------------------------------------------------------------

/// Runs a comparison of two f64 through everything that absorbs one: each gives 1 if it holds.
class ComparisonTest : public OperandsTest {
 protected:
  static std::vector<Bytes> consumers(const Bytes& comparison) {
    return {comparison,
            comparison + code({set(2), get(2)}),
            comparison + code({tee(2), Drop, get(2)}),
            comparison + code({I32Eqz, I32Eqz}),
            comparison + code({ifBlock(I32), i32Const(1), Else, i32Const(0), End}),
            comparison + code({I32Eqz, ifBlock(I32), i32Const(0), Else, i32Const(1), End}),
            comparison + code({I32Eqz, I32Eqz, ifBlock(I32), i32Const(1), Else, i32Const(0), End}),
            code({i32Const(1), i32Const(0)}) + comparison + code({Select}),
            code({i32Const(0), i32Const(1)}) + comparison + code({I32Eqz, Select}),
            code({block(kEmptyBlock)}) + comparison + code({brIf(0), i32Const(0), Return, End, i32Const(1)}),
            code({block(kEmptyBlock)}) + comparison + code({I32Eqz, brIf(0), i32Const(1), Return, End, i32Const(0)}),
            code({block(I32), i32Const(1)}) + comparison + code({brIf(0), Drop, i32Const(0), End}),
            code({block(I32), i32Const(5), i32Const(1)}) + comparison + code({brIf(0), Drop, Drop, i32Const(0), End}),
            code({i32Const(1)}) + comparison + code({brIf(0), Drop, i32Const(0)}),
            code({i32Const(1)}) + comparison + code({I32And})};
  }
};

TEST_F(ComparisonTest, OfFloatsAndNaNs) {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  const std::pair<double, double> operands[] = {{1, 2},   {2, 1},     {1, 1},      {nan, 1},
                                                {1, nan}, {nan, nan}, {-inf, inf}, {0.0, -0.0}};
  struct Comparison {
    Op op;
    bool (*holds)(double, double);
  };
  const Comparison comparisons[] = {
      {F64Eq, [](double a, double b) { return a == b; }}, {F64Ne, [](double a, double b) { return a != b; }},
      {F64Lt, [](double a, double b) { return a < b; }},  {F64Gt, [](double a, double b) { return a > b; }},
      {F64Le, [](double a, double b) { return a <= b; }}, {F64Ge, [](double a, double b) { return a >= b; }}};
  for (const Comparison& comparison : comparisons) {
    ModuleBuilder builder;
    const u32 type = builder.type({F64, F64}, {I32});
    const std::vector<Bytes> bodies = consumers(code({get(0), get(1), comparison.op}));
    for (size_t i = 0; i < bodies.size(); ++i)
      builder.exportItem(std::to_string(i), 0, builder.func(type, bodies[i], {I32}));
    const Instance instance = instantiate(builder);
    for (const auto& [a, b] : operands)
      for (size_t i = 0; i < bodies.size(); ++i)
        EXPECT_EQ(run(instance, std::to_string(i), {a, b}), comparison.holds(a, b) ? "1" : "0")
            << "opcode " << int{comparison.op} << " consumer " << i << " of " << a << ", " << b;
  }
}

TEST_F(ComparisonTest, OfIntegersAndTestsOfBits) {
  const std::pair<i32, i32> operands[] = {{0, 0},  {1, 2}, {2, 1},
                                          {-1, 1}, {3, 1}, {std::numeric_limits<i32>::min(), -1}};
  struct Comparison {
    Bytes code;
    bool (*holds)(i32, i32);
  };
  const Comparison comparisons[] = {
      {code({get(0), get(1), I32Eq}), [](i32 a, i32 b) { return a == b; }},
      {code({get(0), get(1), I32LtS}), [](i32 a, i32 b) { return a < b; }},
      {code({get(0), get(1), I32LtU}), [](i32 a, i32 b) { return static_cast<u32>(a) < static_cast<u32>(b); }},
      {code({get(0), i32Const(2), I32GtS}), [](i32 a, i32) { return a > 2; }},
      {code({i32Const(2), get(1), I32GtS}), [](i32, i32 b) { return 2 > b; }},
      {code({get(0), get(1), I32Add, I32Eqz}),
       [](i32 a, i32 b) { return static_cast<u32>(a) + static_cast<u32>(b) == 0; }},
      {code({get(0), get(1), I32And, I32Eqz}), [](i32 a, i32 b) { return (a & b) == 0; }},
      {code({get(0), get(1), I32And, i32Const(0), I32Ne}), [](i32 a, i32 b) { return (a & b) != 0; }},
      {code({get(0), I64ExtendI32U, I64Eqz}), [](i32 a, i32) { return a == 0; }},
      {code({get(0), I64ExtendI32U, get(1), I64ExtendI32U, I64LtS}),
       [](i32 a, i32 b) { return static_cast<u32>(a) < static_cast<u32>(b); }}};
  for (const Comparison& comparison : comparisons) {
    ModuleBuilder builder;
    const u32 type = builder.type({I32, I32}, {I32});
    const std::vector<Bytes> bodies = consumers(comparison.code);
    for (size_t i = 0; i < bodies.size(); ++i)
      builder.exportItem(std::to_string(i), 0, builder.func(type, bodies[i], {I32}));
    const Instance instance = instantiate(builder);
    for (const auto& [a, b] : operands)
      for (size_t i = 0; i < bodies.size(); ++i)
        EXPECT_EQ(run(instance, std::to_string(i), {a, b}), comparison.holds(a, b) ? "1" : "0")
            << "comparison " << &comparison - comparisons << " consumer " << i << " of " << a << ", " << b;
  }
}

TEST_F(OperandsTest, BrIfOnBitsThatAreNotABool) {
  const Bytes body = code({block(kEmptyBlock), get(0), get(1), I32And, brIf(0), i32Const(0), Return, End, i32Const(1)});
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {6, 4}), "1");
  EXPECT_EQ(runCode({I32, I32}, {I32}, {}, body, {6, 1}), "0");
}

// -- Accumulators ----------------------------------------------------------------------------------------------------

TEST_F(OperandsTest, ComputedValueIsUsedAgainAfterAStore) {
  EXPECT_EQ(runCode({I32}, {I32}, {I32},
                    code({get(0), i32Const(1), I32Add, set(1), i32Const(8), get(1), store32(), get(1), i32Const(8),
                          load32(), I32Mul}),
                    {6}),
            "49");
}

TEST_F(OperandsTest, ComputedValueIsUsedAgainAfterABranch) {
  const Bytes body = code({get(0), i32Const(1), I32Add, tee(1), i32Const(5), I32GtS, ifBlock(I32), get(1),
                           i32Const(100), I32Add, Else, get(1), End, get(1), I32Mul});
  EXPECT_EQ(runCode({I32}, {I32}, {I32}, body, {6}), "749");
  EXPECT_EQ(runCode({I32}, {I32}, {I32}, body, {1}), "4");
}

TEST_F(OperandsTest, ComputedValuesOfBothKindsLiveOverACall) {
  ModuleBuilder builder;
  const u32 clobber = builder.func(builder.type({F64}, {F64}), code({get(0), f64Const(0.5), F64Mul}));
  builder.exportItem(
      "f", 0,
      builder.func(builder.type({I32}, {F64}),
                   code({get(0), i32Const(2), I32Mul, F64ConvertI32S, tee(1), get(0), i32Const(1), I32Add, tee(0),
                         F64ConvertI32S, call(clobber), F64Add, get(1), F64Add, get(0), F64ConvertI32S, F64Add}),
                   {F64}));
  EXPECT_EQ(run(instantiate(builder), "f", {3}), "18");  // 6 + 2 + 6 + 4
}

TEST_F(OperandsTest, SlotIsWrittenAgainWhileTheAccumulatorHasItsOldValue) {
  // The result of the first addition, its slot reused by a constant that a block's parameter settles, then by a load.
  EXPECT_EQ(runCode({I32}, {I32}, {I32, I32},
                    code({get(0), i32Const(1), I32Add, set(1), i32Const(50), loop(kEmptyBlock), End, get(1), I32Add,
                          set(2), i32Const(7), set(1), get(2), get(1), I32Sub}),
                    {2}),
            "46");
}

}  // namespace
}  // namespace wasmrun::interp::test
