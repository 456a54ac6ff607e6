// The import section (spec: binary/modules), with the compact encodings of the compact-import-section proposal.

#include "support/text.h"
#include "wasm/limits.h"
#include "wasm/module_decoder.h"

namespace wasmrun::wasm {

using support::concat;

namespace {

// Behind an empty name, in place of an import's kind: a list of imports follows that share the module name, and with
// the second also their type.
constexpr u8 kSharedModule = 0x7f;
constexpr u8 kSharedModuleAndType = 0x7e;

}  // namespace

Result<void> ModuleDecoder::decodeImportSection() {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("imports", limits::kMaxImports));
  reserve(module_->imports, count);
  for (u32 i = 0; i < count; ++i) {
    WASMRUN_TRY_ASSIGN(const std::string_view moduleName, readName("import module"));
    WASMRUN_TRY_ASSIGN(const std::string_view name, readName("import field"));
    const u8 kind = reader_.peekByte();
    if (name.empty() && (kind == kSharedModule || kind == kSharedModuleAndType)) {
      WASMRUN_TRY(require(Feature::CompactImports, "malformed import kind", reader_.offset()));
      reader_.readByte();
      WASMRUN_TRY(readCompactImports(moduleName, kind == kSharedModuleAndType));
    } else {
      WASMRUN_TRY_ASSIGN(const ExternType type, readExternType());
      WASMRUN_TRY(addImport(moduleName, name, type));
    }
  }
  return {};
}

Result<void> ModuleDecoder::readCompactImports(std::string_view moduleName, bool oneTypeForAll) {
  ExternType type;
  if (oneTypeForAll) {
    WASMRUN_TRY_ASSIGN(type, readExternType());
  }
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("imports", limits::kMaxImports, module_->imports.size()));
  for (u32 i = 0; i < count; ++i) {
    WASMRUN_TRY_ASSIGN(const std::string_view name, readName("import field"));
    if (!oneTypeForAll) {
      WASMRUN_TRY_ASSIGN(type, readExternType());
    }
    WASMRUN_TRY(addImport(moduleName, name, type));
  }
  return {};
}

Result<ModuleDecoder::ExternType> ModuleDecoder::readExternType() {
  ExternType type;
  type.offset = reader_.offset();
  const u8 kind = reader_.readByte();
  WASMRUN_TRY(checkReads());
  type.kind = static_cast<ExternKind>(kind);
  switch (type.kind) {
    case ExternKind::Func: {
      WASMRUN_TRY_ASSIGN(type.type, readFuncTypeIndex());
      return type;
    }
    case ExternKind::Table: {
      WASMRUN_TRY_ASSIGN(type.table, readTableType());
      return type;
    }
    case ExternKind::Memory: {
      WASMRUN_TRY_ASSIGN(type.memory, readMemoryType());
      return type;
    }
    case ExternKind::Global: {
      WASMRUN_TRY_ASSIGN(type.global, readGlobalType());
      if (type.global.isMutable)
        WASMRUN_TRY(require(Feature::MutableGlobal, "mutable globals cannot be imported", type.offset));
      return type;
    }
    case ExternKind::Tag: {
      WASMRUN_TRY_ASSIGN(type.type, readTagType());
      return type;
    }
  }
  return fail(ErrorKind::Malformed, concat("malformed import kind ", kind), type.offset);
}

Result<void> ModuleDecoder::addImport(std::string_view moduleName, std::string_view name, const ExternType& type) {
  Module& module = *module_;
  if (module.imports.size() == limits::kMaxImports)
    return fail(ErrorKind::Limit, concat("number of imports exceeds the limit of ", limits::kMaxImports), type.offset);
  u32 index = 0;
  switch (type.kind) {
    case ExternKind::Func:
      index = module.importedFuncs++;
      module.funcTypes.push_back(type.type);
      break;
    case ExternKind::Table:
      index = module.importedTables++;
      WASMRUN_TRY(addTable({type.table, {}}, type.offset));
      break;
    case ExternKind::Memory:
      index = module.importedMemories++;
      WASMRUN_TRY(addMemory(type.memory, type.offset));
      break;
    case ExternKind::Global:
      index = module.importedGlobals++;
      module.globals.push_back({type.global, {}});
      break;
    case ExternKind::Tag:
      index = module.importedTags++;
      module.tags.push_back(type.type);
      break;
  }
  module.imports.push_back({moduleName, name, type.kind, index});
  return {};
}

}  // namespace wasmrun::wasm
