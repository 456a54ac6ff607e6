#include "text/literals.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

namespace wasmrun::text {
namespace {

TEST(Literals, Strings) {
  EXPECT_EQ(decodeString(R"("a\t\n\r\"\'\\\41\fF\u{41}\u{20_AC}\u{1f600}")"),
            "a\t\n\r\"'\\A\xff"
            "A\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(decodeString("\"\""), "");
  EXPECT_EQ(decodeString(R"("\00x")"), std::string("\0x", 2));
  std::vector<u8> bytes = {1};
  appendString("\"\\02\\03\"", bytes);
  EXPECT_EQ(bytes, (std::vector<u8>{1, 2, 3}));
}

TEST(Literals, Names) {
  std::string scratch;
  EXPECT_EQ(idName("$a", scratch), "a");
  EXPECT_EQ(idName("$\"a b\"", scratch), "a b");
  EXPECT_EQ(idName("$\"\\41B\"", scratch), "AB");
  EXPECT_EQ(annotationName("(@custom", scratch), "custom");
  EXPECT_EQ(annotationName("(@\"n\\61me\"", scratch), "name");
}

TEST(Literals, Integers) {
  EXPECT_EQ(parseNatural("0", 32), 0u);
  EXPECT_EQ(parseNatural("4294967295", 32), 4294967295u);
  EXPECT_EQ(parseNatural("4_294_967_296", 32), std::nullopt);
  EXPECT_EQ(parseNatural("0xffff_ffff_ffff_ffff", 64), ~u64{0});
  EXPECT_EQ(parseNatural("0x1_0000_0000_0000_0000", 64), std::nullopt);
  EXPECT_EQ(parseNatural("18446744073709551616", 64), std::nullopt);
  EXPECT_EQ(parseNatural("-0", 32), std::nullopt);
  EXPECT_EQ(parseNatural("1.5", 32), std::nullopt);
  EXPECT_EQ(parseInteger("255", 8), 255u);
  EXPECT_EQ(parseInteger("256", 8), std::nullopt);
  EXPECT_EQ(parseInteger("+256", 8), std::nullopt);
  EXPECT_EQ(parseInteger("-128", 8), 0x80u);
  EXPECT_EQ(parseInteger("-129", 8), std::nullopt);
  EXPECT_EQ(parseInteger("-1", 16), 0xffffu);
  EXPECT_EQ(parseInteger("-0x8000_0000", 32), 0x80000000u);
  EXPECT_EQ(parseInteger("-0x80000001", 32), std::nullopt);
  EXPECT_EQ(parseInteger("-9223372036854775808", 64), u64{1} << 63);
  EXPECT_EQ(parseInteger("-9223372036854775809", 64), std::nullopt);
  EXPECT_EQ(parseInteger("-0", 32), 0u);
  EXPECT_EQ(parseInteger("0.0", 32), std::nullopt);
}

TEST(Literals, SpecialFloats) {
  EXPECT_EQ(parseF32("inf"), 0x7f800000u);
  EXPECT_EQ(parseF32("-inf"), 0xff800000u);
  EXPECT_EQ(parseF32("nan"), 0x7fc00000u);
  EXPECT_EQ(parseF64("-nan"), 0xfff8000000000000u);
  EXPECT_EQ(parseF32("nan:0x1"), 0x7f800001u);
  EXPECT_EQ(parseF32("nan:0x7f_ffff"), 0x7fffffffu);
  EXPECT_EQ(parseF32("nan:0x80_0000"), std::nullopt);
  EXPECT_EQ(parseF32("nan:0x0"), std::nullopt);
  EXPECT_EQ(parseF64("nan:0xf_ffff_ffff_ffff"), 0x7fffffffffffffffu);
  EXPECT_EQ(parseF64("nan:0x10_0000_0000_0000"), std::nullopt);
  EXPECT_EQ(parseF32("-0"), 0x80000000u);
  EXPECT_EQ(parseF64("-0x0.p99999999999999999999"), u64{1} << 63);
}

TEST(Literals, RangeOfFloats) {
  EXPECT_EQ(parseF32("0x1.fffffep127"), 0x7f7fffffu);
  EXPECT_EQ(parseF32("0x1.fffffefffffffffffffffffp127"), 0x7f7fffffu);
  EXPECT_EQ(parseF32("0x1.ffffffp127"), std::nullopt);
  EXPECT_EQ(parseF32("0x1p128"), std::nullopt);
  EXPECT_EQ(parseF32("1e39"), std::nullopt);
  EXPECT_EQ(parseF32("340282356779733661637539395458142568447"), 0x7f7fffffu);
  EXPECT_EQ(parseF32("340282356779733661637539395458142568448"), std::nullopt);
  EXPECT_EQ(parseF64("1e309"), std::nullopt);
  EXPECT_EQ(parseF64("1e99999999999999999999"), std::nullopt);
  EXPECT_EQ(parseF64("1e-99999999999999999999"), 0u);
  EXPECT_EQ(parseF64("0x1p99999999999999999999"), std::nullopt);
  EXPECT_EQ(parseF64("-0x1p-99999999999999999999"), u64{1} << 63);
  EXPECT_EQ(parseF64("0." + std::string(400, '0') + "1e401"), std::bit_cast<u64>(1.0));
  EXPECT_EQ(parseF64("0." + std::string(400, '0') + "1e710"), std::nullopt);
  EXPECT_EQ(parseF64("1" + std::string(400, '0') + "e-400"), std::bit_cast<u64>(1.0));
  EXPECT_EQ(parseF64("1" + std::string(400, '0') + "e-800"), 0u);
  EXPECT_EQ(parseF64("0x0." + std::string(400, '0') + "1p1604"), std::bit_cast<u64>(1.0));
}

TEST(Literals, HexFloatsRoundToEven) {
  EXPECT_EQ(parseF32("0x1.000001p0"), 0x3f800000u);                   // half of the last place: to even
  EXPECT_EQ(parseF32("0x1.000003p0"), 0x3f800002u);                   // the same, up
  EXPECT_EQ(parseF32("0x1.00000100000000000000001p0"), 0x3f800001u);  // a digit past 64 bits decides
  EXPECT_EQ(parseF32("0x1.000000ffffffffffffffffffp0"), 0x3f800000u);
  EXPECT_EQ(parseF32("0x1.ffffffp0"), 0x40000000u);  // carries into the exponent
  EXPECT_EQ(parseF32("0x1p-149"), 1u);
  EXPECT_EQ(parseF32("0x1p-150"), 0u);  // half of the smallest: to even
  EXPECT_EQ(parseF32("0x1.00000000000000000000001p-150"), 1u);
  EXPECT_EQ(parseF32("0x1p-151"), 0u);
  EXPECT_EQ(parseF32("0x1.8p-149"), 2u);
  EXPECT_EQ(parseF32("0x0.ffffffp-126"), 0x00800000u);  // rounds up to the smallest normal number
  EXPECT_EQ(parseF64("0x1.fffffffffffff8p1023"), std::nullopt);
  EXPECT_EQ(parseF64("0x1.fffffffffffff7fffp1023"), 0x7fefffffffffffffu);
}

TEST(Literals, DecimalUnderscoresAndPoints) {
  EXPECT_EQ(parseF64("1_000.5_0e1_0"), std::bit_cast<u64>(1000.5e10));
  EXPECT_EQ(parseF64("1."), std::bit_cast<u64>(1.0));
  EXPECT_EQ(parseF64("1.e+2"), std::bit_cast<u64>(100.0));
  EXPECT_EQ(parseF64("+7"), std::bit_cast<u64>(7.0));
  EXPECT_EQ(parseF32("16777217"), std::bit_cast<u32>(16777216.0f));
}

TEST(Literals, HexFloatsAgreeWithTheLibrary) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const u64 bits = random() & 0x7fffffffffffffff;
    const double value = std::bit_cast<double>(bits);
    if (!std::isfinite(value)) continue;
    char text[64];
    std::snprintf(text, sizeof text, "%a", value);
    EXPECT_EQ(parseF64(text), bits) << text;
    const float narrow = static_cast<float>(value);
    EXPECT_EQ(parseF32(text), std::isfinite(narrow) ? std::optional(std::bit_cast<u32>(narrow)) : std::nullopt) << text;
    std::snprintf(text, sizeof text, "%.20e", value);
    EXPECT_EQ(parseF64(text), bits) << text;
  }
}

TEST(Literals, Lanes) {
  const LaneShape* const shape = findLaneShape("i16x8");
  ASSERT_NE(shape, nullptr);
  EXPECT_EQ(shape->laneCount, 8);
  EXPECT_EQ(parseLane(*shape, "-1"), 0xffffu);
  EXPECT_EQ(parseLane(*shape, "65536"), std::nullopt);
  EXPECT_EQ(parseLane(*findLaneShape("f32x4"), "1.5"), 0x3fc00000u);
  EXPECT_EQ(parseLane(*findLaneShape("f64x2"), "nan:0x0"), std::nullopt);
  EXPECT_EQ(findLaneShape("i32x2"), nullptr);
}

}  // namespace
}  // namespace wasmrun::text
