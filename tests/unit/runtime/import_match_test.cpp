#include "runtime/import_match.h"

#include "runtime_test.h"

namespace wasmrun::runtime::test {
namespace {

class ImportMatchTest : public RuntimeTest {
 protected:
  static bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

  /// An item exported as "x" by a module with nothing else to say.
  Extern exported(const ModuleBuilder& builder) { return findExport(make(builder), "x"); }

  Extern memoryOf(const LimitsSpec& limits) {
    ModuleBuilder builder;
    builder.memory(limits);
    builder.exportItem("x", 2, 0);
    return exported(builder);
  }
  Extern tableOf(u8 element, const LimitsSpec& limits) {
    ModuleBuilder builder;
    builder.table({element}, limits);
    builder.exportItem("x", 1, 0);
    return exported(builder);
  }
  Extern globalOf(const Bytes& type, bool isMutable, const Bytes& init) {
    ModuleBuilder builder;
    builder.func(builder.type({}, {}));
    builder.global(type, isMutable, init);
    builder.exportItem("x", 3, 0);
    builder.exportItem("f", 0, 0);
    return exported(builder);
  }
  Extern tagOf(const Bytes& params) {
    ModuleBuilder builder;
    builder.tag(builder.type(params, {}));
    builder.exportItem("x", 4, 0);
    return exported(builder);
  }

