// The function, table, memory, tag, global, export and start sections (spec: binary/modules, valid/modules), and the
// types of what they define, which imports have too.

#include "support/text.h"
#include "wasm/limits.h"
#include "wasm/module_decoder.h"

namespace wasmrun::wasm {

using support::concat;

namespace {

enum LimitsFlags : u8 { kHasMax = 1, kShared = 2, kIs64 = 4, kPageSize = 8 };

constexpr u8 kTableWithInit = 0x40;
constexpr u8 kFuncRefByte = 0x70;

}  // namespace

// -- Functions and tags ---------------------------------------------------------------------------------------------

Result<TypeId> ModuleDecoder::readFuncTypeIndex() {
  const u64 offset = reader_.offset();
  WASMRUN_TRY_ASSIGN(const u32 index, readIndex("type", module_->types.size()));
  const TypeId type = module_->types[index];
  if (registry_.get(type).kind != CompositeKind::Func)
    return fail(ErrorKind::Invalid, concat("non-function type ", index), offset);
  return type;
}

Result<void> ModuleDecoder::decodeFunctionSection() {
  WASMRUN_TRY_ASSIGN(declaredBodies_, readCount("functions", limits::kMaxFunctions, module_->funcTypes.size()));
  reserve(module_->funcTypes, declaredBodies_);
  for (u32 i = 0; i < declaredBodies_; ++i) {
    WASMRUN_TRY_ASSIGN(const TypeId type, readFuncTypeIndex());
    module_->funcTypes.push_back(type);
  }
  return {};
}

Result<TypeId> ModuleDecoder::readTagType() {
  const u64 offset = reader_.offset();
  if (!features_.has(Feature::LegacyExceptions)) WASMRUN_TRY(require(Feature::Exceptions, "tags", offset));
  const u8 attribute = reader_.readByte();
  WASMRUN_TRY(checkReads());
  if (attribute != 0)
    return fail(ErrorKind::Malformed, concat("zero byte expected: tag attribute ", attribute), offset);
  WASMRUN_TRY_ASSIGN(const TypeId type, readFuncTypeIndex());
  if (!registry_.get(type).func.results.empty()) return fail(ErrorKind::Invalid, "non-empty tag result type", offset);
  return type;
}

Result<void> ModuleDecoder::decodeTagSection() {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("tags", limits::kMaxTags, module_->tags.size()));
  reserve(module_->tags, count);
  for (u32 i = 0; i < count; ++i) {
    WASMRUN_TRY_ASSIGN(const TypeId type, readTagType());
    module_->tags.push_back(type);
  }
  return {};
}

// -- Tables and memories --------------------------------------------------------------------------------------------

Result<void> ModuleDecoder::readLimits(Limits& limits, u8 flags) {
  limits.hasMax = (flags & kHasMax) != 0;
  limits.is64 = (flags & kIs64) != 0;
  limits.min = reader_.readU64();
  if (limits.hasMax) limits.max = reader_.readU64();
  return checkReads();
}

Result<void> ModuleDecoder::checkLimits(const Limits& limits, u64 range, std::string_view rangeText, u64 offset) const {
  if (limits.min > range || (limits.hasMax && limits.max > range))
    return fail(ErrorKind::Invalid, std::string(rangeText), offset);
  if (limits.hasMax && limits.min > limits.max)
    return fail(ErrorKind::Invalid,
                concat("size minimum must not be greater than maximum: ", limits.min, " > ", limits.max), offset);
  return {};
}

Result<TableType> ModuleDecoder::readTableType() {
  TableType type;
  if (reader_.peekByte() == kFuncRefByte) {
    reader_.readByte();  // in tables it is older than the reference types proposal
    type.element = kFuncRef;
  } else {
    WASMRUN_TRY_ASSIGN(type.element, readRefType(reader_, typeSpace(), features_));
  }
  const u64 offset = reader_.offset();
  const u8 flags = reader_.readByte();
  WASMRUN_TRY(checkReads());
  if (flags & ~(kHasMax | kIs64)) {
    const std::string_view why = flags & kShared ? ": tables cannot be shared" : "";
    return fail(ErrorKind::Malformed, concat("malformed limits flags ", support::Hex{flags, 2}, " of a table", why),
                offset);
  }
  if (flags & kIs64)
    WASMRUN_TRY(require(Feature::Memory64, "malformed limits flags: tables with 64-bit indexes", offset));
  WASMRUN_TRY(readLimits(type.limits, flags));
  const u64 range = type.limits.is64 ? ~u64{0} : ~u32{0};
  WASMRUN_TRY(checkLimits(type.limits, range, "table size must be at most 2^32-1", offset));
  return type;
}

