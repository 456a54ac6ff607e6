#include "support/byte_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace wasmrun::support {
namespace {

using Bytes = std::vector<u8>;

TEST(ByteReader, LebOfEveryLengthReadsItsValue) {
  EXPECT_EQ(ByteReader(Bytes{0x7f}).readU32(), 127u);
  EXPECT_EQ(ByteReader(Bytes{0x7f}).readI32(), -1);
  EXPECT_EQ(ByteReader(Bytes{0x80, 0x01}).readU32(), 128u);
  EXPECT_EQ(ByteReader(Bytes{0x80, 0x7f}).readI32(), -128);
  EXPECT_EQ(ByteReader(Bytes{0xff, 0xff, 0xff, 0xff, 0x0f}).readU32(), ~u32{0});
  EXPECT_EQ(ByteReader(Bytes{0x80, 0x80, 0x80, 0x80, 0x78}).readI32(), std::numeric_limits<i32>::min());
  EXPECT_EQ(ByteReader(Bytes{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}).readI64(),
            std::numeric_limits<i64>::min());
}

const char* errorOfU32(const Bytes& bytes) {
  ByteReader reader(bytes);
  reader.readU32();
  return reader.ok() ? "" : reader.errorMessage();
}

TEST(ByteReader, LebErrorsUseTheSpecsWords) {
  EXPECT_STREQ(errorOfU32({}), "unexpected end of section or function");
  EXPECT_STREQ(errorOfU32({0x80}), "unexpected end of section or function");
  EXPECT_STREQ(errorOfU32({0x80, 0x80, 0x80, 0x80, 0x10}), "integer too large");
  EXPECT_STREQ(errorOfU32({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), "integer representation too long");
  const Bytes signBitsDiffer{0xff, 0xff, 0xff, 0xff, 0x4f};
  ByteReader negative(signBitsDiffer);
  negative.readI32();
  EXPECT_STREQ(negative.errorMessage(), "integer too large");
}

TEST(ByteReader, AnErrorStaysAtItsPlaceAndEndsTheInput) {
  const Bytes bytes{0x01, 0x80};
  ByteReader reader(bytes, 100);
  EXPECT_EQ(reader.readU32(), 1u);
  EXPECT_EQ(reader.readU32(), 0u);
  EXPECT_EQ(reader.readByte(), 0u);
  EXPECT_EQ(reader.error().offset, 102u);
  EXPECT_TRUE(reader.atEnd());
}

}  // namespace
}  // namespace wasmrun::support
