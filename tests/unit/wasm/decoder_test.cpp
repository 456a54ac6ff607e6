#include "wasm/decoder.h"

#include <algorithm>

#include "decoding.h"
#include "wasm/limits.h"

namespace wasmrun::wasm {
namespace {

// In what follows a module's header is bytes 0 to 7, so the first section's id is at 8, its content at 10.

struct Case {
  Bytes bytes;
  const char* error;
};

void expectErrors(std::initializer_list<Case> cases, Features features = allFeatures()) {
  for (const Case& wrong : cases) expectError(wrong.bytes, wrong.error, features);
}

// -- Header and sections --------------------------------------------------------------------------------------------

TEST(Decoder, Header) {
  EXPECT_EQ(errorOf(moduleOf({})), "");
  expectErrors({
      {{}, "malformed @0: unexpected end"},
      {{0, 'a', 's'}, "malformed @0: unexpected end"},
      {{0, 'a', 's', 'm'}, "malformed @4: unexpected end"},
      {{'w', 'a', 's', 'm', 1, 0, 0, 0}, "malformed @0: magic header not detected"},
      {{0, 'a', 's', 'm', 2, 0, 0, 0}, "malformed @4: unknown binary version 2"},
      {{0, 'a', 's', 'm', 13, 0, 1, 0}, "unsupported @4: unknown binary version: this is a component"},
  });
}

TEST(Decoder, SectionsHaveAnOrder) {
  const Bytes empty = {0};
  const u8 order[] = {kTypes,   kImports, kFunctions, kTables,    kMemories, kTags,
                      kGlobals, kExports, kElements,  kDataCount, kCode,     kData};
  for (const u8 first : order)
    for (const u8 second : order) {
      const bool inOrder = std::ranges::find(order, first) < std::ranges::find(order, second);
      const std::string why = first == second ? " section is there twice" : " section is out of order";
      const std::string error = errorOf(moduleOf({section(first, empty), custom("x", {}), section(second, empty)}));
      if (inOrder)
        EXPECT_EQ(error, "");
      else
        EXPECT_EQ(error.substr(0, 53), "malformed @15: unexpected content after last section:") << error;
      EXPECT_TRUE(inOrder || error.ends_with(why)) << error;
    }
}

TEST(Decoder, SectionSizes) {
  expectErrors({
      {moduleOf({{14, 0}}), "malformed @8: malformed section id 14"},
      {moduleOf({{1}}), "malformed @9: unexpected end"},
      {moduleOf({{1, 0x80, 0x80, 0x80, 0x80, 0x80, 0}}), "malformed @13: integer representation too long"},
      {moduleOf({{1, 9, 0}}), "malformed @9: length out of bounds: 9 bytes announced, 1 left"},
      {moduleOf({{1, 9, 1, 0x61}}), "malformed @11: malformed definition type 0x61"},
      {moduleOf({{1, 2, 0, 0}}), "malformed @10: section size mismatch: the type section has 2 bytes, its contents 1"},
      {moduleOf({{1, 3, 1, 0x60, 0, 0}}),
       "malformed @10: section size mismatch: the type section has 3 bytes, its contents 4"},
      // Runs into the next section, where no value type is.
      {moduleOf({{1, 3, 1, 0x60, 1}, {3, 1, 0}}),
       "malformed @13: malformed value type (past the end of the type section at 0xd)"},
  });
}

TEST(Decoder, CustomSections) {
  Decoding decoding;
  const auto module =
      decoding.valid(moduleOf({custom("a", {1, 2}), emptyFuncType(), custom("", {}), custom("a", {3})}));
  ASSERT_TRUE(module);
  ASSERT_EQ(module->customSections.size(), 3u);
  EXPECT_EQ(module->customSections[0].name, "a");
  EXPECT_EQ(module->customSections[0].offset, 12u);
  EXPECT_EQ(module->customSections[0].payload.size(), 2u);
  EXPECT_EQ(module->sections[1].id, kTypes);
  EXPECT_EQ(module->sections[3].name, "a");
  expectErrors({
      {moduleOf({{0, 0}}), "malformed @10: unexpected end"},
      {moduleOf({{0, 1, 1}, emptyFuncType()}),
       "malformed @11: unexpected end of section or function: a custom section ends"},
      {moduleOf({{0, 2, 9, 'a'}}), "malformed @10: length out of bounds"},
      {moduleOf({{0, 3, 2, 0xc3, 0x28}}), "malformed @10: malformed UTF-8 encoding"},
  });
}

// -- Types ----------------------------------------------------------------------------------------------------------

TEST(Decoder, TypesDecode) {
  Decoding decoding;
  const auto module = decoding.valid(
      moduleOf({section(kTypes, {
                                    {0x60, 2, 0x7f, 0x7b, 1, 0x70},              // 0: (i32 v128) -> funcref
                                    {0x4e, 2, 0x50, 0, 0x5f, 1, 0x63, 2, 1,      // 1: open struct of a reference to 2
                                     0x4f, 1, 1, 0x5f, 2, 0x63, 2, 1, 0x77, 0},  // 2: final sub of 1, one field more
                                    {0x5e, 0x64, 0, 0},                          // 3: array of (ref 0)
                                    {0x4e, 0},                                   // an empty group
                                })}));
  ASSERT_TRUE(module);
  ASSERT_EQ(module->types.size(), 4u);
  const FuncType& func = module->typeAt(TypeIndex(0)).func;
  EXPECT_EQ(func.params[1], kV128);
  EXPECT_EQ(func.results[0], kFuncRef);
  const TypeDef& sub = module->typeAt(TypeIndex(2));
  EXPECT_EQ(sub.super, module->types[1]);
  EXPECT_TRUE(sub.isFinal);
  EXPECT_EQ(sub.fields[0].storage, ValType::ref(HeapType(sub.id), true));
  EXPECT_EQ(sub.fields[1], (FieldType{TypeKind::I16, false}));
  EXPECT_EQ(module->typeAt(TypeIndex(3)).fields[0].storage, ValType::ref(HeapType(module->types[0]), false));
}

Bytes types(std::initializer_list<Bytes> groups) { return moduleOf({section(kTypes, groups)}); }

TEST(Decoder, MalformedTypes) {
  expectErrors({
      {types({{0x40}}), "malformed @11: malformed definition type 0x40"},
      {types({{0x60, 1, 0x40, 0}}), "malformed @13: malformed value type"},
      {types({{0x5f, 1, 0x76, 0}}), "malformed @13: malformed storage type 0x76"},
      {types({{0x5e, 0x7f, 2}}), "malformed @13: malformed mutability 2"},
      {types({{0x60, 1, 0x63, 0x40, 0}}), "malformed @14: malformed heap type"},
  });
}

TEST(Decoder, TypeReferencesStayInTheirGroup) {
  expectErrors({
      {types({{0x60, 1, 0x63, 1, 0}, {0x60, 0, 0}}), "invalid @14: unknown type 1"},
      {types({{0x4e, 1, 0x60, 1, 0x63, 1, 0}, {0x60, 0, 0}}), "invalid @16: unknown type 1"},
      {types({{0x50, 1, 7, 0x60, 0, 0}}), "invalid @13: unknown type 7"},
      {types({{0x50, 1, 0, 0x60, 0, 0}}), "invalid @12: unknown type 0: used as a super type before its definition"},
  });
}

TEST(Decoder, SuperTypes) {
  const Bytes open = {0x50, 0, 0x5f, 1, 0x7f, 1}, final = {0x5f, 1, 0x7f, 1};
  EXPECT_EQ(errorOf(types({open, {0x50, 1, 0, 0x5f, 2, 0x7f, 1, 0x7e, 0}})), "");
  // Immutable fields and results may be narrower, parameters wider.
  EXPECT_EQ(errorOf(types({{0x50, 0, 0x5f, 1, 0x6e, 0}, {0x50, 1, 0, 0x5f, 1, 0x6c, 0}})), "");
  EXPECT_EQ(errorOf(types({{0x50, 0, 0x60, 1, 0x6c, 1, 0x6e}, {0x50, 1, 0, 0x60, 1, 0x6e, 1, 0x6c}})), "");
  expectErrors({
      {types({final, {0x50, 1, 0, 0x5f, 1, 0x7f, 1}}),
       "invalid @16: sub type 1 does not match super type 0, which is final"},
      {types({open, {0x50, 1, 0, 0x5f, 0}}), "invalid @17: sub type 1 does not match super type 0"},
      {types({open, {0x50, 1, 0, 0x5f, 1, 0x7f, 0}}), "invalid @17: sub type 1 does not match super type 0"},
      {types({open, {0x50, 1, 0, 0x5f, 1, 0x7e, 1}}), "invalid @17: sub type 1 does not match super type 0"},
      {types({open, {0x50, 1, 0, 0x5e, 0x7f, 1}}), "invalid @17: sub type 1 does not match super type 0"},
      {types({open, {0x50, 2, 0, 0, 0x5f, 1, 0x7f, 1}}), "invalid @18: sub type 1 has 2 super types, not one"},
      {types({{0x50, 0, 0x5f, 1, 0x6e, 1}, {0x50, 1, 0, 0x5f, 1, 0x6c, 1}}), "invalid @17: sub type 1 does not match"},
      {types({{0x50, 0, 0x60, 1, 0x6e, 0}, {0x50, 1, 0, 0x60, 1, 0x6c, 0}}), "invalid @17: sub type 1 does not match"},
  });
}

TEST(Decoder, TypeProposals) {
  expectErrors(
      {{types({{0x4e, 1, 0x60, 0, 0}}), "unsupported @11: malformed definition type: needs the proposal -W gc"},
       {types({{0x50, 0, 0x60, 0, 0}}), "unsupported @11: malformed definition type: needs the proposal -W gc"},
       {types({{0x5f, 0}}), "unsupported @11: malformed definition type: needs the proposal -W gc"},
       {types({{0x5e, 0x7f, 0}}), "unsupported @11: malformed definition type: needs the proposal -W gc"}},
      without({Feature::Gc}));
  expectError(types({{0x60, 0, 2, 0x7f, 0x7f}}),
              "unsupported @11: invalid result arity: needs the proposal -W multi-value",
              without({Feature::MultiValue}));
  expectError(types({{0x60, 1, 0x7b, 0}}), "unsupported @13: malformed value type: needs the proposal -W simd",
              without({Feature::Simd}));
}

// -- Imports --------------------------------------------------------------------------------------------------------

Bytes imports(std::initializer_list<Bytes> entries) { return moduleOf({emptyFuncType(), section(kImports, entries)}); }
Bytes import(const Bytes& type) { return cat({name("m"), name("f"), type}); }

TEST(Decoder, ImportsDecode) {
  Decoding decoding;
  const auto module = decoding.valid(imports({import({2, 1, 1, 5}), import({0, 0}), import({1, 0x6f, 4, 3}),
                                              import({3, 0x7e, 1}), import({4, 0, 0}), import({0, 0})}));
  ASSERT_TRUE(module);
  ASSERT_EQ(module->imports.size(), 6u);
  EXPECT_EQ(module->imports[5].kind, ExternKind::Func);
  EXPECT_EQ(module->imports[5].index, 1u);
  EXPECT_EQ(module->importedFuncs, 2u);
  EXPECT_EQ(module->memories[0].limits.max, 5u);
  EXPECT_TRUE(module->tables[0].type.limits.is64);
  EXPECT_TRUE(module->globals[0].type.isMutable);
  EXPECT_EQ(module->tags.size(), 1u);
}

TEST(Decoder, WrongImports) {
  expectErrors({
      {imports({import({5, 0})}), "malformed @21: malformed import kind 5"},
      {imports({import({0, 1})}), "invalid @22: unknown type 1"},
      {imports({import({4, 1, 0})}), "malformed @22: zero byte expected: tag attribute 1"},
      {imports({import({3, 0x7f, 2})}), "malformed @23: malformed mutability 2"},
      {imports({cat({{1, 0xff}, name("f"), {0, 0}})}), "malformed @17: malformed UTF-8 encoding"},
      {imports({{1}}), "malformed @17: unexpected end"},
      {imports({{2}}), "malformed @17: length out of bounds"},
      {moduleOf({section(kTypes, {{0x5f, 0}}), section(kImports, {import({0, 0})})}),
       "invalid @21: non-function type 0"},
      {moduleOf({section(kTypes, {{0x60, 0, 1, 0x7f}}), section(kImports, {import({4, 0, 0})})}),
       "invalid @23: non-empty tag result type"},
  });
  expectError(imports({import({3, 0x7f, 1})}),
              "unsupported @21: mutable globals cannot be imported: needs the proposal -W mutable-global",
              without({Feature::MutableGlobal}));
  expectError(imports({import({4, 0, 0})}), "unsupported @22: tags: needs the proposal -W exceptions",
              without({Feature::Exceptions, Feature::LegacyExceptions}));
}

TEST(Decoder, CompactImports) {
  Decoding decoding;
  const Bytes bytes = imports({cat({name("m"), {0, 0x7f, 2}, name("a"), {0, 0}, name("b"), {3, 0x7f, 0}}),
                               cat({name("n"), {0, 0x7e, 3, 0x7e, 0, 2}, name("c"), name("d")}),
                               cat({name("o"), {0, 0x7f, 0}}), cat({name(""), name(""), {0, 0}})});
  const auto module = decoding.valid(bytes);
  ASSERT_TRUE(module);
  ASSERT_EQ(module->imports.size(), 5u);
  EXPECT_EQ(module->imports[1].module, "m");
  EXPECT_EQ(module->imports[1].name, "b");
  EXPECT_EQ(module->imports[3].module, "n");
  EXPECT_EQ(module->imports[3].index, 2u);
  EXPECT_EQ(module->globals[2].type.type, kI64);
  EXPECT_EQ(module->imports[4].name, "");
  expectError(bytes, "malformed @20: malformed import kind: needs the proposal -W compact-imports",
              without({Feature::CompactImports}));
  expectError(imports({cat({name("m"), name("x"), {0x7f, 0}})}), "malformed @21: malformed import kind 127");
}

// -- Definitions ----------------------------------------------------------------------------------------------------

TEST(Decoder, FunctionsAndBodiesAreAsMany) {
  const Bytes one = section(kFunctions, {{0}});
  expectErrors({
      {moduleOf({emptyFuncType(), one}), "malformed @18: function and code section have inconsistent lengths: 1 and 0"},
      {moduleOf({emptyFuncType(), section(kCode, {body({})})}),
       "malformed @20: function and code section have inconsistent lengths: 0 and 1"},
      {moduleOf({emptyFuncType(), one, section(kCode, {body({}), body({})})}),
       "malformed @27: function and code section have inconsistent"},
      {moduleOf({section(kFunctions, {{0}})}), "invalid @11: unknown type 0"},
  });
}

Bytes tables(std::initializer_list<Bytes> entries) { return moduleOf({section(kTables, entries)}); }
Bytes memories(std::initializer_list<Bytes> entries) { return moduleOf({section(kMemories, entries)}); }

TEST(Decoder, Tables) {
  EXPECT_EQ(errorOf(tables({{0x70, 0, 0}, {0x6f, 5, 1, 1}, {0x40, 0, 0x63, 0x70, 0, 1, 0xd0, 0x70, 0x0b}})), "");
  EXPECT_EQ(errorOf(tables({cat({{0x70, 1, 0}, leb(~u32{0})})})), "");
  EXPECT_EQ(errorOf(tables({cat({{0x70, 5, 0}, leb(~u64{0})})})), "");
  expectErrors({
      {tables({{0x7f, 0, 0}}), "malformed @11: malformed reference type"},
      {tables({{0x70, 8, 0}}), "malformed @12: malformed limits flags 0x08 of a table"},
      {tables({{0x70, 2, 0}}), "malformed @12: malformed limits flags 0x02 of a table: tables cannot be shared"},
      {tables({{0x70, 1, 2, 1}}), "invalid @12: size minimum must not be greater than maximum: 2 > 1"},
      {tables({cat({{0x70, 0}, leb(u64{1} << 32)})}), "invalid @12: table size must be at most 2^32-1"},
      {tables({{0x64, 0x70, 0, 0}}), "invalid @11: type mismatch: a table of (ref func) needs an initializer"},
      {tables({{0x40, 1, 0x70, 0, 0, 0x0b}}), "malformed @12: zero byte expected"},
      {tables({{0x40, 0, 0x70, 0, 0, 0x41, 0, 0x0b}}), "invalid @18: type mismatch"},
  });
  expectError(tables({{0x70, 4, 0}}),
              "unsupported @12: malformed limits flags: tables with 64-bit indexes: needs the proposal -W memory64",
              without({Feature::Memory64}));
}

TEST(Decoder, TablesBeforeReferenceTypes) {
  const Features features = without({Feature::ReferenceTypes, Feature::FunctionReferences, Feature::Gc});
  EXPECT_EQ(errorOf(tables({{0x70, 0, 0}}), features), "");
  expectError(tables({{0x70, 0, 0}, {0x70, 0, 0}}),
              "unsupported @14: multiple tables: needs the proposal -W reference-types", features);
  expectError(tables({{0x6f, 0, 0}}), "unsupported @11: malformed reference type", features);
}

TEST(Decoder, Memories) {
  EXPECT_EQ(
      errorOf(memories(
          {{0, 0}, cat({{1, 0}, leb(65536)}), {3, 1, 1}, cat({{5, 0}, leb(u64{1} << 48)}), {8, 1, 0}, {9, 1, 1, 16}})),
      "");
  EXPECT_EQ(errorOf(memories({cat({{8}, leb(~u32{0}), {0}})})), "");
  expectErrors({
      {memories({{0x10, 0}}), "malformed @11: malformed limits flags 0x10 of a memory"},
      {memories({{2, 0}}), "invalid @11: shared memory must have maximum"},
      {memories({cat({{0}, leb(65537)})}), "invalid @11: memory size must be at most 65536 pages (4GiB)"},
      {memories({cat({{1, 0}, leb(65537)})}), "invalid @11: memory size must be at most 65536 pages (4GiB)"},
      {memories({cat({{4}, leb((u64{1} << 48) + 1)})}),
       "invalid @11: memory size must be at most 281474976710656 pages"},
      {memories({cat({{8}, leb(u64{1} << 32), {0}})}), "invalid @11: memory size must be at most 4294967295 pages"},
      {memories({{1, 3, 2}}), "invalid @11: size minimum must not be greater than maximum"},
      {memories({{8, 0, 3}}), "invalid @13: invalid custom page size: 2^3 bytes, not 1 or 65536"},
      {memories({{8, 0, 65}}), "malformed @13: invalid custom page size: 2^65 bytes"},
  });
  expectError(memories({{8, 0, 0}}), "malformed @11: malformed limits flags: needs the proposal -W custom-page-sizes",
              without({Feature::CustomPageSizes}));
  expectError(memories({{3, 0, 1}}), "unsupported @11: malformed limits flags: needs the proposal -W threads",
              without({Feature::Threads}));
  expectError(memories({{4, 0}}), "unsupported @11: malformed limits flags: needs the proposal -W memory64",
              without({Feature::Memory64}));
  expectError(memories({{0, 0}, {0, 0}}), "unsupported @13: multiple memories: needs the proposal -W multi-memory",
              without({Feature::MultiMemory}));
}

Bytes globals(std::initializer_list<Bytes> entries) { return moduleOf({section(kGlobals, entries)}); }

TEST(Decoder, Globals) {
  Decoding decoding;
  const auto module = decoding.valid(globals({{0x7e, 0, 0x42, 5, 0x0b}, {0x7e, 1, 0x23, 0, 0x42, 3, 0x7e, 0x0b}}));
  ASSERT_TRUE(module);
  const ConstExpr& init = module->globals[1].init;
  ASSERT_EQ(init.ops.size(), 3u);
  EXPECT_EQ(init.ops[0].opcode, Opcode::GlobalGet);
  EXPECT_EQ(init.ops[1].bits, 3u);
  EXPECT_EQ(init.ops[2].opcode, Opcode::I64Mul);
  EXPECT_EQ(init.offset, 18u);
  expectErrors({
      {globals({{0x7f, 2}}), "malformed @12: malformed mutability 2"},
      {globals({{0x7f, 0, 0x42, 0, 0x0b}}), "invalid @15: type mismatch"},
      {globals({{0x7f, 0, 0x0b}}), "invalid @13: type mismatch"},
      {globals({{0x7f, 0, 0x23, 0, 0x0b}}), "invalid @13: unknown global 0"},
      {globals({{0x7f, 0, 0x41, 0, 0x45, 0x0b}}), "invalid @15: constant expression required"},
      {globals({{0x7f, 1, 0x41, 0, 0x0b}, {0x7f, 0, 0x23, 0, 0x0b}}), "invalid @18: constant expression required"},
      {globals({{0x7f, 0, 0xff, 0x0b}}), "malformed @13: illegal opcode ff"},
      {globals({{0x7f, 0, 0x41, 0}}), "malformed @15: unexpected end of section or function"},
  });
}

// -- Exports and start ----------------------------------------------------------------------------------------------

Bytes exports(std::initializer_list<Bytes> entries) {
  return moduleOf(
      {emptyFuncType(), section(kFunctions, {{0}}), section(kExports, entries), section(kCode, {body({})})});
}

TEST(Decoder, WrongExports) {
  expectErrors({
      {exports({cat({name("a"), {5, 0}})}), "malformed @23: malformed export kind 5"},
      {exports({cat({name("a"), {0, 1}})}), "invalid @24: unknown function 1"},
      {exports({cat({name("a"), {1, 0}})}), "invalid @24: unknown table 0"},
      {exports({cat({name("a"), {2, 0}})}), "invalid @24: unknown memory 0"},
      {exports({cat({name("a"), {3, 0}})}), "invalid @24: unknown global 0"},
      {exports({cat({name("a"), {4, 0}})}), "invalid @24: unknown tag 0"},
      {exports({cat({name("a"), {0, 0}}), cat({name("b"), {0, 0}}), cat({name("a"), {0, 0}})}),
       "invalid @29: duplicate export name \"a\""},
  });
  EXPECT_EQ(errorOf(exports({cat({name("a"), {0, 0}}), cat({name("A"), {0, 0}}), cat({name(""), {0, 0}})})), "");
}

TEST(Decoder, Start) {
  const Bytes bodies = section(kCode, {body({})});
  const auto start = [&](const Bytes& type, u32 index) {
    return moduleOf({section(kTypes, {type}), section(kFunctions, {{0}}), section(kStart, leb(index)), bodies});
  };
  EXPECT_EQ(errorOf(start({0x60, 0, 0}, 0)), "");
  expectError(start({0x60, 0, 0}, 1), "invalid @20: unknown function 1");
  expectError(start({0x60, 1, 0x7f, 0}, 0),
              "invalid @21: start function must have type (func), not (func (param i32))");
}

// -- Segments -------------------------------------------------------------------------------------------------------

Bytes elements(std::initializer_list<Bytes> entries) {
  return moduleOf({emptyFuncType(), section(kFunctions, {{0}}), section(kTables, {{0x70, 0, 1}, {0x6f, 4, 1}}),
                   section(kElements, entries), section(kCode, {body({})})});
}

TEST(Decoder, ElementSegments) {
  Decoding decoding;
  const auto module = decoding.valid(
      elements({{0, 0x41, 0, 0x0b, 1, 0}, {5, 0x6f, 2, 0xd0, 0x6f, 0x0b, 0xd0, 0x6f, 0x0b}, {7, 0x70, 0}}));
  ASSERT_TRUE(module);
  ASSERT_EQ(module->elements.size(), 3u);
  EXPECT_EQ(module->elements[0].type, kFuncRef.asNonNull());
  EXPECT_EQ(module->elements[0].functions.size(), 1u);
  EXPECT_EQ(module->elements[1].mode, SegmentMode::Passive);
  EXPECT_EQ(module->elements[1].exprs.size(), 2u);
  EXPECT_EQ(module->elements[2].mode, SegmentMode::Declarative);
  EXPECT_EQ(module->elements[2].size(), 0u);
}

TEST(Decoder, WrongElementSegments) {
  expectErrors({
      {elements({{8}}), "malformed @30: malformed elements segment kind 8"},
      {elements({{1, 1, 0}}), "malformed @31: malformed element kind 1"},
      {elements({{5, 0x7f, 0}}), "malformed @31: malformed reference type"},
      {elements({{0, 0x41, 0, 0x0b, 1, 1}}), "invalid @35: unknown function 1"},
      {elements({{2, 2, 0x41, 0, 0x0b, 0, 0}}), "invalid @30: unknown table 2"},
      {elements({{0, 0x42, 0, 0x0b, 0}}), "invalid @33: type mismatch"},
      {elements({{2, 1, 0x42, 0, 0x0b, 0, 0}}),
       "invalid @30: type mismatch: elements of type (ref func) for a table of externref"},
      {elements({{6, 1, 0x42, 0, 0x0b, 0x70, 0}}),
       "invalid @30: type mismatch: elements of type funcref for a table of externref"},
      {elements({{5, 0x70, 1, 0xd0, 0x6f, 0x0b}}), "invalid @35: type mismatch"},
      {elements({{1, 0, 0xff, 0xff, 0x7f}}), "malformed @35: unexpected end"},
  });
  expectError(elements({{1, 0, 0}}),
              "unsupported @30: malformed elements segment kind: needs the proposal -W bulk-memory",
              without({Feature::BulkMemory}));
}

Bytes data(std::initializer_list<Bytes> entries) {
  return moduleOf({section(kMemories, {{0, 1}, {4, 1}}), section(kData, entries)});
}

TEST(Decoder, DataSegments) {
  Decoding decoding;
  const auto module = decoding.valid(data({{0, 0x41, 7, 0x0b, 2, 1, 2}, {1, 0}, {2, 1, 0x42, 0, 0x0b, 1, 3}}));
  ASSERT_TRUE(module);
  EXPECT_EQ(module->data[0].bytes.size(), 2u);
  EXPECT_EQ(module->data[1].mode, SegmentMode::Passive);
  EXPECT_EQ(module->data[2].memory, MemoryIndex(1));
  expectErrors({
      {data({{3}}), "malformed @18: malformed data segment kind 3"},
      {data({{2, 2, 0x41, 0, 0x0b, 0}}), "invalid @18: unknown memory 2"},
      {data({{2, 1, 0x41, 0, 0x0b, 0}}), "invalid @22: type mismatch"},
      {data({{1, 9, 0}}), "malformed @19: length out of bounds: 9 bytes announced, 1 left"},
      {moduleOf({section(kData, {{0, 0x41, 0, 0x0b, 0}})}), "invalid @11: unknown memory 0"},
  });
}

TEST(Decoder, DataCount) {
  const Bytes two = section(kData, {{1, 0}, {1, 0}});
  EXPECT_EQ(errorOf(moduleOf({section(kDataCount, leb(2)), two})), "");
  EXPECT_EQ(errorOf(moduleOf({section(kDataCount, leb(0))})), "");
  expectErrors({
      {moduleOf({section(kDataCount, leb(1)), two}),
       "malformed @18: data count and data section have inconsistent lengths: 1 and 2"},
      {moduleOf({section(kDataCount, leb(3)), two}),
       "malformed @18: data count and data section have inconsistent lengths: 3 and 2"},
      {moduleOf({section(kDataCount, leb(1))}),
       "malformed @11: data count and data section have inconsistent lengths: 1 and 0"},
  });
}

// -- Limits ---------------------------------------------------------------------------------------------------------

TEST(Decoder, CountsOverTheirLimitsAreRefusedBeforeAnythingIsRead) {
  const Bytes million = leb(1'000'001);
  expectErrors({
      {moduleOf({section(kTypes, million)}),
       "limit @10: number of recursive groups (1000001) exceeds the limit of 1000000"},
      {moduleOf({section(kTypes, cat({{1, 0x4e}, million}))}),
       "limit @12: number of types (1000001) exceeds the limit of 1000000"},
      {moduleOf({section(kTypes, cat({{1, 0x60}, leb(1001)}))}),
       "limit @12: number of parameters (1001) exceeds the limit of 1000"},
      {moduleOf({section(kTypes, cat({{1, 0x60, 0}, leb(1001)}))}),
       "limit @13: number of results (1001) exceeds the limit of 1000"},
      {moduleOf({section(kTypes, cat({{1, 0x5f}, leb(10'001)}))}),
       "limit @12: number of struct fields (10001) exceeds the limit of 10000"},
      {moduleOf({section(kImports, million)}), "limit @10: number of imports (1000001) exceeds the limit of 1000000"},
      {moduleOf({section(kFunctions, million)}),
       "limit @10: number of functions (1000001) exceeds the limit of 1000000"},
      {moduleOf({section(kTables, leb(100'001))}), "limit @10: number of tables (100001) exceeds the limit of 100000"},
      {moduleOf({section(kMemories, leb(101))}), "limit @10: number of memories (101) exceeds the limit of 100"},
      {moduleOf({section(kTags, million)}), "limit @10: number of tags (1000001) exceeds the limit of 1000000"},
      {moduleOf({section(kGlobals, million)}), "limit @10: number of globals (1000001) exceeds the limit of 1000000"},
      {moduleOf({section(kExports, million)}), "limit @10: number of exports (1000001) exceeds the limit of 1000000"},
      {moduleOf({section(kElements, leb(10'000'001))}),
       "limit @10: number of element segments (10000001) exceeds the limit of 10000000"},
      {elements({cat({{1, 0}, leb(10'000'001)})}),
       "limit @32: number of elements in a segment (10000001) exceeds the limit of 10000000"},
      {moduleOf({section(kDataCount, leb(100'001))}),
       "limit @10: number of data segments (100001) exceeds the limit of 100000"},
      {moduleOf({section(kData, leb(100'001))}),
       "limit @10: number of data segments (100001) exceeds the limit of 100000"},
      {moduleOf({section(kCode, million)}), "limit @10: number of functions (1000001) exceeds the limit of 1000000"},
      {moduleOf({section(kTypes, leb(~u32{0}))}),
       "limit @10: number of recursive groups (4294967295) exceeds the limit of 1000000"},
  });
}

TEST(Decoder, LimitsOfContents) {
  const Bytes long_ = name(std::string(limits::kMaxStringSize, 'x')),
              longer = name(std::string(limits::kMaxStringSize + 1, 'x'));
  EXPECT_EQ(errorOf(exports({cat({long_, {0, 0}})})), "");
  expectError(exports({cat({longer, {0, 0}})}),
              "limit @23: length of a name (export, 100001 bytes) exceeds the limit of 100000");

  const auto bodyOfSize = [](size_t size) {
    return moduleOf({emptyFuncType(), section(kFunctions, {{0}}), section(kCode, {body(Bytes(size - 2, 1))})});
  };
  EXPECT_EQ(errorOf(bodyOfSize(limits::kMaxFunctionBodySize)), "");
  expectError(bodyOfSize(limits::kMaxFunctionBodySize + 1),
              "limit @24: size of a function body (7654322 bytes) exceeds the limit of 7654321");

  Bytes chain = {0x4e, 65, 0x50, 0, 0x5f, 0};
  for (u8 i = 0; i < 64; ++i) chain = cat({chain, {0x50, 1, i, 0x5f, 0}});
  expectError(types({chain}), "limit @12: subtype depth exceeds the limit of 63");
}

// -- Size -----------------------------------------------------------------------------------------------------------
// Nothing may be quadratic: each of these takes part of a second, or minutes.

TEST(Decoder, AMillionTypesInOneGroupAndInAMillion) {
  constexpr u32 kCount = limits::kMaxTypes;
  const Bytes self = {0x5f, 1, 0x63, 0, 0};
  EXPECT_EQ(errorOf(moduleOf({section(kTypes, cat({{1, 0x4e}, leb(kCount), repeat(kCount, self)}))})), "");
  // Each refers to the one before, so all are different.
  Bytes chain = leb(kCount);
  chain.insert(chain.end(), {0x5f, 0});
  for (u32 i = 1; i < kCount; ++i) {
    const Bytes next = cat({{0x5f, 1, 0x63}, signedLeb(i - 1), {0}});
    chain.insert(chain.end(), next.begin(), next.end());
  }
  Decoding decoding;
  const auto module = decoding.valid(moduleOf({section(kTypes, chain)}));
  EXPECT_EQ(decoding.registry.groupCount(), kCount);
}

TEST(Decoder, AMillionExports) {
  constexpr u32 kCount = limits::kMaxExports;
  Bytes entries = leb(kCount);
  for (u32 i = 0; i < kCount; ++i) {
    const Bytes entry = cat({name(std::to_string(i)), {0, 0}});
    entries.insert(entries.end(), entry.begin(), entry.end());
  }
  EXPECT_EQ(errorOf(moduleOf(
                {emptyFuncType(), section(kFunctions, {{0}}), section(kExports, entries), section(kCode, {body({})})})),
            "");
}

}  // namespace
}  // namespace wasmrun::wasm
