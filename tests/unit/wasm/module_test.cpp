#include "wasm/module.h"

#include <thread>

#include "decoding.h"

namespace wasmrun::wasm {
namespace {

// -- Exports --------------------------------------------------------------------------------------------------------

TEST(Module, ExportsAreFoundByName) {
  Bytes entries = leb(5000);
  for (u32 i = 0; i < 5000; ++i) {
    const Bytes entry = cat({name("export" + std::to_string(i)), {0}, leb(i % 2)});
    entries.insert(entries.end(), entry.begin(), entry.end());
  }
  Decoding decoding;
  const auto module = decoding.valid(moduleOf({emptyFuncType(), section(kFunctions, {{0}, {0}}),
                                               section(kExports, entries), section(kCode, {body({}), body({})})}));
  ASSERT_TRUE(module);
  for (u32 i = 0; i < 5000; ++i) {
    const Export* const field = module->findExport("export" + std::to_string(i));
    ASSERT_NE(field, nullptr);
    EXPECT_EQ(field, &module->exports[i]);
  }
  EXPECT_EQ(module->findExport("export"), nullptr);
  EXPECT_EQ(module->findExport("export5000"), nullptr);
}

TEST(Module, WithoutExportsNothingIsFound) {
  Decoding decoding;
  EXPECT_EQ(decoding.valid(moduleOf({}))->findExport(""), nullptr);
}

// -- Names ----------------------------------------------------------------------------------------------------------

/// Functions: 0 imported as m.imported, 1 exported as "exported", 2 neither; with `names` as the name section.
Bytes withNames(const Bytes& names) {
  return moduleOf({emptyFuncType(), section(kImports, {cat({name("m"), name("imported"), {0, 0}})}),
                   section(kFunctions, {{0}, {0}}), section(kExports, {cat({name("exported"), {0, 1}})}),
                   section(kCode, {body({}), body({})}), custom("name", names)});
}

std::vector<std::string> namesOf(const Bytes& names) {
  Decoding decoding;
  const auto module = decoding.valid(withNames(names));
  std::vector<std::string> result = {std::string(module->moduleName())};
  for (u32 i = 0; i < 3; ++i) result.emplace_back(module->funcName(FuncIndex(i)));
  return result;
}

using Names = std::vector<std::string>;

TEST(Module, NamesComeFromTheNameSectionThenExportsThenImports) {
  const Bytes functions = section(1, {cat({{1}, name("one")}), cat({{2}, name("two")})});
  EXPECT_EQ(namesOf(cat({section(0, name("mod")), functions})), (Names{"mod", "imported", "one", "two"}));
  EXPECT_EQ(namesOf({}), (Names{"", "imported", "exported", ""}));
}

TEST(Module, MalformedNamesAreIgnored) {
  // A function that is not there, a name that is not UTF-8, a subsection that is cut off.
  const Bytes functions = section(1, {cat({{1}, name("one")}), cat({{9}, name("nine")}), cat({{2}, sized({0xff})})});
  EXPECT_EQ(namesOf(functions), (Names{"", "imported", "one", ""}));
  EXPECT_EQ(namesOf(cat({section(0, name("mod")), {1, 9, 1}})), (Names{"mod", "imported", "exported", ""}));
  EXPECT_EQ(namesOf({1, 6, 0xff, 0xff, 0xff, 0xff, 0x0f, 1}), (Names{"", "imported", "exported", ""}));
}

TEST(Module, NamesAreDecodedOnceByWhoeverComesFirst) {
  Decoding decoding;
  const auto module = decoding.valid(withNames({}));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_EQ(module->funcName(FuncIndex(1)), "exported"); });
  for (std::thread& thread : threads) thread.join();
}

// -- Branch hints ---------------------------------------------------------------------------------------------------

