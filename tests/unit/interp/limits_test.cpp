// What stops code, what is known of where it stopped, memory that moves, and what the threaded code looks like.
#include <chrono>
#include <thread>

#include "interp/interpreter.h"
#include "interp_test.h"

namespace wasmrun::interp::test {
namespace {

constexpr u8 I32 = kI32Byte;

// -- Fuel ------------------------------------------------------------------------------------------------------------

class FuelTest : public InterpTest {
 protected:
  FuelTest() : InterpTest(allFeatures().fuelAccounting(true)) {
    const u32 type = builder.type({I32}, {I32});
    // n rounds of a loop with a call
    const u32 inc = builder.func(type, code({get(0), i32Const(1), I32Add}));
    builder.exportItem("f", 0,
                       builder.func(type,
                                    code({loop(kEmptyBlock), get(1), call(inc), set(1), get(0), i32Const(1), I32Sub,
                                          tee(0), brIf(0), End, get(1)}),
                                    {I32}));
    builder.exportItem("endless", 0, builder.func(builder.type({}, {}), code({loop(kEmptyBlock), br(0), End})));
    builder.exportItem("tail", 0, builder.func(builder.type({}, {}), returnCall(3)));
  }

  /// Fuel that f(n) uses.
  u64 cost(const Instance& instance, int n) {
    EXPECT_TRUE(store.setFuel(1'000'000));
    EXPECT_EQ(run(instance, "f", {n}), std::to_string(n));
    return 1'000'000 - *store.fuel();
  }

