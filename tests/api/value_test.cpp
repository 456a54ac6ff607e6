// Values as text, and errors as text.
#include <cmath>
#include <limits>

#include "api_test.h"

namespace wasmrun::test {
namespace {

std::string roundTrip(const ValType& type, std::string_view text) { return good(Value::parse(type, text)).toString(); }

TEST(ValueTest, IntegersReadSignedAndUnsigned) {
  EXPECT_EQ(roundTrip(ValType::i32(), "42"), "42");
  EXPECT_EQ(roundTrip(ValType::i32(), "-2147483648"), "-2147483648");
  EXPECT_EQ(roundTrip(ValType::i32(), "4294967295"), "-1");
  EXPECT_EQ(roundTrip(ValType::i32(), "0xffffffff"), "-1");
  EXPECT_EQ(roundTrip(ValType::i32(), "-0x10"), "-16");
  EXPECT_EQ(roundTrip(ValType::i64(), "18446744073709551615"), "-1");
  EXPECT_EQ(roundTrip(ValType::i64(), "-9223372036854775808"), "-9223372036854775808");
  for (const char* wrong : {"", "-", "0x", "4294967296", "-2147483649", "1.0", " 1", "1 ", "--1", "+-1"})
    EXPECT_EQ(bad(Value::parse(ValType::i32(), wrong)).kind, ErrorKind::Usage) << wrong;
  EXPECT_CONTAINS(bad(Value::parse(ValType::i32(), "x")).message, "\"x\" is no value of type i32");
}

TEST(ValueTest, FloatsReadAsTheTextFormatWritesThem) {
  EXPECT_EQ(roundTrip(ValType::f64(), "0.1"), "0.1");
  EXPECT_EQ(roundTrip(ValType::f32(), "0.1"), "0.1");
  EXPECT_EQ(roundTrip(ValType::f64(), "-0"), "-0");
  EXPECT_EQ(roundTrip(ValType::f64(), "0x1.8p1"), "3");
  EXPECT_EQ(roundTrip(ValType::f64(), "inf"), "inf");
  EXPECT_EQ(roundTrip(ValType::f32(), "-inf"), "-inf");
  EXPECT_EQ(roundTrip(ValType::f64(), "nan"), "nan");
  EXPECT_EQ(roundTrip(ValType::f64(), "-nan"), "-nan");
  EXPECT_EQ(roundTrip(ValType::f32(), "nan:0x123"), "nan:0x123");
  for (const char* wrong : {"", "nan:0x0", "nan:0x800000", "infinity", "1e", "0x", "one", "--1"})
    EXPECT_EQ(bad(Value::parse(ValType::f32(), wrong)).kind, ErrorKind::Usage) << wrong;
}

TEST(ValueTest, VectorsReadAsNumberOrLanes) {
  EXPECT_EQ(roundTrip(ValType::v128(), "1,2,3,-1"), "0xffffffff000000030000000200000001");
  EXPECT_EQ(roundTrip(ValType::v128(), "0x1"), "0x00000000000000000000000000000001");
  for (const char* wrong : {"1", "1,2,3", "1,2,3,4,5", "0x", "0x100000000000000000000000000000000", "0xg"})
    EXPECT_EQ(bad(Value::parse(ValType::v128(), wrong)).kind, ErrorKind::Usage) << wrong;
}

TEST(ValueTest, ReferencesReadAsNull) {
  EXPECT_EQ(roundTrip(ValType::externref(), "null"), "null");
  EXPECT_EQ(bad(Value::parse(ValType::funcref(), "5")).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(Value::parse(ValType::ref(HeapKind::Func, false), "null")).kind, ErrorKind::Usage);
  Engine engine;
  Store store(engine);
  EXPECT_EQ(Value(Func::wrap(store, [] {})).toString(), "func <host function>");
  EXPECT_EQ(Value(good(ExternRef::make(store, std::make_shared<int>(1)))).toString(), "extern");
  EXPECT_EQ(Value(AnyRef::i31(store, 5)).toString(), "(ref i31)");
}

TEST(ValueTest, AccessorsOfOtherTypesGiveZero) {
  const Value value(7);
  EXPECT_EQ(value.i32(), 7);
  EXPECT_EQ(value.i64(), 0);
  EXPECT_FALSE(value.func());
  EXPECT_TRUE(value.externref().isNull());
  EXPECT_FALSE(value.isNull()) << "no reference at all";
  EXPECT_TRUE(Value::zero(ValType::ref(HeapKind::Func, false)).isNull());
}

TEST(ErrorTest, BacktraceHasWasmtimesLayout) {
  Frame named{"app", "crash", 3, 0x2a, 0x10, {{"/src/app.c", 7, 3}}};
  Frame nameless{"", "", 12, 0x12345678, 0, {}};
  Frame frames[] = {named, nameless};
  EXPECT_EQ(formatBacktrace(frames),
            "    0:     0x2a - app!crash\n"
            "                    at /src/app.c:7:3\n"
            "    1: 0x12345678 - <unknown>!<wasm function 12>\n");
  EXPECT_TRUE(formatBacktrace(frames, 2).starts_with("      0:     0x2a"));
  frames[1].tier = "baseline";
  EXPECT_TRUE(formatBacktrace(frames, 0, ShowTiers::Yes)
                  .ends_with("app.c:7:3\n    1: 0x12345678 - <unknown>!<wasm function 12> [baseline]\n"));
}

TEST(ErrorTest, TextHasThePlace) {
  EXPECT_EQ(Error({ErrorKind::Malformed, "unexpected end", 0x1f}).toString(), "unexpected end (at offset 0x1f)");
  EXPECT_EQ(failTrap("no such sprite").error().toString(), "no such sprite");
  EXPECT_EQ(failTrap("", TrapKind::OutOfFuel).error().toString(), "wasm trap: all fuel consumed by WebAssembly");
  EXPECT_EQ(kindName(ErrorKind::Exception), "exception");
}

}  // namespace
}  // namespace wasmrun::test
