#include "support/text.h"
#include "text/function_printer.h"
#include "text/module_printer.h"
#include "text/printed_literals.h"
#include "wasm/decoding.h"
#include "wasm/sample_modules.h"

namespace wasmrun::text {
namespace {

using namespace wasm;

std::string textOf(const Module& module) {
  std::string text;
  printModule(PrintedModule(module), [&](std::string_view piece) { text += piece; });
  return text;
}

std::string textOf(const Bytes& bytes) {
  Decoding decoding;
  const auto module = decoding.valid(bytes);
  return module ? textOf(*module) : "";
}

void expectContains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\n--- not in ---\n" << text;
}
void expectLacks(const std::string& text, std::string_view part) {
  EXPECT_EQ(text.find(part), std::string::npos) << part << "\n--- in ---\n" << text;
}

/// A module with one function [i32] -> [] of this code, all sorts of memories and tables, and name section `names`.
Bytes withCode(const Bytes& code, const Bytes& names = {}) {
  return moduleOf({section(kTypes, {{0x60, 1, 0x7f, 0}}), section(kFunctions, {{0}}),
                   section(kTables, {{0x70, 0, 1}, {0x70, 0, 1}}), section(kMemories, {{0, 1}, {0, 1}}),
                   section(kElements, {{1, 0, 1, 0}, {1, 0, 1, 0}}), section(kDataCount, leb(2)),
                   section(kCode, {body(code)}), section(kData, {{1, 0}, {1, 0}}), custom("name", names)});
}

// -- Literals
// -------------------------------------------------------------------------------------------------------------

template <class Bits>
std::string floatText(Bits bits) {
  std::string text;
  if constexpr (sizeof(Bits) == 4)
    printF32(text, bits);
  else
    printF64(text, bits);
  return text;
}

TEST(PrintedLiterals, FloatsReadBackExactly) {
  EXPECT_EQ(floatText(0x3dcccccdu), "0.1");
  EXPECT_EQ(floatText(0x80000000u), "-0");
  EXPECT_EQ(floatText(0x00000001u), "1e-45");
  EXPECT_EQ(floatText(0xff800000u), "-inf");
  EXPECT_EQ(floatText(u64{0x3fb999999999999a}), "0.1");
  EXPECT_EQ(floatText(u64{0x7fefffffffffffff}), "1.7976931348623157e+308");
}

TEST(PrintedLiterals, NansKeepSignAndPayload) {
  EXPECT_EQ(floatText(0x7fc00000u), "nan");
  EXPECT_EQ(floatText(0xffc00000u), "-nan");
  EXPECT_EQ(floatText(0x7f800001u), "nan:0x1");
  EXPECT_EQ(floatText(u64{0xfffc000000000000}), "-nan:0xc000000000000");
}

TEST(PrintedLiterals, StringsEscapeBytes) {
  std::string text;
  printString(text, std::vector<u8>{'a', '"', '\\', '\n', 0, 0x7f, 0xff});
  EXPECT_EQ(text, "\"a\\\"\\\\\\n\\00\\7f\\ff\"");
}

TEST(PrintedLiterals, NamesStayReadableAndSafe) {
  std::string text;
  printName(text, "λ\u202e\x1b");
  EXPECT_EQ(text, "\"λ\\u{202e}\\1b\"");
}

TEST(PrintedLiterals, IdentifiersAreQuotedWhereTheyMustBe) {
  std::string text;
  printId(text, "a.b$c"), text += ' ', printId(text, "a b"), text += ' ', printId(text, "λ");
  EXPECT_EQ(text, "$a.b$c $\"a b\" $\"λ\"");
}

// -- Names
// ----------------------------------------------------------------------------------------------------------------

TEST(Printer, NamesAreIdentifiers) {
  // block; br 0; end, with names for module, function, local and label
  const Bytes names = cat({section(0, name("mod")), section(1, cat({{1, 0}, name("f g")})),
                           section(2, cat({{1, 0, 1, 0}, name("x")})), section(3, cat({{1, 0, 1, 0}, name("l")}))});
  const std::string text = textOf(withCode({0x20, 0, 0x1a, 0x02, 0x40, 0x0c, 0, 0x0b}, names));
  expectContains(text, "(module $mod\n");
  expectContains(text, "(func $\"f g\" (;0;) (type 0) (param $x i32)\n");
  expectContains(text, "local.get $x\n");
  expectContains(text, "block $l (;@1;)\n      br $l\n    end\n");
  expectLacks(text, "@custom");
}

TEST(Printer, NamesThatAreNoIdentifiersAreAnnotations) {
  const Bytes names = section(5, cat({{2, 0}, name("t"), {1}, name("t")}));
  const std::string text = textOf(withCode({}, names));
  expectContains(text, "(table $t (;0;) 1 funcref)");
  expectContains(text, "(table $t.1 (@name \"t\") (;1;) 1 funcref)");
  expectContains(textOf(withCode({}, section(1, cat({{1, 0}, name("")})))), "(func (@name \"\") (;0;)");
}

TEST(Printer, IdentifiersMadeUniqueMeetNoOthers) {
  const Bytes names = section(5, cat({{2, 0}, name("t"), {1}, name("t")}));
  const EntryName three[] = {{0, 0, "a.2"}, {0, 1, "a"}, {0, 2, "a"}};
  const IdSpace ids{three};
  EXPECT_EQ(ids.id(0), "a.2");
  EXPECT_EQ(ids.id(1), "a");
  EXPECT_EQ(ids.id(2), "a.2_");
}

TEST(Printer, NameSectionsThatIdentifiersCannotGiveAreBytes) {
  for (const Bytes& names : {Bytes{0x20, 0},                                             // an unknown subsection
                             section(3, cat({{1, 0, 1, 7}, name("l")})),                 // a label that is not there
                             section(1, cat({{1, 9}, name("f")})),                       // a function that is not there
                             cat({section(1, cat({{1, 0}, name("f")})), {1, 1, 0}})}) {  // a subsection twice
    const std::string text = textOf(withCode({}, names));
    expectContains(text, "(@custom \"name\" (after data)");
    expectContains(text, "(func (;0;)");
  }
}

// -- Instructions
// -----------------------------------------------------------------------------------------------------------

TEST(Printer, ImmediatesInTheOrderOfTheTextFormat) {
  const Bytes three = {0x41, 0, 0x41, 0, 0x41, 0};
  const std::string text = textOf(withCode(cat({three,
                                                {0xfc, 8, 1, 0},
                                                three,
                                                {0xfc, 8, 0, 1},  // memory.init
                                                three,
                                                {0xfc, 12, 1, 0},
                                                three,
                                                {0xfc, 12, 0, 1},  // table.init
                                                three,
                                                {0xfc, 10, 0, 1},
                                                three,
                                                {0xfc, 10, 0, 0},                   // memory.copy
                                                {0x41, 0, 0x28, 0x42, 1, 8, 0x1a},  // i32.load
                                                {0x41, 0, 0x28, 1, 0, 0x1a}})));
  for (const char* line : {"memory.init 1\n", "memory.init 1 0\n", "table.init 1\n", "table.init 1 0\n",
                           "memory.copy 0 1\n", "memory.copy\n", "i32.load 1 offset=8\n", "i32.load align=2\n"})
    expectContains(text, std::string("    ") + line);
}

TEST(Printer, EveryOpcodeOfTheTableIsPrinted) {
  const std::string text = textOf(everythingModule());
  for (const OpcodeInfo& opcode : kOpcodes) expectContains(text, opcode.text);
  expectLacks(text, "bot");
}

TEST(Printer, BranchHintsAreAnnotations) {
  const auto withHint = [](const Bytes& hints) {
    return moduleOf({section(kTypes, {{0x60, 0, 0}}), section(kFunctions, {{0}}),
                     custom("metadata.code.branch_hint", hints), section(kCode, {body({0x41, 0, 0x04, 0x40, 0x0b})})});
  };
  expectContains(textOf(withHint({1, 0, 1, 3, 1, 1})), "(@metadata.code.branch_hint \"\\01\") if (;@1;)\n");
  // At i32.const: the annotation cannot stand there.
  expectContains(textOf(withHint({1, 0, 1, 1, 1, 1})), "(@custom \"metadata.code.branch_hint\" (after func)");
}

TEST(Printer, DeepNestingIsNotIndentedForEver) {
  const size_t kDepth = 100'000;
  const std::string text = textOf(withCode(cat({repeat(kDepth, {0x02, 0x40}), repeat(kDepth, {0x0b})})));
  EXPECT_LT(text.size(), kDepth * 250);
}

// -- Types
// ----------------------------------------------------------------------------------------------------------------

TEST(Printer, RecursiveGroupsReferToThemselves) {
  // The same group twice; the second's member means itself, not the first's, or it would be another type.
  const Bytes group = {0x4e, 2, 0x50, 0, 0x5f, 1, 0x63, 0, 0, 0x50, 0, 0x5f, 0};
  Bytes second = group;
  second[7] = 2;
  const std::string text = textOf(moduleOf({section(kTypes, {group, second, {0x50, 1, 0, 0x5f, 1, 0x63, 2, 0}})}));
  expectContains(text,
                 "  (rec\n"
                 "    (type (;0;) (sub (struct (field (ref null 0)))))\n"
                 "    (type (;1;) (sub (struct)))\n"
                 "  )\n"
                 "  (rec\n"
                 "    (type (;2;) (sub (struct (field (ref null 2)))))\n");
  expectContains(text, "(type (;4;) (sub 0 (struct (field (ref null 0)))))");
}

// -- Custom sections
// --------------------------------------------------------------------------------------------------------

TEST(Printer, CustomSectionsSayWhereTheyAre) {
  const std::string text = textOf(moduleOf(
      {custom("a", {}), emptyFuncType(), custom("b", {1}), section(kImports, {}), custom("c", Bytes(65, 'x'))}));
  expectContains(text, "(@custom \"a\" (before first) \"\")\n");
  expectContains(text, "(@custom \"b\" (after type) \"\\01\")\n");
  expectContains(text, "(@custom \"c\" (after type)\n    \"xxxx");  // the import section is empty
  expectContains(text, "xxx\"\n    \"x\")\n");
}

// -- Functions and pieces
// ---------------------------------------------------------------------------------------------------

TEST(Printer, AFunctionWithOffsets) {
  Decoding decoding;
  const auto module = decoding.valid(withCode({0x20, 0, 0x1a}));
  ASSERT_TRUE(module);
  const PrintedModule printed(*module);
  std::string text;
  const TextSink sink = [&](std::string_view piece) { text += piece; };
  {
    PieceWriter writer(sink);
    printFunction(printed, DefinedFuncIndex(0), {.offsets = true}, writer);
  }
  const u32 at = module->bodies[0].offset;
  const auto margin = [](u32 offset) { return support::concat("(;", support::Hex{offset, 6}, ";) "); };
  EXPECT_EQ(text, margin(at) + "(func (;0;) (type 0) (param i32)\n" + margin(at + 1) + "  local.get 0\n" +
                      margin(at + 3) + "  drop\n" + margin(at + 5) + ")\n");
}

TEST(Printer, PiecesAreBounded) {
  Decoding decoding;
  const auto module =
      decoding.valid(moduleOf({section(kMemories, {{0, 1}}), section(kData, {cat({{1}, sized(Bytes(1 << 20))})})}));
  ASSERT_TRUE(module);
  size_t largest = 0, pieces = 0;
  printModule(PrintedModule(*module),
              [&](std::string_view piece) { largest = std::max(largest, piece.size()), ++pieces; });
  EXPECT_GT(pieces, 10u);
  EXPECT_LT(largest, size_t{80} << 10);
}

}  // namespace
}  // namespace wasmrun::text