  ModuleBuilder builder;
};

TEST_F(FuelTest, IsUsedTheSameEveryTime) {
  const Instance one = instantiate(builder), other = instantiate(builder);
  const u64 ten = cost(one, 10);
  EXPECT_GT(ten, 10u * 10);
  EXPECT_LT(ten, 10u * 30);
  EXPECT_EQ(cost(one, 10), ten);
  EXPECT_EQ(cost(other, 10), ten);
  EXPECT_EQ(cost(one, 30) - cost(one, 20), cost(one, 20) - ten);
}

TEST_F(FuelTest, RunsOutAndIsRefilled) {
  const Instance instance = instantiate(builder);
  EXPECT_EQ(run(instance, "f", {1}), "trap: all fuel consumed") << "a new store has none";
  const u64 needed = cost(instance, 10);
  ASSERT_TRUE(store.setFuel(needed));
  EXPECT_EQ(run(instance, "f", {10}), "10");
  EXPECT_EQ(*store.fuel(), 0u);
  ASSERT_TRUE(store.setFuel(needed - 1));
  EXPECT_EQ(run(instance, "f", {10}), "trap: all fuel consumed");
  ASSERT_TRUE(store.addFuel(needed));
  EXPECT_EQ(run(instance, "f", {10}), "10");
}

TEST_F(FuelTest, StopsEndlessCode) {
  const Instance instance = instantiate(builder);
  for (const char* name : {"endless", "tail"}) {
    ASSERT_TRUE(store.setFuel(100'000));
    EXPECT_EQ(run(instance, name), "trap: all fuel consumed") << name;
  }
}

// -- Interruption ----------------------------------------------------------------------------------------------------

class InterruptTest : public InterpTest {
 protected:
  InterruptTest() {
    const u32 type = builder.type({}, {}), i32Type = builder.type({I32}, {I32});
    builder.exportItem("loop", 0, builder.func(type, code({loop(kEmptyBlock), br(0), End})));
    builder.exportItem("loopIf", 0,
                       builder.func(type, code({loop(kEmptyBlock), i32Const(0), load32(), I32Eqz, brIf(0), End})));
    builder.exportItem("loopTable", 0,
                       builder.func(type, code({loop(kEmptyBlock), get(0), brTable({0, 0}), End}), {I32}));
    builder.exportItem("tail", 0, builder.func(type, returnCall(3)));
    // Doubles the work with each level, without loops.
    builder.exportItem(
        "recursion", 0,
        builder.func(i32Type, code({get(0), I32Eqz, ifBlock(I32), i32Const(1), Else, get(0), i32Const(1), I32Sub,
                                    call(4), get(0), i32Const(1), I32Sub, call(4), I32Add, End})));
    builder.exportItem("after", 0, builder.func(i32Type, get(0)));
    builder.memory({1, {}});
  }
  ModuleBuilder builder;
};

TEST_F(InterruptTest, FromAnotherThreadStopsEndlessCode) {
  const Instance instance = instantiate(builder);
  for (const char* name : {"loop", "loopIf", "loopTable", "tail", "recursion"}) {
    std::thread other([handle = store.interruptHandle()] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      handle.interrupt();
    });
    const std::string outcome =
        std::string_view(name) == "recursion" ? run(instance, name, {1000}) : run(instance, name);
    other.join();
    EXPECT_EQ(outcome, "trap: interrupt") << name;
    EXPECT_EQ(run(instance, "after", {7}), "7");
  }
}

TEST_F(InterruptTest, IsSeenSoonAfterTheHostFunctionItFellInto) {
  ModuleBuilder slow;
  const u32 type = slow.type({I32}, {I32});
  const u32 host = slow.importFunc("host", slow.type({}, {}));
  // Three rounds: far fewer than lie between two polls of a program that does not leave wasm.
  slow.exportItem("f", 0,
                  slow.func(type, code({call(host), loop(kEmptyBlock), get(0), i32Const(1), I32Sub, tee(0), brIf(0),
                                        End, get(0)})));
  const Func interrupts = Func::wrap(store, [handle = store.interruptHandle()] { handle.interrupt(); });
  const Instance instance = instantiate(slow, {interrupts});
  EXPECT_EQ(run(instance, "f", {3}), "trap: interrupt");
}

TEST_F(InterruptTest, DeadlineStopsEndlessCode) {
  const Instance instance = instantiate(builder);
  store.setTimeout(std::chrono::milliseconds(5));
  EXPECT_EQ(run(instance, "loop"), "trap: deadline reached");
  EXPECT_EQ(run(instance, "tail"), "trap: deadline reached") << "until the deadline is taken away";
  store.setDeadline(std::nullopt);
  EXPECT_EQ(run(instance, "after", {7}), "7");
}

// -- Backtraces ------------------------------------------------------------------------------------------------------

class BacktraceTest : public InterpTest {};

TEST_F(BacktraceTest, NamesTheInstructionsOfAllFrames) {
  ModuleBuilder builder;
  const u32 type = builder.type({I32}, {I32});
  // Offsets in a body count from its locals, one byte here.
  const u32 divides = builder.func(type, code({Nop, get(0), i32Const(0), I32DivS}));  // div at 6
  const u32 middle =
      builder.func(type, code({i32Const(5), Drop, get(0), call(divides), i32Const(1), I32Add}));  // call at 6
  const u32 outer = builder.func(type, code({get(0), call(middle), i32Const(1), I32Add}));        // call at 3
  builder.exportItem("f", 0, outer);
  const Instance instance = instantiate(builder);
  const auto outcome = instance.func("f")->call({1});
  ASSERT_FALSE(outcome);
  const std::span<const Frame> frames = outcome.error().backtrace();
  ASSERT_EQ(frames.size(), 3u);
  const std::pair<u32, u64> expected[] = {{divides, 6}, {middle, 6}, {outer, 3}};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(frames[i].functionIndex, expected[i].first);
    EXPECT_EQ(frames[i].functionOffset, expected[i].second) << i;
    EXPECT_EQ(frames[i].moduleOffset, instance.module().function(expected[i].first)->bodyOffset + expected[i].second)
        << i;
  }
}

TEST_F(BacktraceTest, NamesTheInstructionAmongFoldedOnes) {
  struct Case {
    Bytes body;
    u64 offset;
  };
  const Case cases[] = {
      {code({Unreachable}), 1},
      {code({get(0), I32Eqz, ifBlock(kEmptyBlock), End, Unreachable}), 7},
      {code({get(0), i32Const(1), I32Add, load32(100), Drop, i32Const(-4), load32(), Drop}), 12},
      {code({i32Const(-4), get(0), i32Const(3), I32Add, store32()}), 8},
      {code({i32Const(1), tee(0), Drop, get(0), get(0), i32Const(0), I32DivS, I32Sub, set(0)}), 12},
      {code({loop(kEmptyBlock), get(0), i32Const(1), I32Add, tee(0), i32Const(5), I32LtS, brIf(0), Unreachable, End}),
       15}};
  for (const Case& each : cases) {
    ModuleBuilder builder;
    builder.memory({1, {}});
    builder.exportItem("f", 0, builder.func(builder.type({I32}, {}), each.body));
    const auto outcome = instantiate(builder).func("f")->call({0});
    ASSERT_FALSE(outcome);
    ASSERT_EQ(outcome.error().backtrace().size(), 1u);
    EXPECT_EQ(outcome.error().backtrace()[0].functionOffset, each.offset) << "case " << &each - cases;
  }
}

TEST_F(BacktraceTest, CrossesInstancesAndTheHost) {
  ModuleBuilder builder;
  const u32 type = builder.type({I32}, {I32});
  const u32 imported = builder.importFunc("f", type);
  builder.exportItem("f", 0, builder.func(type, code({get(0), call(imported), i32Const(1), I32Add})));
  const Func fails = Func::wrap(store, [](int32_t) -> Result<int32_t> { return failTrap("no"); });
  const Instance inner = instantiate(builder, {fails});
  const Func target = *inner.func("f");
  const Func between = Func::wrap(store, [&target](int32_t x) -> Result<int32_t> {
    auto results = target.call({x});
    if (!results) return fail(results.error());
    return (*results)[0].i32();
  });
  const Instance middle = instantiate(builder, {between});
  const Instance outer = instantiate(builder, {*middle.func("f")});
  const auto outcome = outer.func("f")->call({1});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().trap(), TrapKind::Host);
  ASSERT_EQ(outcome.error().backtrace().size(), 3u);
  for (const Frame& frame : outcome.error().backtrace()) EXPECT_EQ(frame.functionOffset, 3u);
}

// -- Memory that moves -----------------------------------------------------------------------------------------------

class MovingMemoryTest : public InterpTest {
 protected:
  MovingMemoryTest() : InterpTest(allFeatures().memoryReservation(0)) {}
};

TEST_F(MovingMemoryTest, IsReadWhereItIsAfterGrowing) {
  ModuleBuilder builder;
  const u32 type = builder.type({I32}, {I32}), grows = builder.type({}, {});
  const u32 host = builder.importFunc("grow", grows);
  builder.memory({1, {}});
  builder.exportItem("memory", 2, 0);
  const u32 inner = builder.func(grows, code({i32Const(7), memoryGrow(), Drop}));
  builder.exportItem("inner", 0, inner);
  const auto around = [&](const Bytes& grow) {
    return builder.func(
        type, code({i32Const(16), get(0),      store32(),   grow,      memorySize(), i32Const(16), Bytes{0x74},
                    i32Const(4),  I32Sub,      i32Const(5), store32(), i32Const(16), load32(),     memorySize(),
                    i32Const(16), Bytes{0x74}, i32Const(4), I32Sub,    load32(),     I32Add}));
  };
  builder.exportItem("own", 0, around(code({i32Const(9), memoryGrow(), Drop})));
  builder.exportItem("callee", 0, around(call(inner)));
  builder.exportItem("host", 0, around(call(host)));
  const Func grow = Func::wrap(store, [](Caller& caller) { EXPECT_TRUE(caller.memory().grow(11)); });
  const Instance instance = instantiate(builder, {grow});
  for (int i = 1; i <= 20; ++i)
    for (const char* name : {"own", "callee", "host"})
      EXPECT_EQ(run(instance, name, {100 * i}), std::to_string(100 * i + 5)) << name;
  EXPECT_EQ(instance.memory("memory")->pages(), 1u + 20 * (9 + 7 + 11));
}

TEST_F(MovingMemoryTest, IsSharedByInstances) {
  ModuleBuilder owner;
  owner.memory({1, {}});
  owner.exportItem("memory", 2, 0);
  owner.exportItem("grow", 0, owner.func(owner.type({}, {}), code({i32Const(50), memoryGrow(), Drop})));
  const Instance owning = instantiate(owner);
  ModuleBuilder builder;
  const u32 grow = builder.importFunc("grow", builder.type({}, {}));
  builder.importMemory("memory", {1, {}});
  builder.exportItem("f", 0,
                     builder.func(builder.type({I32}, {I32}), code({i32Const(0), get(0), store32(), call(grow),
                                                                    i32Const(0), load32(), memorySize(), I32Add})));
  const Instance instance = instantiate(builder, {*owning.func("grow"), *owning.memory("memory")});
  EXPECT_EQ(run(instance, "f", {1000}), "1051");
  EXPECT_EQ(run(instance, "f", {1000}), "1101");
}

TEST_F(MovingMemoryTest, AccessesPastItsEndTrap) {
  const Bytes body = code({get(0), load32(8)});
  EXPECT_EQ(runCode({I32}, {I32}, {}, body, {65536 - 12}), "0");
  for (const int address : {65536 - 11, 65536, -1, -8})
    EXPECT_EQ(runCode({I32}, {I32}, {}, body, {address}), "trap: out of bounds memory access");
}

// -- Size ------------------------------------------------------------------------------------------------------------
// An instruction of two bytes can carry a thousand operands. Each of these takes part of a second, or minutes.

class SizeTest : public InterpTest {
 protected:
  static constexpr u32 kCarried = 1000;

