#include "wasmrun/script.h"

#include "api_test.h"

namespace wasmrun::test {
namespace {

/// The module that the i-th command defines.
script::ModuleSource moduleOf(const Script& script, size_t i) {
  return std::get<script::ModuleDefinition>(script.commands()[i].what).source;
}

class ScriptTest : public ApiTest {};

TEST_F(ScriptTest, ModulesOfEveryFormCompile) {
  const Script script =
      good(Script::parse("(module (func (export \"f\")))"
                         "(module binary \"\\00asm\" \"\\01\\00\\00\\00\")"
                         "(module quote \"(func (export \\\"f\\\"))\")"
                         "(module definition (func (export \"f\")))"));
  ASSERT_EQ(script.commands().size(), 4u);
  for (const size_t i : {0, 2, 3}) EXPECT_TRUE(good(script.compile(engine, moduleOf(script, i))).findExport("f")) << i;
  EXPECT_TRUE(good(script.compile(engine, moduleOf(script, 1))).exports().empty());
}

TEST_F(ScriptTest, BareFieldsCompile) {
  const Script script = good(Script::parse("(func (export \"f\")) (memory 1)"));
  ASSERT_EQ(script.commands().size(), 1u);
  EXPECT_TRUE(good(script.compile(engine, moduleOf(script, 0))).findExport("f"));
}

TEST_F(ScriptTest, ErrorsAreWhereTheyAreInTheScript) {
  const Script script =
      good(Script::parse("(module)\n (module\n  (func (result i32)\n    i64.const 1))\n(module quote \"(fun)\")"));
  const Error invalid = bad(script.compile(engine, moduleOf(script, 1)));
  EXPECT_EQ(invalid.kind, ErrorKind::Invalid);
  EXPECT_CONTAINS(invalid.message, "type mismatch");
  EXPECT_GE(invalid.line, 3u);
  EXPECT_LE(invalid.line, 4u);
  const Error malformed = bad(script.compile(engine, moduleOf(script, 2)));
  EXPECT_EQ(malformed.kind, ErrorKind::Malformed);
  EXPECT_EQ(malformed.line, 1u) << "in the quoted text";
  EXPECT_EQ(script.place(script.commands()[1].offset).line, 2u);
  EXPECT_EQ(script.place(script.commands()[1].offset).column, 2u);
}

TEST_F(ScriptTest, BinaryModulesAreNeverText) {
  const Script script = good(Script::parse("(module binary \"(module)\") (module binary)"));
  for (const size_t i : {0, 1}) EXPECT_EQ(bad(script.compile(engine, moduleOf(script, i))).kind, ErrorKind::Malformed);
}

TEST_F(ScriptTest, CopiesOutliveTheOriginal) {
  Script copy = good(Script::parse("(module)"));
  {
    const Script original = good(Script::parse("(module (func (export \"f\")))", "a.wast"));
    copy = original;
  }
  EXPECT_TRUE(good(copy.compile(engine, moduleOf(copy, 0))).findExport("f"));
}

TEST_F(ScriptTest, WhatIsNoScriptSaysWhere) {
  const Error error = bad(Script::parse("(module)\n  (oops)", "a.wast"));
  EXPECT_EQ(error.kind, ErrorKind::Malformed);
  EXPECT_EQ(error.line, 2u);
  EXPECT_EQ(error.column, 4u);
}

}  // namespace
}  // namespace wasmrun::test
