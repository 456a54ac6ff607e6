#include "text/source.h"

#include <gtest/gtest.h>

#include "text/keywords.h"
#include "text/mnemonics.h"
#include "text/source_map.h"

namespace wasmrun::text {
namespace {

TEST(SourceText, CountsLinesAndColumns) {
  const SourceText source("a\nbc\r\nd\re", "x.wat");
  const std::pair<u32, Position> places[] = {{0, {1, 1}}, {1, {1, 2}}, {2, {2, 1}}, {3, {2, 2}},
                                             {6, {3, 1}}, {8, {4, 1}}, {9, {4, 2}}};
  for (const auto& [offset, position] : places) {
    EXPECT_EQ(source.positionOf(offset).line, position.line) << offset;
    EXPECT_EQ(source.positionOf(offset).column, position.column) << offset;
  }
  EXPECT_EQ(source.line(2), "bc");
  EXPECT_EQ(source.line(4), "e");
  EXPECT_EQ(source.line(5), "");
  EXPECT_EQ(source.describe(3), "x.wat:2:2");
}

TEST(SourceText, ErrorsShowTheirLine) {
  const SourceText source("(module\n\t(func $f (call $g)))\n", "x.wat");
  const Error error = source.error(ErrorKind::Malformed, "unknown function $g", 25);
  EXPECT_EQ(error.toString(),
            "x.wat:2:18: unknown function $g\n"
            " (func $f (call $g)))\n"
            "                 ^");
  EXPECT_EQ(SourceText("x").error(ErrorKind::Malformed, "m", 0).toString(), "1:1: m\nx\n^");
}

TEST(SourceText, LongLinesAreCut) {
  const std::string text = std::string(1000, 'a') + 'X' + std::string(1000, 'b');
  const Error error = SourceText(text).error(ErrorKind::Malformed, "m", 1000);
  const std::string want =
      "..." + std::string(60, 'a') + 'X' + std::string(59, 'b') + "...\n" + std::string(63, ' ') + '^';
  EXPECT_EQ(error.detail->excerpt, want);
}

TEST(SourceText, CaretCountsCharacters) {
  const Error error = SourceText("\"\xc3\xa9\xff\" ?").error(ErrorKind::Malformed, "m", 4);
  EXPECT_EQ(error.detail->excerpt, "\"\xc3\xa9?\" ?\n   ^");
}

TEST(SourceMap, FindsTheEntryAtOrBefore) {
  SourceMapPart body;
  body.add(0, 100);
  body.add(3, 90);
  body.add(200, 1000);
  SourceMapPart section;
  section.add(1, 50);
  section.append(body, 10);
  section.append(body, 300);
  SourceMap map;
  map.setStart(7);
  map.addSection(20, section);
  EXPECT_EQ(map.textOffset(0), 7u);
  EXPECT_EQ(map.textOffset(20), 7u);
  EXPECT_EQ(map.textOffset(21), 50u);
  EXPECT_EQ(map.textOffset(30), 100u);
  EXPECT_EQ(map.textOffset(34), 90u);
  EXPECT_EQ(map.textOffset(229), 90u);
  EXPECT_EQ(map.textOffset(230), 1000u);
  EXPECT_EQ(map.textOffset(320), 100u);
  EXPECT_EQ(map.textOffset(9999), 1000u);
}

TEST(Mnemonics, EveryOpcodeIsFound) {
  for (u32 i = 0; i < wasm::kOpcodeCount; ++i) {
    // Of those that share a name (select, ref.test, ref.cast), the first.
    u32 first = 0;
    while (wasm::kOpcodes[first].text != wasm::kOpcodes[i].text) ++first;
    EXPECT_EQ(findOpcode(wasm::kOpcodes[i].text), static_cast<wasm::Opcode>(first)) << wasm::kOpcodes[i].text;
  }
  EXPECT_EQ(findOpcode("i32.ad"), wasm::Opcode::kCount);
  EXPECT_EQ(findOpcode(""), wasm::Opcode::kCount);
}

TEST(Keywords, TablesOfTheParsersAreKnown) {
  for (const char* word : {"i32.add", "v128", "i8", "noexn", "nullref", "i8x16", "tag", "rec", "start", "module",
                           "thread", "get", "assert_return", "assert_invalid_custom", "either"})
    EXPECT_TRUE(isKnownKeyword(word)) << word;
  EXPECT_FALSE(isKnownKeyword("assert_"));
}

TEST(Keywords, UnexpectedTokens) {
  EXPECT_EQ(unexpectedToken({TokenKind::Keyword, 0, 4}, "func"), "unexpected token func");
  EXPECT_EQ(unexpectedToken({TokenKind::Keyword, 0, 9}, "get_local"), "unknown operator get_local");
  EXPECT_EQ(unexpectedToken({TokenKind::Keyword, 0, 8}, "offset=4"), "unexpected token offset=4");
  EXPECT_EQ(unexpectedToken({TokenKind::Reserved, 0, 2}, "0x"), "unknown operator 0x");
  EXPECT_EQ(unexpectedToken({TokenKind::End, 0, 0}, ""), "unexpected token: the text ends here");
}

}  // namespace
}  // namespace wasmrun::text