  static Bytes repeated(u32 times, const Bytes& piece) {
    Bytes all;
    for (u32 i = 0; i < times; ++i) append(all, piece);
    return all;
  }

  /// `times` times `piece`, in a block with kCarried results and as many i32 on the stack; type 0 is from kCarried i32
  /// to kCarried i32.
  std::string runCarrying(u32 times, const Bytes& piece) {
    ModuleBuilder builder;
    const Bytes many(kCarried, I32);
    const u32 carrying = builder.type(many, many), giving = builder.type({}, many);
    EXPECT_EQ(carrying, 0u);
    builder.exportItem(
        "f", 0,
        builder.func(builder.type({I32}, {}), code({blockOf(giving), repeated(kCarried, get(0)), repeated(times, piece),
                                                    End, repeated(kCarried, {Drop})})));
    return run(instantiate(builder), "f", {0});
  }
};

TEST_F(SizeTest, BranchesThatCarryAThousandOperands) { EXPECT_EQ(runCarrying(1'000'000, code({get(0), brIf(0)})), ""); }

TEST_F(SizeTest, ConstructsWithAThousandParametersAndResults) {
  EXPECT_EQ(runCarrying(500'000, code({blockOf(0), End})), "");
  EXPECT_EQ(runCarrying(500'000, code({loopOf(0), End})), "");
  EXPECT_EQ(runCarrying(300'000, code({get(0), ifOf(0), End})), "");
  EXPECT_EQ(runCarrying(200'000, code({get(0), ifOf(0), Else, End})), "");
  EXPECT_EQ(runCarrying(200'000, code({blockOf(0), get(0), brTable({0, 0}), End})), "");
}

TEST_F(SizeTest, AConditionalBranchOnATypeMovesItsOperandsOnce) {
  const std::string text = [] {
    std::string types, values, casts;
    for (u32 i = 1; i < kCarried; ++i) types += " i32", values += "(i32.const 1)";
    for (u32 i = 0; i < 100; ++i) casts += "(br_on_cast $out funcref (ref $g))";
    return "(module (type $g (func)) (func (param $f funcref) (block $out (result" + types + " (ref $g))" + values +
           "(local.get $f)" + casts + "unreachable) (unreachable)))";
  }();
  const auto module = Module::compileText(engine, text);
  ASSERT_TRUE(module) << module.error().toString();
  EXPECT_LT(module->dump(0, "interp")->size(), 200'000u);
}

// -- Threaded code ---------------------------------------------------------------------------------------------------

class DumpTest : public InterpTest {};

TEST_F(DumpTest, ShowsWordsHandlersOperandsAndOffsets) {
  ModuleBuilder builder;
  // sum = 0; do { sum += n; n -= 1 } while (n); return sum
  builder.func(builder.type({I32}, {I32}),
               code({loop(kEmptyBlock), get(1), get(0), I32Add, set(1), get(0), i32Const(1), I32Sub, tee(0), brIf(0),
                     End, get(1)}),
               {I32});
  const std::string fused = std::string_view(dispatchName()).starts_with("tail calls") ? "  & next 1" : "";
  EXPECT_EQ(*compile(builder).dump(0, "interp"),
            "0x000019  @0  Enter_1 14 3 1\n"
            "0x000021  @3  I32Add_sss s3 s0 -> s3\n"
            "0x000028  @6  I32Sub_sks s0 #1 -> s0" +
                fused +
                "\n"
                "0x00002b  @9  BrI32NonZero_a_back @3\n"
                "0x000030  @11  Return1_s s3 1\n");
}

}  // namespace
}  // namespace wasmrun::interp::test