std::shared_ptr<const Module> withHints(Decoding& decoding, const Bytes& hints) {
  return decoding.valid(moduleOf({emptyFuncType(), section(kImports, {cat({name("m"), name("f"), {0, 0}})}),
                                  section(kFunctions, {{0}, {0}}), custom("metadata.code.branch_hint", hints),
                                  section(kCode, {body(repeat(20, {1})), body({})})}));
}

TEST(Module, BranchHints) {
  Decoding decoding;
  const auto module = withHints(decoding, {1, 1, 2, 3, 1, 1, 9, 1, 0});
  const std::span<const BranchHint> hints = module->branchHints(FuncIndex(1));
  ASSERT_EQ(hints.size(), 2u);
  EXPECT_EQ(hints[0].bodyOffset, 3u);
  EXPECT_TRUE(hints[0].likely);
  EXPECT_EQ(hints[1].bodyOffset, 9u);
  EXPECT_FALSE(hints[1].likely);
  EXPECT_TRUE(module->branchHints(FuncIndex(0)).empty());
  EXPECT_TRUE(module->branchHints(FuncIndex(2)).empty());
}

TEST(Module, MalformedBranchHintsCountAsNone) {
  const Bytes wrong[] = {
      {1, 1, 1, 3, 2, 1},                 // a hint of two bytes
      {1, 1, 1, 3, 1, 2},                 // a value that is neither 0 nor 1
      {1, 1, 2, 9, 1, 1, 3, 1, 0},        // not in order
      {1, 1, 1, 99, 1, 1},                // past the body
      {1, 0, 1, 1, 1, 1},                 // an imported function
      {1, 3, 1, 1, 1, 1},                 // no function
      {2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},  // a function twice
      {1, 1, 1, 3, 1},                    // cut off
      {1, 1, 1, 3, 1, 1, 0},              // a byte too many
      {0xff, 0xff, 0xff, 0xff, 0x0f},
  };
  for (const Bytes& hints : wrong) {
    Decoding decoding;
    EXPECT_TRUE(withHints(decoding, hints)->branchHints(FuncIndex(1)).empty());
  }
}

// -- Types ----------------------------------------------------------------------------------------------------------

TEST(Module, TypesAreSharedByModulesAndReleasedWithThem) {
  Decoding decoding;
  const Bytes bytes = moduleOf({section(kTypes, {{0x60, 1, 0x7f, 0}, {0x60, 1, 0x7f, 0}, {0x5f, 1, 0x63, 0, 0}})});
  auto one = decoding.valid(bytes), two = decoding.valid(bytes);
  EXPECT_EQ(one->types[0], one->types[1]);
  EXPECT_EQ(one->types, two->types);
  EXPECT_EQ(decoding.registry.groupCount(), 2u);
  one.reset();
  EXPECT_EQ(decoding.registry.groupCount(), 2u);
  two.reset();
  EXPECT_EQ(decoding.registry.groupCount(), 0u);
}

TEST(Module, AFailedDecodingReleasesItsTypes) {
  Decoding decoding;
  EXPECT_FALSE(decoding.decode(moduleOf({section(kTypes, {{0x60, 0, 0}, {0x61}})})));
  EXPECT_EQ(decoding.registry.groupCount(), 0u);
}

TEST(Module, DeclaredFunctions) {
  // Named by an export, a global, an element segment, an expression of one; the start function is not.
  Decoding decoding;
  const auto module = decoding.valid(
      moduleOf({emptyFuncType(), section(kFunctions, {{0}, {0}, {0}, {0}, {0}, {0}}),
                section(kGlobals, {{0x70, 0, 0xd2, 1, 0x0b}}), section(kExports, {cat({name("a"), {0, 0}})}),
                section(kStart, leb(4)), section(kElements, {{3, 0, 1, 2}, {7, 0x70, 1, 0xd2, 3, 0x0b}}),
                section(kCode, repeat(1, cat({{6}, repeat(6, body({}))})))}));
  ASSERT_TRUE(module);
  EXPECT_EQ(module->declaredFuncs, (std::vector<bool>{true, true, true, true, false, false}));
}

}  // namespace
}  // namespace wasmrun::wasm
