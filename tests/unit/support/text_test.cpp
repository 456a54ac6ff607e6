#include "support/text.h"

#include <gtest/gtest.h>

#include "support/utf8.h"

namespace wasmrun::support {
namespace {

TEST(Text, ConcatJoinsStringsAndNumbers) {
  EXPECT_EQ(concat("at ", u32{7}, ' ', -3, ' ', Hex{255, 4}), "at 7 -3 0x00ff");
}

TEST(Text, QuotedEscapesControlsAndBrokenUtf8) {
  EXPECT_EQ(quoted("a\"\\\n"), "\"a\\\"\\\\\\u000a\"");
  EXPECT_EQ(quoted("\xc3\xa9\xff"), "\"\xc3\xa9\\u00ff\"");
}

TEST(Text, QuotedEscapesWhatDeceives) {
  EXPECT_EQ(quoted("\xc2\x9b\xe2\x80\xae\xe2\x81\xa6"), "\"\\u009b\\u202e\\u2066\"");
  EXPECT_EQ(quoted("\xe2\x80\xa8\xe2\x80\x8f\xd8\x9c\xef\xbb\xbf"), "\"\\u2028\\u200f\\u061c\\ufeff\"");
}

TEST(Utf8, RejectsOverlongSurrogatesAndTooLarge) {
  EXPECT_TRUE(isUtf8("plain \xe2\x82\xac \xf0\x9f\x98\x80"));
  EXPECT_FALSE(isUtf8("\xc0\x80"));
  EXPECT_FALSE(isUtf8("\xe0\x80\x80"));
  EXPECT_FALSE(isUtf8("\xed\xa0\x80"));
  EXPECT_FALSE(isUtf8("\xf4\x90\x80\x80"));
  EXPECT_FALSE(isUtf8("\xe2\x82"));
}

}  // namespace
}  // namespace wasmrun::support
