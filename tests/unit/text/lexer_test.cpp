#include "text/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wasmrun::text {
namespace {

using enum TokenKind;

/// The tokens of a text, with those in annotations; the last is End or Error.
std::vector<TokenKind> kindsOf(std::string_view text) {
  Lexer lexer(text);
  std::vector<TokenKind> kinds;
  do kinds.push_back(lexer.next().kind);
  while (kinds.back() != End && kinds.back() != Error);
  return kinds;
}

TokenKind kindOf(std::string_view text) {
  Lexer lexer(text);
  const Token token = lexer.next();
  EXPECT_TRUE(token.kind == Error || token.size == text.size()) << text;
  return token.kind;
}

/// The message of a text's first error outside of annotations' meaning; "" if it has none.
std::string errorOf(std::string_view text) {
  Lexer lexer(text);
  for (;;) {
    const Token token = lexer.nextSkippingAnnotations();
    if (token.kind == End) return "";
    if (token.kind == Error) return lexer.errorMessage();
  }
}

using Kinds = std::vector<TokenKind>;

TEST(Lexer, NumbersAreClassified) {
  for (const char* text : {"0", "7", "123_456", "0x1F", "0xab_CD"}) EXPECT_EQ(kindOf(text), Natural) << text;
  for (const char* text : {"+0", "-7", "-0x1f"}) EXPECT_EQ(kindOf(text), Integer) << text;
  for (const char* text : {"1.", "1.5", "1e9", "1E-9", "1.e+1", "0x1.p1", "0x1.8P-3", "0xap1", "inf", "-inf", "nan",
                           "+nan", "nan:0x1", "-nan:0x7f_ff"})
    EXPECT_EQ(kindOf(text), Float) << text;
  for (const char* text : {"1_",  "_1x",  "1__0", "0x",    "0x_1", "0x1_", "1x", "1._0", "1_.0", "1e",
                           "1e+", "1e_1", "0x1p", "0x1pA", ".5",   "+",    "-x", "+_1",  "0_x1", "-nan:1"})
    EXPECT_EQ(kindOf(text), Reserved) << text;
  EXPECT_EQ(kindOf("nan:1"), Keyword);
  EXPECT_EQ(kindOf("info"), Keyword);
}

TEST(Lexer, WordsThatTouchMeanNothing) {
  for (const char* text : {"0$x", "0\"a\"", "\"a\"\"b\"", "\"a\"x", "$x\"a\"", "$\"x\"0", "a\"b\"c", "@x"})
    EXPECT_EQ(kindOf(text), Reserved) << text;
  EXPECT_EQ(kindsOf("(func(nop)$f)"), (Kinds{LeftParen, Keyword, LeftParen, Keyword, RightParen, Id, RightParen, End}));
  EXPECT_EQ(kindsOf("a;;b\nc"), (Kinds{Keyword, Keyword, End}));
  EXPECT_EQ(kindsOf("a(;b;)c"), (Kinds{Keyword, Keyword, End}));
  EXPECT_EQ(kindsOf("{ , ]"), (Kinds{Reserved, Reserved, Reserved, End}));
}

TEST(Lexer, NamesAndStrings) {
  EXPECT_EQ(kindOf("$a!#$%&'*+-./:<=>?@\\^_`|~"), Id);
  EXPECT_EQ(kindOf("$\" a\\n\\u{1f600}\""), Id);
  EXPECT_EQ(kindOf("\"\\t\\n\\r\\\"\\'\\\\\\00\\fF\\u{0_0041}\""), String);
  EXPECT_EQ(kindOf("\"\""), String);
  EXPECT_EQ(errorOf("$"), "empty identifier");
  EXPECT_EQ(errorOf("$\"\""), "empty identifier");
  EXPECT_EQ(errorOf("$\"a\nb\""), "empty identifier");
  EXPECT_EQ(errorOf("$\"a\tb\""), "empty identifier");
  EXPECT_EQ(errorOf("$\"\\ef\""), "malformed UTF-8 encoding");
  EXPECT_EQ(errorOf("\"\\ef\""), "");
  EXPECT_EQ(errorOf("\"\xef\""), "malformed UTF-8 encoding");
  EXPECT_EQ(errorOf("\"a"), "unclosed string");
  EXPECT_EQ(errorOf("\"a\n\""), "unclosed string");
  EXPECT_EQ(errorOf("\"\\q\""), "illegal escape");
  EXPECT_EQ(errorOf("\"\\u{110000}\""), "malformed UTF-8 encoding");
  EXPECT_EQ(errorOf("\"\\u{d800}\""), "malformed UTF-8 encoding");
  EXPECT_EQ(errorOf("\"\\u{fffffffffffff}\""), "malformed UTF-8 encoding");
  EXPECT_EQ(errorOf("\"\\u{}\""), "illegal escape");
  EXPECT_EQ(errorOf("\"\\"), "illegal escape");
}

TEST(Lexer, Comments) {
  EXPECT_EQ(kindsOf("(;a(;b;)c;)x"), (Kinds{Keyword, End}));
  EXPECT_EQ(kindsOf(std::string_view(";;\0\x01\x7f\nx", 7)), (Kinds{Keyword, End}));
  EXPECT_EQ(kindsOf(std::string_view("(;\0\x01\x7f;;\n;)x", 11)), (Kinds{Keyword, End}));
  EXPECT_EQ(kindsOf(";; a\rx"), (Kinds{Keyword, End}));
  EXPECT_EQ(kindsOf(";; a\r\nx;;"), (Kinds{Keyword, End}));
  EXPECT_EQ(kindsOf("(;;)x(;;;)"), (Kinds{Keyword, End}));
  EXPECT_EQ(errorOf("(;(;;)"), "unclosed comment");
  EXPECT_EQ(errorOf(";;\xff"), "malformed UTF-8 encoding");
  EXPECT_EQ(errorOf("(;\xc0\x80;)"), "malformed UTF-8 encoding");
  EXPECT_EQ(errorOf(";;Hei\xc3\x9f"), "");
}

TEST(Lexer, CharactersThatAreNone) {
  EXPECT_EQ(errorOf("\x01"), "illegal character");
  EXPECT_EQ(errorOf(std::string_view("\0", 1)), "illegal character");
  EXPECT_EQ(errorOf("\x7f"), "illegal character");
  EXPECT_EQ(errorOf("Hei\xc3\x9f"), "illegal character");
  EXPECT_EQ(errorOf("Hei\xc3"), "malformed UTF-8 encoding");
}

TEST(Lexer, AnnotationsHoldAnything) {
  EXPECT_EQ(errorOf("(@a , ; ] [ }} ({) ,{{};}] ;) (@\"a b\") (@a @ (@) (@ x) ((@(@)))) (@a \")\" x\"y\")"), "");
  EXPECT_EQ(kindsOf("(@a"), (Kinds{AnnotationStart, End}));
  EXPECT_EQ(errorOf("(@)"), "empty annotation id");
  EXPECT_EQ(errorOf("(@ \"a\")"), "empty annotation id");
  EXPECT_EQ(errorOf("(@\"\")"), "empty annotation id");
  EXPECT_EQ(errorOf("(@\"\n\")"), "empty annotation id");
  EXPECT_EQ(errorOf("(@\"\\ef\")"), "malformed UTF-8 encoding");
  EXPECT_EQ(errorOf("(@x (y"), "unclosed annotation");
  EXPECT_EQ(errorOf("(@x \")"), "unclosed string");
  EXPECT_EQ(errorOf("(@x \x01)"), "illegal character");
}

TEST(Lexer, DeepAnnotationsDoNotRecurse) {
  const u32 depth = 1'000'000;
  std::string text;
  for (u32 i = 0; i < depth; ++i) text += "(@a";
  EXPECT_EQ(errorOf(text), "unclosed annotation");
  EXPECT_EQ(errorOf(text + std::string(depth, ')')), "");
}

TEST(Lexer, SkipsListsWithoutReadingThem) {
  const std::string_view text = "(a (b) \")\" ;; )\n (; ) ;) $\")\" 0x) c";
  Lexer lexer(text);
  ASSERT_EQ(lexer.next().kind, LeftParen);
  ASSERT_TRUE(lexer.skipList());
  EXPECT_EQ(lexer.text(lexer.next()), "c");
  Lexer open("(a (b)");
  open.next();
  EXPECT_FALSE(open.skipList());
  EXPECT_EQ(open.next().kind, End);
}

TEST(Lexer, ReadsItsRangeOnly) {
  const std::string_view text = "abc def ghi";
  Lexer lexer(text, {4, 6});
  const Token token = lexer.next();
  EXPECT_EQ(token.offset, 4u);
  EXPECT_EQ(lexer.text(token), "de");
  EXPECT_EQ(lexer.next().kind, End);
}

}  // namespace
}  // namespace wasmrun::text