  std::string importMemory(const LimitsSpec& wanted, const Extern& actual) {
    ModuleBuilder builder;
    builder.importMemory("i", wanted);
    return errorOf(builder, {actual});
  }
  std::string importTable(u8 element, const LimitsSpec& wanted, const Extern& actual) {
    ModuleBuilder builder;
    builder.importTable("i", element, wanted);
    return errorOf(builder, {actual});
  }
  std::string importGlobal(const Bytes& type, bool isMutable, const Extern& actual) {
    ModuleBuilder builder;
    builder.importGlobal("i", type, isMutable);
    return errorOf(builder, {actual});
  }
};

TEST_F(ImportMatchTest, Memories) {
  const Extern one = memoryOf({.min = 1}), oneToTwo = memoryOf({.min = 1, .max = 2});
  EXPECT_EQ(importMemory({.min = 1}, one), "");
  EXPECT_EQ(importMemory({.min = 0}, one), "");
  EXPECT_EQ(importMemory({.min = 0, .max = 2}, oneToTwo), "");
  EXPECT_EQ(importMemory({.min = 0}, oneToTwo), "");
  EXPECT_TRUE(importMemory({.min = 2}, one).starts_with("incompatible import type"));
  EXPECT_NE(importMemory({.min = 0, .max = 9}, one), "");  // the actual one has no maximum
  EXPECT_NE(importMemory({.min = 0, .max = 1}, oneToTwo), "");
  EXPECT_NE(importMemory({.min = 1, .is64 = true}, one), "");
  EXPECT_NE(importMemory({.min = 1, .max = 2, .isShared = true}, oneToTwo), "");
  EXPECT_NE(importMemory({.min = 1, .pageSizeLog2 = 0}, one), "");
}

TEST_F(ImportMatchTest, MemoriesMatchByTheirPresentSize) {
  const Extern memory = memoryOf({.min = 1, .max = 5});
  EXPECT_NE(importMemory({.min = 3, .max = 5}, memory), "");
  ASSERT_TRUE(memory.memory()->grow(2, store_->limiter()));
  EXPECT_EQ(importMemory({.min = 3, .max = 5}, memory), "");
}

TEST_F(ImportMatchTest, Tables) {
  const Extern funcs = tableOf(kFuncRefByte, {.min = 10, .max = 20});
  EXPECT_EQ(importTable(kFuncRefByte, {.min = 10}, funcs), "");
  EXPECT_EQ(importTable(kFuncRefByte, {.min = 5, .max = 20}, funcs), "");
  EXPECT_NE(importTable(kFuncRefByte, {.min = 11}, funcs), "");
  EXPECT_NE(importTable(kFuncRefByte, {.min = 5, .max = 19}, funcs), "");
  EXPECT_NE(importTable(kExternRefByte, {.min = 5}, funcs), "");
  EXPECT_NE(importTable(kFuncRefByte, {.min = 5, .is64 = true}, funcs), "");
  // Elements are written and read: no subtyping.
  EXPECT_NE(importTable(kAnyRefByte, {.min = 0}, tableOf(kI31RefByte, {.min = 0})), "");
}

TEST_F(ImportMatchTest, Globals) {
  const Extern constant = globalOf({kI32Byte}, false, i32Const(1));
  const Extern variable = globalOf({kI32Byte}, true, i32Const(1));
  EXPECT_EQ(importGlobal({kI32Byte}, false, constant), "");
  EXPECT_EQ(importGlobal({kI32Byte}, true, variable), "");
  EXPECT_NE(importGlobal({kI32Byte}, true, constant), "");
  EXPECT_NE(importGlobal({kI32Byte}, false, variable), "");
  EXPECT_NE(importGlobal({kI64Byte}, false, constant), "");
  // Immutable ones may be of a subtype, mutable ones may not. 0x64 0x70: (ref func).
  const Extern func = globalOf({0x64, kFuncRefByte}, false, refFuncExpr(0));
  const Extern mutableFunc = globalOf({0x64, kFuncRefByte}, true, refFuncExpr(0));
  EXPECT_EQ(importGlobal({kFuncRefByte}, false, func), "");
  EXPECT_NE(importGlobal({kFuncRefByte}, true, mutableFunc), "");
  EXPECT_EQ(importGlobal({0x64, kFuncRefByte}, true, mutableFunc), "");
}

TEST_F(ImportMatchTest, FunctionsMatchBySubtypingOfTheirActualType) {
  ModuleBuilder exporter;
  const u32 super = exporter.subType(std::nullopt, {}, {kFuncRefByte});
  const u32 sub = exporter.subType(super, {}, {0x64, kFuncRefByte});
  exporter.func(super, {0x00});
  exporter.func(sub, {0x00});
  exporter.exportItem("super", 0, 0);
  exporter.exportItem("sub", 0, 1);
  Instance& instance = make(exporter);

  const auto import = [&](bool wantSub, std::string_view name) {
    ModuleBuilder importer;
    const u32 superType = importer.subType(std::nullopt, {}, {kFuncRefByte});
    const u32 subType = importer.subType(superType, {}, {0x64, kFuncRefByte});
    importer.importFunc("i", wantSub ? subType : superType);
    importer.exportItem("again", 0, 0);
    return errorOf(importer, {findExport(instance, name)});
  };
  EXPECT_EQ(import(false, "super"), "");
  EXPECT_EQ(import(false, "sub"), "");
  EXPECT_EQ(import(true, "sub"), "");
  EXPECT_TRUE(import(true, "super").starts_with("incompatible import type"));

  // Imported as the supertype and exported again, it is still what it was.
  ModuleBuilder middle;
  middle.importFunc("i", middle.subType(std::nullopt, {}, {kFuncRefByte}));
  middle.exportItem("again", 0, 0);
  Instance& between = make(middle, {findExport(instance, "sub")});
  ModuleBuilder last;
  const u32 superType = last.subType(std::nullopt, {}, {kFuncRefByte});
  last.importFunc("i", last.subType(superType, {}, {0x64, kFuncRefByte}));
  EXPECT_EQ(errorOf(last, {findExport(between, "again")}), "");
}

TEST_F(ImportMatchTest, TagsMatchByEqualTypes) {
  ModuleBuilder importer;
  importer.importTag("i", importer.type({kI32Byte}, {}));
  EXPECT_EQ(errorOf(importer, {tagOf({kI32Byte})}), "");
  EXPECT_NE(errorOf(importer, {tagOf({kI64Byte})}), "");
  EXPECT_NE(errorOf(importer, {tagOf({})}), "");
}

TEST_F(ImportMatchTest, MessagesNameTheImportAndBothTypes) {
  ModuleBuilder importer;
  importer.importFunc("print", importer.type({kI32Byte}, {kI64Byte}));
  auto missing = tryMake(importer, {Extern()});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::Link);
  EXPECT_EQ(missing.error().message, "unknown import: \"m\" \"print\", of type (func (param i32) (result i64))");

  const std::string wrong = errorOf(importer, {memoryOf({.min = 1, .max = 2})});
  EXPECT_EQ(wrong,
            "incompatible import type: \"m\" \"print\" is (memory 1 2), but the module wants (func (param i32) (result "
            "i64))");
  EXPECT_TRUE(errorOf(importer, {}).starts_with("unknown import"));
}

}  // namespace
}  // namespace wasmrun::runtime::test
