#include "api_test.h"

namespace wasmrun::test {
namespace {

class FuncTest : public ApiTest {
 protected:
  /// A function exported as "f".
  Func make(const Bytes& params, const Bytes& results, const Bytes& body) {
    ModuleBuilder builder;
    builder.exportItem("f", kFuncExport, builder.func(builder.type(params, results), body));
    return good(instantiate(builder).func("f"));
  }
};

TEST_F(FuncTest, TypedCallGivesResult) {
  auto add = good(make({kI32Byte, kI32Byte}, {kI32Byte}, kAdd).typed<int32_t(int32_t, int32_t)>());
  EXPECT_EQ(good(add(40, 2)), 42);
  EXPECT_EQ(good(add(INT32_MAX, 1)), INT32_MIN);
}

TEST_F(FuncTest, CallGivesValues) {
  const Func add = make({kI32Byte, kI32Byte}, {kI32Byte}, kAdd);
  const auto results = good(add.call({40, 2}));
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].i32(), 42);
}

TEST_F(FuncTest, SeveralResultsAndVectors) {
  const Func swap = make({kI32Byte, kV128Byte}, {kV128Byte, kI32Byte}, getLocal(1) + getLocal(0));
  V128 vector;
  for (u8 i = 0; i < 16; ++i) vector.bytes[i] = i;
  auto typed = good(swap.typed<std::tuple<V128, uint32_t>(uint32_t, V128)>());
  EXPECT_EQ(good(typed(7, vector)), std::make_tuple(vector, 7u));
  const auto values = good(swap.call({7, vector}));
  EXPECT_EQ(values[0].v128(), vector);
  EXPECT_EQ(values[1].i32(), 7);
}

TEST_F(FuncTest, SignatureMismatchNamesBoth) {
  const Error error = bad(make({kI32Byte, kI32Byte}, {kI32Byte}, kAdd).typed<int64_t(int32_t)>());
  EXPECT_EQ(error.kind, ErrorKind::Link);
  EXPECT_CONTAINS(error.message, "(param i32 i32) (result i32)");
  EXPECT_CONTAINS(error.message, "(param i32) (result i64)");
}

TEST_F(FuncTest, WrongArgumentsAreUsageErrors) {
  const Func add = make({kI32Byte, kI32Byte}, {kI32Byte}, kAdd);
  const Error tooFew = bad(add.call({1}));
  EXPECT_EQ(tooFew.kind, ErrorKind::Usage);
  EXPECT_CONTAINS(tooFew.message, "1 arguments given, 2 expected");
  const Error wrongType = bad(add.call({1, 2.0}));
  EXPECT_EQ(wrongType.kind, ErrorKind::Usage);
  EXPECT_CONTAINS(wrongType.message, "argument 2: type mismatch: f64 given, i32 expected");
}

TEST_F(FuncTest, TypeIsTheModules) {
  const Func add = make({kI32Byte, kI32Byte}, {kI32Byte}, kAdd);
  EXPECT_EQ(add.type().toString(), "(param i32 i32) (result i32)");
  ASSERT_TRUE(add.type().defined);
  EXPECT_CONTAINS(good(engine.describe(*add.type().defined)), "(func (param i32 i32) (result i32))");
}

TEST_F(FuncTest, TrapHasKindAndFrames) {
  const Error error = bad(make({}, {}, kUnreachable).call({}));
  EXPECT_EQ(error.kind, ErrorKind::Trap);
  EXPECT_EQ(error.trap(), TrapKind::Unreachable);
  ASSERT_EQ(error.backtrace().size(), 1u);
  EXPECT_EQ(error.backtrace()[0].functionIndex, 0u);
  EXPECT_EQ(error.backtrace()[0].functionOffset, 1u);  // after the count of locals
}

TEST_F(FuncTest, MemoryFaultHasAddressAndSize) {
  ModuleBuilder builder;
  builder.memory({1});
  builder.exportItem("f", kFuncExport, builder.func(builder.type({kI32Byte}, {kI32Byte}), {0x20, 0, 0x28, 2, 8}));
  auto load = good(instantiate(builder).typed<int32_t(uint32_t)>("f"));
  EXPECT_EQ(good(load(65536 - 12)), 0);
  const Error error = bad(load(65536 - 11));
  EXPECT_EQ(error.trap(), TrapKind::MemoryOutOfBounds);
  ASSERT_TRUE(error.memoryFault());
  // Of an access that is partly outside, machine code knows the first byte that is.
  const bool isMachineCode = good(engine.config().get("O", "tier")) == "baseline";
  EXPECT_EQ(error.memoryFault()->address, isMachineCode ? 65536u : 65536u - 3);
  EXPECT_EQ(error.memoryFault()->memorySize, 65536u);
  EXPECT_CONTAINS(error.toString(), std::string("memory fault at wasm address ") +
                                        (isMachineCode ? "0x10000" : "0xfffd") + " in linear memory of size 0x10000");
  EXPECT_CONTAINS(error.toString(), "wasm trap: out of bounds memory access");
  EXPECT_EQ(good(load(0)), 0) << "the store stays usable";
}