Result<void> ModuleDecoder::addTable(const Table& table, u64 offset) {
  if (!module_->tables.empty()) WASMRUN_TRY(require(Feature::ReferenceTypes, "multiple tables", offset));
  if (module_->tables.size() == limits::kMaxTables)
    return fail(ErrorKind::Limit, concat("number of tables exceeds the limit of ", limits::kMaxTables), offset);
  module_->tables.push_back(table);
  return {};
}

Result<void> ModuleDecoder::decodeTableSection() {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("tables", limits::kMaxTables, module_->tables.size()));
  for (u32 i = 0; i < count; ++i) {
    const u64 offset = reader_.offset();
    const bool hasInit = reader_.peekByte() == kTableWithInit;
    if (hasInit) {
      WASMRUN_TRY(
          require(Feature::FunctionReferences, "malformed reference type: a table with an initializer", offset));
      reader_.readByte();
      if (reader_.readByte() != 0 && reader_.ok())
        return fail(ErrorKind::Malformed, "zero byte expected: behind the prefix of a table with an initializer",
                    offset + 1);
    }
    Table table;
    WASMRUN_TRY_ASSIGN(table.type, readTableType());
    if (hasInit) {
      WASMRUN_TRY_ASSIGN(table.init, readExpr(table.type.element));
    }
    if (!hasInit && !table.type.element.isDefaultable())
      return fail(ErrorKind::Invalid,
                  concat("type mismatch: a table of ", registry_.toText(table.type.element), " needs an initializer"),
                  offset);
    WASMRUN_TRY(addTable(table, offset));
  }
  return {};
}

Result<MemoryType> ModuleDecoder::readMemoryType() {
  MemoryType type;
  const u64 offset = reader_.offset();
  const u8 flags = reader_.readByte();
  WASMRUN_TRY(checkReads());
  const auto needs = [&](LimitsFlags flag, Feature feature) {
    return flags & flag ? require(feature, "malformed limits flags", offset) : Result<void>();
  };
  if (flags & ~(kHasMax | kShared | kIs64 | kPageSize))
    return fail(ErrorKind::Malformed, concat("malformed limits flags ", support::Hex{flags, 2}, " of a memory"),
                offset);
  WASMRUN_TRY(needs(kShared, Feature::Threads));
  WASMRUN_TRY(needs(kIs64, Feature::Memory64));
  WASMRUN_TRY(needs(kPageSize, Feature::CustomPageSizes));
  WASMRUN_TRY(readLimits(type.limits, flags));
  type.isShared = (flags & kShared) != 0;
  if (type.isShared && !type.limits.hasMax) return fail(ErrorKind::Invalid, "shared memory must have maximum", offset);
  if (flags & kPageSize) {
    WASMRUN_TRY_ASSIGN(type.pageSizeLog2, readPageSize());
  }
  WASMRUN_TRY(checkMemorySize(type, offset));
  return type;
}

Result<u8> ModuleDecoder::readPageSize() {
  const u64 offset = reader_.offset();
  const u32 log2 = reader_.readU32();
  WASMRUN_TRY(checkReads());
  // The proposal keeps all powers of two for later; more than 64 is not even a number of bytes.
  if (log2 > 64) return fail(ErrorKind::Malformed, concat("invalid custom page size: 2^", log2, " bytes"), offset);
  if (log2 != 0 && log2 != 16)
    return fail(ErrorKind::Invalid, concat("invalid custom page size: 2^", log2, " bytes, not 1 or 65536"), offset);
  return static_cast<u8>(log2);
}

Result<void> ModuleDecoder::checkMemorySize(const MemoryType& type, u64 offset) const {
  const u32 addressBits = type.limits.is64 ? 64 : 32;
  const u32 rangeLog2 = addressBits - type.pageSizeLog2;
  const u64 range = rangeLog2 >= 64 ? ~u64{0} : (u64{1} << rangeLog2) - (type.pageSizeLog2 == 0 ? 1 : 0);
  if (type.pageSizeLog2 == 16 && !type.limits.is64)
    return checkLimits(type.limits, range, "memory size must be at most 65536 pages (4GiB)", offset);
  return checkLimits(type.limits, range, concat("memory size must be at most ", range, " pages"), offset);
}

