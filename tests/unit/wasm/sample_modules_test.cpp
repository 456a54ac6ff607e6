#include "sample_modules.h"

#include "decoding.h"

namespace wasmrun::wasm {
namespace {

TEST(SampleModules, AreValid) {
  EXPECT_EQ(errorOf(everythingModule()), "");
  EXPECT_EQ(errorOf(programModule()), "");
}

TEST(SampleModules, EverythingIsThere) {
  Decoding decoding;
  const auto module = decoding.valid(everythingModule());
  ASSERT_TRUE(module);
  EXPECT_EQ(module->types.size(), 5u);
  EXPECT_EQ(module->imports.size(), 3u);
  EXPECT_EQ(module->funcTypes.size(), 3u);
  EXPECT_EQ(module->tables.size(), 4u);
  EXPECT_EQ(module->memories.size(), 2u);
  EXPECT_EQ(module->globals.size(), 6u);
  EXPECT_EQ(module->elements.size(), 8u);
  EXPECT_EQ(module->data.size(), 3u);
  EXPECT_EQ(module->sections.size(), 15u);
  EXPECT_EQ(module->funcName(FuncIndex(2)), "every_opcode");
}

}  // namespace
}  // namespace wasmrun::wasm