TEST_F(FuncTest, MemoryFaultBeyondAllAddresses) {
  const Module module = good(Module::compileText(engine, R"((module
    (memory i64 1)
    (func (export "small") (param i64) (result i64) (i64.load offset=16 (local.get 0)))
    (func (export "large") (param i64) (result i64) (i64.load offset=0xffffffffff000000 (local.get 0)))
    (func (export "largest") (param i64) (result i64) (i64.load offset=0xfffffffffffffffc (local.get 0)))))"));
  const Instance instance = good(linker.instantiate(store, module));
  const auto faultOf = [&](const char* name, int64_t address) {
    const Error error = bad(good(instance.typed<int64_t(int64_t)>(name))(address));
    EXPECT_EQ(error.trap(), TrapKind::MemoryOutOfBounds) << name;
    return error.memoryFault() ? error.memoryFault()->address : 0;
  };
  EXPECT_EQ(faultOf("small", 0x20000), 0x20010u);
  EXPECT_EQ(faultOf("small", -20), ~uint64_t{3}) << "the address is one, its end is not";
  EXPECT_EQ(faultOf("small", -16), ~uint64_t{0}) << "addresses that there are not count as the last";
  EXPECT_EQ(faultOf("small", -1), ~uint64_t{0});
  EXPECT_EQ(faultOf("large", 0), 0xffff'ffff'ff00'0000u);
  EXPECT_EQ(faultOf("large", 0xfffffc), ~uint64_t{3});
  EXPECT_EQ(faultOf("large", 0x1000000), ~uint64_t{0});
  EXPECT_EQ(faultOf("largest", 0), ~uint64_t{3});
  EXPECT_EQ(faultOf("largest", 3), ~uint64_t{0});
  EXPECT_EQ(faultOf("largest", 4), ~uint64_t{0});
  EXPECT_EQ(faultOf("largest", -1), ~uint64_t{0});
}

TEST_F(FuncTest, DeepRecursionTraps) {
  ModuleBuilder builder;
  builder.exportItem("f", kFuncExport, builder.func(builder.type({}, {}), callFunc(0)));
  const Error error = bad(good(instantiate(builder).func("f")).call({}));
  EXPECT_EQ(error.trap(), TrapKind::CallStackExhausted);
  EXPECT_EQ(error.backtrace().size(), 100u);
  EXPECT_GT(error.detail->framesLeftOut, 0u);
}

TEST_F(FuncTest, NamesTakeOneLineOfABacktrace) {
  Frame frame;
  frame.moduleName = "app\n";
  frame.functionName = "f\n    2: wasm trap: \x1b[31m";
  frame.locations.push_back({"a\r.c", 7, 0, ""});
  EXPECT_EQ(formatBacktrace(std::span(&frame, 1)),
            "    0:      0x0 - app\\u{0a}!f\\u{0a}    2: wasm trap: \\u{1b}[31m\n"
            "                    at a\\u{0d}.c:7\n");
}

TEST_F(FuncTest, HostFunctionCalledDirectly) {
  Func host = Func::wrap(store, [](Caller& caller, int64_t a) -> int64_t { return caller.instance() ? 0 : a + 1; });
  EXPECT_EQ(good(good(host.typed<int64_t(int64_t)>())(41)), 42);
  EXPECT_EQ(host.type().toString(), "(param i64) (result i64)");
}

TEST_F(FuncTest, DynamicFunctionChecksItsResults) {
  const FuncType type{{ValType::i32()}, {ValType::i64()}};
  Func right = good(Func::make(store, type, [](Caller&, std::span<const Value> args, std::span<Value> results) {
    results[0] = int64_t{args[0].i32()} * 2;
    return Result<void>();
  }));
  EXPECT_EQ(good(right.call({21}))[0].i64(), 42);
  Func wrong = good(Func::make(store, type, [](Caller&, std::span<const Value>, std::span<Value> results) {
    results[0] = 1.5;
    return Result<void>();
  }));
  const Error error = bad(wrong.call({21}));
  EXPECT_EQ(error.kind, ErrorKind::Trap);
  EXPECT_CONTAINS(error.message, "result 1: type mismatch: f64 given, i64 expected");
}

TEST_F(FuncTest, TypesOfOtherEnginesAreRefused) {
  const Func add = make({kI32Byte, kI32Byte}, {kI32Byte}, kAdd);
  Engine other;
  Store otherStore(other);
  const auto nothing = [](Caller&, std::span<const Value>, std::span<Value>) { return Result<void>(); };
  const Error error = bad(Func::make(otherStore, add.type(), nothing));
  EXPECT_EQ(error.kind, ErrorKind::Usage);
  EXPECT_CONTAINS(error.message, "belongs to another engine");
  EXPECT_EQ(bad(other.describe(*add.type().defined)).kind, ErrorKind::Usage);
}

}  // namespace
}  // namespace wasmrun::test
