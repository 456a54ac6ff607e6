#include "text/encode.h"

#include <gtest/gtest.h>

#include "support/text.h"
#include "text/module_printer.h"
#include "wasm/branch_hints.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"
#include "wasm/name_section.h"

namespace wasmrun::text {
namespace {

using support::concat;
using Bytes = std::vector<u8>;

Bytes encode(std::string_view text) {
  const SourceText source(text);
  auto encoded = encodeModule(source, source.range());
  EXPECT_TRUE(encoded) << encoded.error().toString();
  return encoded ? std::move(encoded->bytes) : Bytes();
}

/// "line:column: message", or "" for text that encodes and validates.
std::string errorOf(std::string_view text) {
  const SourceText source(text);
  auto encoded = encodeModule(source, source.range());
  Error error;
  if (!encoded) {
    error = encoded.error();
  } else {
    wasm::Features features;
    for (const wasm::FeatureInfo& info : wasm::kFeatures) features.set(info.feature, true);
    wasm::TypeRegistry registry;
    const auto module = wasm::decodeModule(registry, features, wasm::ownBytes(std::move(encoded->bytes)), {1});
    if (module) return "";
    error = locateError(source, encoded->map, module.error());
  }
  return concat(error.line, ':', error.column, ": ", error.message);
}

void expectError(std::string_view text, std::string_view prefix) {
  EXPECT_EQ(errorOf(text).substr(0, prefix.size()), prefix) << text;
}

/// Without a name section: the text brings one of its own, which is empty.
Bytes encodeNameless(std::string_view fields) { return encode(concat("(@custom \"name\")", fields)); }

/// Both are fields that encode to the same bytes, but for names, and are valid.
void expectSame(std::string_view shorthand, std::string_view full) {
  EXPECT_EQ(errorOf(shorthand), "") << shorthand;
  EXPECT_EQ(encodeNameless(shorthand), encodeNameless(full)) << shorthand;
}

Bytes bytesOf(std::string_view text) { return Bytes(text.begin(), text.end()); }

struct Decoded {
  wasm::TypeRegistry registry;
  std::shared_ptr<const wasm::Module> module;
  explicit Decoded(std::string_view text) {
    auto decoded = wasm::decodeModule(registry, {}, wasm::ownBytes(encode(text)), {1});
    EXPECT_TRUE(decoded) << decoded.error().message;
    if (decoded) module = *decoded;
  }
};

// -- Shape ----------------------------------------------------------------------------------------------------------

TEST(Encode, WholeModules) {
  const Bytes empty = {0, 'a', 's', 'm', 1, 0, 0, 0};
  for (const char* text : {"", "(module)", " (; ;) ( module ) ;; end", "((@a) module (@b))"})
    EXPECT_EQ(encode(text), empty);
  EXPECT_EQ(encode("(func)"), encode("(module (func))"));
  expectError("(module) (module)", "1:10: unexpected token (");
  expectError("(module))", "1:9: unexpected token )");
  expectError("(module binary \"\")", "1:9: unexpected token binary");
  expectError("(func", "1:1: unexpected token: the text ends here");
  expectError("(module (func)", "1:15: unexpected token: the text ends here");
  expectError("(module\n (func (block)\n (func $f))", "3:3: unexpected token func");
  expectError("func", "1:1: unexpected token func");
  expectError("(flub)", "1:2: unknown operator flub");
  expectError("(module (start 0) (start 0) (func))", "1:19: multiple start sections");
}

TEST(Encode, ReadsItsRangeOfAScript) {
  const std::string_view script = "(module (func))\n(module (func (i32.add)))";
  const SourceText source(script, "s.wast");
  EXPECT_TRUE(encodeModule(source, {0, 15}));
  auto second = encodeModule(source, {16, static_cast<u32>(script.size())});
  ASSERT_TRUE(second);
  wasm::TypeRegistry registry;
  const auto module = wasm::decodeModule(registry, {}, wasm::ownBytes(second->bytes), {1});
  ASSERT_FALSE(module);
  EXPECT_EQ(locateError(source, second->map, module.error()).toString().substr(0, 27), "s.wast:2:16: type mismatch:");
}

// -- Abbreviations --------------------------------------------------------------------------------------------------

TEST(Encode, InlineExportsAndImports) {
  expectSame("(func (export \"a\") (export \"b\"))", "(func) (export \"a\" (func 0)) (export \"b\" (func 0))");
  expectSame("(func (import \"m\" \"n\") (param i32))", "(import \"m\" \"n\" (func (param i32)))");
  expectSame("(global (export \"g\") (import \"m\" \"n\") (mut i32))",
             "(import \"m\" \"n\" (global (mut i32))) (export \"g\" (global 0))");
  expectSame("(table (import \"m\" \"n\") 1 2 funcref)", "(import \"m\" \"n\" (table 1 2 funcref))");
  expectSame("(memory (import \"m\" \"n\") 1)", "(import \"m\" \"n\" (memory 1))");
  expectSame("(tag (import \"m\" \"n\") (param i32))", "(import \"m\" \"n\" (tag (param i32)))");
  expectError("(func) (import \"m\" \"n\" (func))", "1:8: import after function");
  expectError("(memory 1) (func (import \"m\" \"n\"))", "1:18: import after memory");
}

TEST(Encode, ParametersOfImportsKeepTheirNames) {
  const Decoded decoded(
      "(import \"m\" \"a\" (func $a (param $x i32) (param i64) (param $x f32)))"
      "(func $b (import \"m\" \"b\") (param $y (@name \"why\") i32)) (func $c (param $x i32))");
  std::string text;
  printModule(PrintedModule(*decoded.module), [&](std::string_view piece) { text += piece; });
  EXPECT_EQ(encode(text), encode("(import \"m\" \"a\" (func $a (param $x i32) (param i64) (param $x f32)))"
                                 "(import \"m\" \"b\" (func $b (param $why i32))) (func $c (param $x i32))"))
      << text;
  expectError("(import \"m\" \"a\" (func (param $x i32))) (func (local.get $x))", "1:57: unknown local $x");
}

TEST(Encode, CompactImports) {
  EXPECT_EQ(
      errorOf(
          "(import \"m\" (item \"a\" (func $a)) (item \"b\" (global $g i32))) (func (call $a) (drop (global.get $g)))"),
      "");
  EXPECT_EQ(
      errorOf(
          "(import \"m\" (item \"a\") (item \"b\") (func)) (func $f) (export \"f\" (func $f)) (elem declare func 2)"),
      "");
  expectError("(import \"m\" (item \"a\") (func $f))", "1:30: identifier not allowed");
  expectError("(import \"m\" (item \"a\") (item \"b\" (func)))", "1:34: unexpected token");
}

TEST(Encode, TypeUses) {
  expectSame("(func (param i32) (param i64 f32) (result i32) (result i64) unreachable)",
             "(type (func (param i32 i64 f32) (result i32 i64))) (func (type 0) unreachable)");
  // The first type with the signature; new ones behind all that are written, in the order of their uses.
  expectSame(
      "(func (param i32) (block (param) (result i32 i64) unreachable) drop drop) (func (result f32) unreachable)"
      "(type (func)) (type (func (param i32)))",
      "(type (func)) (type (func (param i32))) (type (func (result i32 i64))) (type (func (result f32)))"
      "(func (type 1) (block (type 2) unreachable) drop drop) (func (type 3) unreachable)");
  // Types in groups, or that are not final, are others.
  expectSame("(rec (type (func)) (type (func))) (type (sub (func))) (func)",
             "(rec (type (func)) (type (func))) (type (sub (func))) (type (func)) (func (type 3))");
  expectSame("(rec (type (func))) (func)", "(type (func)) (func (type 0))");
  expectSame("(type (sub final (func))) (func)", "(type (func)) (func (type 0))");
  EXPECT_EQ(errorOf("(type $t (func (param $x i32))) (func (type $t) (param $y i32) (drop (local.get $y)))"), "");
  EXPECT_EQ(errorOf("(type $t (func (param $x i32))) (func (type $t) (local $y i64) (drop (i64.eqz (local.get 1))))"),
            "");
  expectError("(type $t (func)) (func (type $t) (param i32))", "1:24: inline function type");
  expectError("(func (type 7) (param i32))", "1:7: unknown type 7");
  expectError("(func (type 7))", "1:7: unknown type 7");
  expectError("(func (type $t))", "1:13: unknown type $t");
  expectError("(func (param i32) (type 0))", "1:20: unexpected token type");
  expectError("(func (result i32) (param i32))", "1:21: unexpected token param");
  expectError("(func (block (param $x i32)))", "1:21: unexpected token $x");
}

TEST(Encode, TypeDefinitions) {
  EXPECT_EQ(
      errorOf(
          "(rec (type $a (struct (field $x (ref null $b)) (field i8 (mut i16)))) (type $b (array (mut (ref $a)))))"
          "(func (param (ref $a)) (drop (struct.get $a $x (local.get 0))) (drop (struct.get_s $a 1 (local.get 0))))"),
      "");
  expectSame("(type (func (param funcref externref anyref eqref i31ref structref arrayref exnref nullref)))",
             "(type (func (param (ref null func) (ref null extern) (ref null any) (ref null eq) (ref null i31) (ref "
             "null struct)"
             " (ref null array) (ref null exn) (ref null none))))");
  EXPECT_EQ(errorOf("(type $s (sub (struct))) (type $t (sub final $s (struct (field i32))))"), "");
  expectError("(type $t (struct (field $x i32) (field $x i32)))", "1:40: duplicate field $x");
  expectError("(type $t (func)) (type $t (func))", "1:24: duplicate type $t");
  expectError("(type (cont 0))", "1:8: unknown operator cont");
  expectError("(type (func (param (ref $x))))", "1:25: unknown type $x");
  expectError("(type $a (func (param (ref $b)))) (type $b (func))", "1:1: unknown type 1");
}

TEST(Encode, TablesAndElements) {
  expectSame("(func) (table funcref (elem 0 0))", "(func) (table 2 2 funcref) (elem (i32.const 0) 0 0)");
  expectSame("(func) (table funcref (elem (ref.func 0) (item ref.null func)))",
             "(func) (table 2 2 funcref) (elem (i32.const 0) funcref (ref.func 0) (ref.null func))");
  expectSame("(func) (table i64 funcref (elem 0))", "(func) (table i64 1 1 funcref) (elem (i64.const 0) 0)");
  expectSame("(type $t (func)) (func (type $t)) (table (ref null $t) (elem 0))",
             "(type $t (func)) (func (type $t)) (table 1 1 (ref null $t)) (elem (table 0) (i32.const 0) (ref null $t) "
             "(ref.func 0))");
  expectSame("(func) (table 1 funcref) (elem (offset i32.const 0) func 0)",
             "(func) (table 1 funcref) (elem (table 0) (i32.const 0) func 0)");
  EXPECT_EQ(errorOf("(func) (table 1 funcref) (table 1 funcref) (elem (table 1) (i32.const 0) func 0) (elem func 0)"
                    "(elem declare func 0) (elem declare funcref (ref.func 0)) (elem externref) (elem (table 1) "
                    "(i32.const 0) funcref)"),
            "");
  EXPECT_EQ(errorOf("(table 1 (ref func) (ref.func 0)) (func)"), "");
  EXPECT_EQ(errorOf("(table i64 1 2 externref) (table i32 0 funcref)"), "");
}

TEST(Encode, MemoriesAndData) {
  expectSame("(memory (data \"ab\" \"c\"))", "(memory 1 1) (data (i32.const 0) \"abc\")");
  expectSame("(memory i64 (data))", "(memory i64 0 0) (data (i64.const 0))");
  expectSame("(memory (pagesize 1) (data \"xyz\"))", "(memory 3 3 (pagesize 1)) (data (i32.const 0) \"xyz\")");
  expectSame("(memory 1) (data (offset (i32.const 1)) \"a\")", "(memory 1) (data (memory 0) (i32.const 1) \"a\")");
  EXPECT_EQ(errorOf("(memory 1 2 shared) (memory i64 1) (data \"p\") (data (memory 1) (i64.const 0) \"q\")"), "");
  expectError("(memory 0 (pagesize 3))", "1:21: invalid custom page size");
  expectError("(memory 0 (pagesize 2))", "1:1: invalid custom page size");
}

TEST(Encode, DataCountOnlyWhereAnInstructionNamesASegment) {
  EXPECT_FALSE(Decoded("(memory 1) (data \"a\")").module->hasDataCount);
  EXPECT_TRUE(Decoded("(memory 1) (data \"a\") (func (data.drop 0))").module->hasDataCount);
}

TEST(Encode, MemoryInstructions) {
  expectSame("(memory 1) (func (drop (i32.load (i32.const 0))))",
             "(memory 1) (func (drop (i32.load 0 offset=0 align=4 (i32.const 0))))");
  expectSame("(memory 1) (data \"\") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))",
             "(memory 1) (data \"\") (func (memory.init 0 0 (i32.const 0) (i32.const 0) (i32.const 0)))");
  EXPECT_EQ(
      errorOf(
          "(memory $a 1) (memory $b 1) (func (drop (v128.load8_lane $b offset=1 3 (i32.const 0) (v128.const i64x2 0 "
          "0)))"
          "(drop (v128.load8_lane 1 align=1 3 (i32.const 0) (v128.const i64x2 0 0)))"
          "(drop (v128.load8_lane 3 (i32.const 0) (v128.const i64x2 0 0)))"
          "(memory.copy $a $b (i32.const 0) (i32.const 0) (i32.const 0))"
          "(i32.store8 $b offset=0xffff_ffff (i32.const 0) (i32.const 0)) (drop (memory.grow $b (memory.size 1))))"),
      "");
  expectError("(memory 1) (func (drop (i32.load align=3 (i32.const 0))))", "1:34: alignment must be a power of two");
  expectError("(memory 1) (func (drop (i32.load align=8 (i32.const 0))))",
              "1:25: alignment must not be larger than natural");
  expectError("(memory 1) (func (drop (i32.load align=0x8000000000000000 (i32.const 0))))",
              "1:25: alignment must not be larger than natural");
  expectError("(memory 1) (memory 1) (func (drop (i32.load 1 align=0x8000000000000000 (i32.const 0))))",
              "1:36: alignment must not be larger than natural");
  expectError("(memory 1) (func (drop (i32.load offset=-1 (i32.const 0))))", "1:34: unknown operator offset=-1");
}

TEST(Encode, SelectAndCasts) {
  EXPECT_EQ(errorOf("(func (param anyref) (drop (select (result i32) (i32.const 0) (i32.const 1) (i32.const 2)))"
                    "(drop (ref.test (ref i31) (local.get 0))) (drop (ref.test i31ref (local.get 0)))"
                    "(block $l (result (ref eq)) (br_on_cast $l anyref (ref eq) (local.get 0)) (unreachable)) drop)"),
            "");
}

// -- Structure of instructions --------------------------------------------------------------------------------------

TEST(Encode, FoldedIsFlat) {
  expectSame("(func (result i32) (i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3))))",
             "(func (result i32) i32.const 1 i32.const 2 i32.const 3 i32.mul i32.add)");
  expectSame("(func (if (i32.const 1) (then (nop)) (else (return))))", "(func i32.const 1 if nop else return end)");
  expectSame("(func (block $a (loop $b (br_if $a (i32.const 0)) (br $b))))",
             "(func block $x loop $x i32.const 0 br_if 1 br $x end $x end)");
  expectSame("(tag) (func (try_table (catch_all 0) (catch 0 0) (throw 0)))",
             "(tag) (func try_table (catch_all 0) (catch 0 0) throw 0 end)");
  expectSame("(tag) (func (try (do (nop)) (catch 0 (rethrow 0)) (catch_all)) (try (do) (delegate 0)))",
             "(tag) (func try nop catch 0 rethrow 0 catch_all end try delegate 0)");
  expectError("(func (if (then) (i32.const 0)))", "1:19: unexpected token i32.const");
  expectError("(func (if (i32.const 0)))", "1:24: unexpected token )");
  expectError("(func (i32.add nop))", "1:16: unexpected token nop");
  expectError("(func block)", "1:12: unexpected token )");
  expectError("(func end)", "1:7: unexpected token end");
  expectError("(func i32.const 0 if else else end)", "1:27: unexpected token else");
  expectError("(func block $a end $b)", "1:20: mismatching label $b");
  expectError("(func block end $b)", "1:17: mismatching label $b");
  expectError("(func (br $x))", "1:11: unknown label $x");
  expectError("(func (block $l) (br $l))", "1:22: unknown label $l");
}

TEST(Encode, LabelsShadowAndComeBack) {
  expectSame("(func (block $l (block $l (br $l)) (br $l)))", "(func (block (block (br 0)) (br 0)))");
  // An if's condition is outside of its label.
  EXPECT_EQ(encodeNameless("(func (block $l (if $l (br_if $l (i32.const 1)) (then))))"),
            encodeNameless("(func (block (if (br_if 0 (i32.const 1)) (then))))"));
}

TEST(Encode, Identifiers) {
  expectError("(func $f) (func $f)", "1:17: duplicate func $f");
  expectError("(func $f) (func $\"\\66\")", "1:17: duplicate func $\"\\66\"");
  expectError("(func (param $x i32) (local $x i32))", "1:29: duplicate local $x");
  expectError("(func (local.get $x))", "1:18: unknown local $x");
  expectError("(func (param $x i32)) (func (drop (local.get $x)))", "1:46: unknown local $x");
  expectError("(func (call $f))", "1:13: unknown function $f");
  expectError("(func (global.get 4294967296))", "1:19: i32 constant out of range");
  EXPECT_EQ(errorOf("(func $f (call $g)) (func $g (call $f)) (start $f)"), "");
  EXPECT_EQ(errorOf("(func $x (param $x i32) (block $x (br $x)) (drop (local.get $x)) (call $x (i32.const 0)))"), "");
}

TEST(Encode, Constants) {
  expectError("(func (i32.const 4294967296) drop)", "1:18: constant out of range");
  expectError("(func (i32.const 1.5) drop)", "1:18: unexpected token 1.5");
  expectError("(func (f32.const 1e39) drop)", "1:18: constant out of range");
  expectError("(func (v128.const i32x4 1 2 3) drop)", "1:30: wrong number of lane literals");
  expectError("(func (i32.const 0x) drop)", "1:18: unknown operator 0x");
  expectError("(func (i32.const))", "1:17: unexpected token )");
}

// -- Places ---------------------------------------------------------------------------------------------------------

TEST(Encode, ErrorsOfValidationHaveTheirPlace) {
  expectError("(module\n  (func $f (result i32)\n    i32.const 1\n    f32.neg\n  )\n)", "4:5: type mismatch");
  expectError("(module\n  (func)\n  (func (result i32)\n    (i32.add\n      (i32.const 1)\n      (i64.const 2))))",
              "4:6: type mismatch");
  expectError("(module\n  (func (result i32)))", "2:21: type mismatch");
  expectError("(module\n  (memory 1)\n  (memory 70000))", "3:3: memory size");
  expectError("(module\n (global i32\n  (i64.const 0)))", "3:4: type mismatch");
  expectError("(module\n (func)\n (export \"a\" (func 0))\n (export \"a\" (func 0)))", "4:2: duplicate export name");
  expectError("(module\n (data (i32.const 0) \"a\"))", "2:2: unknown memory");
}

// -- Annotations ----------------------------------------------------------------------------------------------------

TEST(Encode, CustomSectionsStandWhereTheyAreTold) {
  const Decoded decoded(
      "(module (@custom \"last\" \"a\" \"b\") (@custom \"first\" (before first)) (@custom \"mid\" (after func) \"m\") "
      "(func))");
  std::vector<std::string> order;
  for (const wasm::SectionInfo& section : decoded.module->sections) order.emplace_back(section.name);
  EXPECT_EQ(order, (std::vector<std::string>{"first", "", "", "mid", "", "last"}));
  EXPECT_EQ(decoded.module->customSections.back().payload.size(), 2u);
  expectError("(@custom)", "1:9: @custom annotation: missing section name");
  expectError("(@custom \"a\" (after x))", "1:21: @custom annotation: malformed section kind");
  expectError("(@custom \"a\" (behind type))", "1:15: @custom annotation: malformed placement");
  expectError("(func (@custom \"a\"))", "1:7: misplaced @custom annotation");
  expectError("(@custom \"a\") (module)", "1:1: misplaced @custom annotation");
}

TEST(Encode, NamesComeFromIdentifiersAndAnnotations) {
  const Decoded decoded("(module $m (func $f) (func $g (@name \"a g\")) (func (@name \"third\")) (func $\"\\66 \"))");
  const wasm::ModuleNames names = wasm::readModuleNames(*decoded.module);
  EXPECT_EQ(names.module, "m");
  EXPECT_EQ(names.functions, (std::vector<std::string_view>{"f", "a g", "third", "f "}));
  EXPECT_EQ(wasm::readModuleNames(*Decoded("(module $m (@name \"other\"))").module).module, "other");
  expectError("(module\n (@a (@b))\n (@c (@d)\n", "3:2: unclosed annotation");
  expectError("(module (@name \"a\") (@name \"b\"))", "1:21: @name annotation: multiple module");
  expectError("(module (func) (@name \"a\"))", "1:16: misplaced @name annotation");
}

TEST(Encode, AnnotationsNameWhatHasNoIdentifierOfThatName) {
  EXPECT_EQ(
      encode("(type (struct (field (@name \"f\") i32))) (func (param (@name \"p\") i32) (param $q.1 (@name \"q\") i32)"
             "(local (@name \"l\") i32 i32) (block (@name \"b\") (if $c.1 (@name \"c\") (block $d (result i32) "
             "(i32.const 1)) (then))))"),
      encode("(type (struct (field $f i32))) (func (param $p i32) (param $q i32)"
             "(local $l i32) (local i32) (block $b (if $c (block $d (result i32) (i32.const 1)) (then))))"));
  const Bytes bytes = encode("(module (@name \"\") (func $b) (func (@name \"\")) (func $a (@name \"a2\")))");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  EXPECT_EQ(text.substr(text.find("\4name")), std::string_view("\4name\0\1\0\1\x0a\3\0\1b\1\0\2\2a2", 20));
}

TEST(Encode, LabelsAreNumberedAsTheirBlocksBegin) {
  const Bytes bytes = encode("(func (if $outer (block $first (result i32) (i32.const 0)) (then (loop $inner))))");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  EXPECT_EQ(text.substr(text.find("\4name")), std::string_view("\4name\3\x18\1\0\3\0\5first\1\5outer\2\5inner", 31));
}

TEST(Encode, AllKindsOfNames) {
  const Bytes bytes = encode(
      "(module (type $t (struct (field $x i32))) (table $a 1 funcref) (memory $b 1) (global $c i32 (i32.const 0))"
      "(tag $d) (elem $e func) (data $g \"\") (func $f (param $p i32) (local $q i32)))");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string_view name = text.substr(text.find("\x04name"));
  EXPECT_EQ(bytesOf(name), bytesOf(std::string_view("\x04name"
                                                    "\1\4\1\0\1f"
                                                    "\2\011\1\0\2\0\1p\1\1q"
                                                    "\4\4\1\0\1t"
                                                    "\5\4\1\0\1a"
                                                    "\6\4\1\0\1b"
                                                    "\7\4\1\0\1c"
                                                    "\x08\4\1\0\1e"
                                                    "\x09\4\1\0\1g"
                                                    "\x0a\6\1\0\1\0\1x"
                                                    "\x0b\4\1\0\1d",
                                                    5 + 6 + 11 + 6 * 6 + 8 + 6)));
}

TEST(Encode, BranchHints) {
  const Decoded decoded(
      "(func (param i32) (local i64) (@metadata.code.branch_hint \"\\01\") (if (local.get 0) (then)) block local.get 0"
      " (@metadata.code.branch_hint \"\\00\") br_if 0 end)");
  const auto hints = wasm::BranchHints::read(*decoded.module);
  const auto of = hints.of(wasm::FuncIndex(0));
  ASSERT_EQ(of.size(), 2u);
  EXPECT_EQ(of[0].bodyOffset, 5u);  // behind a run of locals (3 bytes) and local.get 0
  EXPECT_TRUE(of[0].likely);
  EXPECT_FALSE(of[1].likely);
  expectError("(func (@metadata.code.branch_hint \"\\01\") nop)",
              "1:42: @metadata.code.branch_hint annotation: invalid target");
  expectError("(@metadata.code.branch_hint \"\\01\") (func)",
              "1:1: @metadata.code.branch_hint annotation: not in a function");
  expectError("(func i32.const 0 (@metadata.code.branch_hint \"\\02\") if end)",
              "1:19: @metadata.code.branch_hint annotation:");
}

// -- Size -----------------------------------------------------------------------------------------------------------

std::string repeat(std::string_view text, u32 count) {
  std::string out;
  for (u32 i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Encode, DeepNestingDoesNotRecurse) {
  constexpr u32 kDepth = 100'000;
  EXPECT_EQ(errorOf("(func (result i32) " + repeat("(i32.eqz ", kDepth) + "(i32.const 0)" + repeat(")", kDepth + 1)),
            "");
  EXPECT_EQ(errorOf("(func " + repeat("(block $l ", kDepth) + "(br $l)" + repeat(")", kDepth + 1)), "");
  EXPECT_EQ(errorOf("(func " + repeat("block $l ", kDepth) + "br $l " + repeat("end ", kDepth) + ")"), "");
  EXPECT_EQ(errorOf("(func " + repeat("(if (i32.const 0) (then ", kDepth) + repeat("))", kDepth) + ")"), "");
  EXPECT_EQ(errorOf("(func " + repeat("(try (do ", kDepth) + repeat("))", kDepth) + ")"), "");
  expectError("(func " + repeat("(block ", kDepth), "1:1: unexpected token: the text ends here");
  expectError(repeat("(", kDepth), "1:1: unexpected token");
}

TEST(Encode, ManyDefinitionsTakeLinearTime) {
  constexpr u32 kCount = 20'000;
  std::string text;
  for (u32 i = 0; i < kCount; ++i)
    text += concat("(func $f", i, " (param $x i32) (call $f", kCount - 1 - i, " (local.get $x)))\n");
  EXPECT_EQ(errorOf(text), "");
  text += "(func (call $g))";
  expectError(text, concat(kCount + 1, ":13: unknown function $g"));
}

}  // namespace
}  // namespace wasmrun::text
