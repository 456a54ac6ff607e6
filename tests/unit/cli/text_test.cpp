#include "text.h"

#include <gtest/gtest.h>

#include <vector>

#include "demangle.h"

namespace wasmrun::cli {

TEST(Text, NamesCannotDriveATerminal) {
  EXPECT_EQ(escaped("plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x99"), "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x99");
  EXPECT_EQ(escaped("a\nb\x1b[2J\x7f"), "a\\u{a}b\\u{1b}[2J\\u{7f}");
  EXPECT_EQ(escaped("\xc2\x9b"), "\\u{9b}");  // C1's control sequence introducer
  EXPECT_EQ(escaped("\xff\xc3"), "\\ff\\c3");
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\ed\\a0\\80");  // a surrogate is no character
  EXPECT_EQ(escaped("\xc0\xaf"), "\\c0\\af");          // neither is an overlong slash
}

TEST(Text, NamesDoNotTurnAround) {
  EXPECT_EQ(escaped("a\xe2\x80\xae"
                    "b\xe2\x81\xa9"),
            "a\\u{202e}b\\u{2069}");
  EXPECT_EQ(escaped("\xe2\x80\x8e\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\x94"), "\\u{200e}\\u{2028}\\u{2029}\xe2\x80\x94");
  EXPECT_EQ(jsonString("\xe2\x80\xae"), "\"\\u202e\"");
}

TEST(Text, MessagesKeepTheirLines) { EXPECT_EQ(escapedLines("a\n\tb\r\n"), "a\n\\u{9}b\\u{d}\n"); }

TEST(Text, JsonStrings) {
  EXPECT_EQ(jsonString("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\u000a\\u0001\"");
  EXPECT_EQ(jsonString("\\u0041"), "\"\\\\u0041\"");
  EXPECT_EQ(jsonString("x\xffy"), "\"x\xef\xbf\xbdy\"");
}

TEST(Text, FilledLinesStayWithinTheWidth) {
  EXPECT_EQ(filled("one two three four", 2, 12), "one two\n  three four");
  EXPECT_EQ(filled("unbreakableword x", 0, 5), "unbreakableword\nx");
  EXPECT_EQ(filled("", 4), "");
}

TEST(Demangle, CppAndRust) {
  EXPECT_EQ(demangled("_ZN3app5crashERKi"), "app::crash(int const&)");
  EXPECT_EQ(demangled("_ZN3std9panicking20rust_panic_with_hook17h6ac9107c42850161E"),
            "std::panicking::rust_panic_with_hook");
  EXPECT_EQ(
      demangled("_ZN3std2rt10lang_start28_$u7b$$u7b$closure$u7d$$u7d$17had548818115626c5E.llvm.4275831963108997214"),
      "std::rt::lang_start::{{closure}}");
  EXPECT_EQ(
      demangled("_ZN66_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE"),
      "<alloc::vec::Vec<T> as core::ops::drop::Drop>::drop");
}

TEST(Demangle, OtherNamesStay) {
  for (std::string name : {"", "main", "_Z", "_Znonsense", "i", "_ZN", "$LT$"}) EXPECT_EQ(demangled(name), name);
  const std::string deep = "_Z1f" + std::string(100000, 'P') + "i";
  EXPECT_EQ(demangled(deep), deep);
  demangled("_Z1f" + std::string(1000, 'P') + "i");
}

TEST(Demangle, NamesThatGrowWithoutBoundStay) {
  // f(A<int, int>, A<A<int, int>, A<int, int>>, ...): each type is twice the one before.
  std::string bomb = "_Z1f1AIiiE1AIS0_S0_E";
  for (char digit = '1'; digit <= '9'; digit++) bomb += std::string("1AIS") + digit + "_S" + digit + "_E";
  for (char letter = 'A'; letter <= 'Z'; letter++) bomb += std::string("1AIS") + letter + "_S" + letter + "_E";
  EXPECT_EQ(demangled(bomb), bomb);
}

}  // namespace wasmrun::cli