Result<void> ModuleDecoder::addMemory(const MemoryType& memory, u64 offset) {
  if (!module_->memories.empty()) WASMRUN_TRY(require(Feature::MultiMemory, "multiple memories", offset));
  if (module_->memories.size() == limits::kMaxMemories)
    return fail(ErrorKind::Limit, concat("number of memories exceeds the limit of ", limits::kMaxMemories), offset);
  module_->memories.push_back(memory);
  return {};
}

Result<void> ModuleDecoder::decodeMemorySection() {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("memories", limits::kMaxMemories, module_->memories.size()));
  for (u32 i = 0; i < count; ++i) {
    const u64 offset = reader_.offset();
    WASMRUN_TRY_ASSIGN(const MemoryType type, readMemoryType());
    WASMRUN_TRY(addMemory(type, offset));
  }
  return {};
}

// -- Globals --------------------------------------------------------------------------------------------------------

Result<GlobalType> ModuleDecoder::readGlobalType() {
  GlobalType type;
  WASMRUN_TRY_ASSIGN(type.type, readValType(reader_, typeSpace(), features_));
  WASMRUN_TRY_ASSIGN(type.isMutable, readMutability());
  return type;
}

Result<void> ModuleDecoder::decodeGlobalSection() {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("globals", limits::kMaxGlobals, module_->globals.size()));
  reserve(module_->globals, count);
  for (u32 i = 0; i < count; ++i) {
    Global global;
    WASMRUN_TRY_ASSIGN(global.type, readGlobalType());
    WASMRUN_TRY_ASSIGN(global.init, readExpr(global.type.type));
    module_->globals.push_back(global);
  }
  return {};
}

// -- Exports and start ----------------------------------------------------------------------------------------------

Result<u32> ModuleDecoder::readExternIndex(ExternKind kind) {
  switch (kind) {
    case ExternKind::Func: return readIndex("function", module_->funcTypes.size());
    case ExternKind::Table: return readIndex("table", module_->tables.size());
    case ExternKind::Memory: return readIndex("memory", module_->memories.size());
    case ExternKind::Global: return readIndex("global", module_->globals.size());
    case ExternKind::Tag: return readIndex("tag", module_->tags.size());
  }
  std::unreachable();
}

Result<void> ModuleDecoder::decodeExportSection() {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("exports", limits::kMaxExports));
  std::vector<Export>& exports = module_->exports;
  reserve(exports, count);
  ExportTable& table = module_->impl_->exportTable;
  table.reset(exports.capacity());
  for (u32 i = 0; i < count; ++i) {
    Export field;
    const u64 offset = reader_.offset();
    WASMRUN_TRY_ASSIGN(field.name, readName("export"));
    const u64 kindOffset = reader_.offset();
    const u8 kind = reader_.readByte();
    if (kind > static_cast<u8>(ExternKind::Tag))
      return fail(ErrorKind::Malformed, concat("malformed export kind ", kind), kindOffset);
    field.kind = static_cast<ExternKind>(kind);
    WASMRUN_TRY_ASSIGN(field.index, readExternIndex(field.kind));
    if (field.kind == ExternKind::Global && module_->globals[field.index].type.isMutable)
      WASMRUN_TRY(require(Feature::MutableGlobal, "mutable globals cannot be exported", offset));
    if (field.kind == ExternKind::Func) declare(FuncIndex(field.index));
    exports.push_back(field);
    if (!table.insert(exports, i))
      return fail(ErrorKind::Invalid, concat("duplicate export name ", support::quoted(field.name)), offset);
  }
  return {};
}

Result<void> ModuleDecoder::decodeStartSection() {
  const u64 offset = reader_.offset();
  WASMRUN_TRY_ASSIGN(const u32 index, readIndex("function", module_->funcTypes.size()));
  const FuncType& type = module_->funcType(FuncIndex(index));
  if (!type.params.empty() || !type.results.empty())
    return fail(ErrorKind::Invalid,
                concat("start function must have type (func), not (func", registry_.toText(type), ")"), offset);
  module_->start = FuncIndex(index);
  return {};
}

}  // namespace wasmrun::wasm
