// The element, data count, data and code sections (spec: binary/modules, valid/modules).

#include "support/text.h"
#include "wasm/limits.h"
#include "wasm/module_decoder.h"

namespace wasmrun::wasm {

using support::concat;

// -- Elements -------------------------------------------------------------------------------------------------------

namespace {

// Bits of an element segment's flags; all eight combinations exist.
enum ElementFlags : u32 {
  kNotActive = 1,      // passive, or declarative if the next bit is set too
  kExplicitIndex = 2,  // active: a table index is written. Not active: declarative
  kExprs = 4,          // expressions instead of function indexes
};
constexpr u32 kMaxElementFlags = 7;

constexpr u8 kFunctionElements = 0;

SegmentMode modeOf(u32 flags) {
  if (!(flags & kNotActive)) return SegmentMode::Active;
  return flags & kExplicitIndex ? SegmentMode::Declarative : SegmentMode::Passive;
}

}  // namespace

Result<void> ModuleDecoder::decodeElementSection() {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("element segments", limits::kMaxElementSegments));
  reserve(module_->elements, count);
  for (u32 i = 0; i < count; ++i) WASMRUN_TRY(readElementSegment());
  return {};
}

Result<void> ModuleDecoder::readElementSegment() {
  const u64 offset = reader_.offset();
  const u32 flags = reader_.readU32();
  WASMRUN_TRY(checkReads());
  if (flags > kMaxElementFlags)
    return fail(ErrorKind::Malformed, concat("malformed elements segment kind ", flags), offset);
  if (flags != 0) WASMRUN_TRY(require(Feature::BulkMemory, "malformed elements segment kind", offset));

  ElementSegment segment;
  segment.mode = modeOf(flags);
  if (segment.mode == SegmentMode::Active) {
    u32 table = 0;
    if (flags & kExplicitIndex) table = reader_.readU32();
    WASMRUN_TRY(checkReads());
    if (table >= module_->tables.size()) return fail(ErrorKind::Invalid, concat("unknown table ", table), offset);
    segment.table = TableIndex(table);
    WASMRUN_TRY_ASSIGN(segment.tableOffset, readExpr(module_->tables[table].type.limits.addressType()));
  }
  // Only the shortest active forms leave out what kind of elements there are.
  const bool writesKind = (flags & (kNotActive | kExplicitIndex)) != 0;
  segment.type = flags & kExprs ? kFuncRef : kFuncRef.asNonNull();
  if (writesKind) WASMRUN_TRY(readElementKind(segment, (flags & kExprs) != 0));
  WASMRUN_TRY(flags & kExprs ? readElementExprs(segment) : readElementFunctions(segment));

  if (segment.mode == SegmentMode::Active) {
    const ValType tableType = module_->tables[segment.table.value].type.element;
    if (!registry_.isSubtype(segment.type, tableType))
      return fail(ErrorKind::Invalid,
                  concat("type mismatch: elements of type ", registry_.toText(segment.type), " for a table of ",
                         registry_.toText(tableType)),
                  offset);
  }
  module_->elements.push_back(segment);
  return {};
}

Result<void> ModuleDecoder::readElementKind(ElementSegment& segment, bool isType) {
  if (isType) {
    WASMRUN_TRY_ASSIGN(segment.type, readRefType(reader_, typeSpace(), features_));
    return {};
  }
  const u64 offset = reader_.offset();
  const u8 kind = reader_.readByte();
  WASMRUN_TRY(checkReads());
  if (kind != kFunctionElements) return fail(ErrorKind::Malformed, concat("malformed element kind ", kind), offset);
  return {};
}

Result<void> ModuleDecoder::readElementFunctions(ElementSegment& segment) {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("elements in a segment", limits::kMaxElementSegmentEntries));
  // Each takes a byte at least: no memory for a count that cannot be true.
  if (count > reader_.remaining())
    return fail(ErrorKind::Malformed, support::ByteReader::kUnexpectedEnd, reader_.offset());
  const std::span<FuncIndex> functions = module_->impl_->arena.make<FuncIndex>(count);
  for (FuncIndex& function : functions) {
    WASMRUN_TRY_ASSIGN(const u32 index, readIndex("function", module_->funcTypes.size()));
    function = FuncIndex(index);
    declare(function);
  }
  segment.functions = functions;
  return {};
}

Result<void> ModuleDecoder::readElementExprs(ElementSegment& segment) {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("elements in a segment", limits::kMaxElementSegmentEntries));
  if (count > reader_.remaining())
    return fail(ErrorKind::Malformed, support::ByteReader::kUnexpectedEnd, reader_.offset());
  const std::span<ConstExpr> exprs = module_->impl_->arena.make<ConstExpr>(count);
  for (ConstExpr& expr : exprs) {
    WASMRUN_TRY_ASSIGN(expr, readExpr(segment.type));
  }
  segment.exprs = exprs;
  return {};
}

// -- Data -----------------------------------------------------------------------------------------------------------

Result<void> ModuleDecoder::decodeDataCountSection() {
  WASMRUN_TRY(require(Feature::BulkMemory, "malformed section id: data count section", reader_.offset()));
  WASMRUN_TRY_ASSIGN(module_->dataCount, readCount("data segments", limits::kMaxDataSegments));
  module_->hasDataCount = true;
  return {};
}

Result<void> ModuleDecoder::decodeDataSection() {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("data segments", limits::kMaxDataSegments));
  reserve(module_->data, count);
  for (u32 i = 0; i < count; ++i) WASMRUN_TRY(readDataSegment());
  return {};
}

Result<void> ModuleDecoder::readDataSegment() {
  enum DataFlags : u32 { kActive = 0, kPassive = 1, kActiveWithIndex = 2 };
  const u64 offset = reader_.offset();
  const u32 flags = reader_.readU32();
  WASMRUN_TRY(checkReads());
  if (flags > kActiveWithIndex)
    return fail(ErrorKind::Malformed, concat("malformed data segment kind ", flags), offset);
  if (flags != kActive) WASMRUN_TRY(require(Feature::BulkMemory, "malformed data segment kind", offset));

  DataSegment segment;
  if (flags != kPassive) {
    const u32 memory = flags == kActiveWithIndex ? reader_.readU32() : 0;
    WASMRUN_TRY(checkReads());
    if (memory >= module_->memories.size()) return fail(ErrorKind::Invalid, concat("unknown memory ", memory), offset);
    segment.mode = SegmentMode::Active;
    segment.memory = MemoryIndex(memory);
    WASMRUN_TRY_ASSIGN(segment.memoryOffset, readExpr(module_->memories[memory].limits.addressType()));
  }
  WASMRUN_TRY_ASSIGN(const u32 length, readLength());
  segment.bytes = reader_.readBytes(length);
  module_->data.push_back(segment);
  return {};
}

// -- Code -----------------------------------------------------------------------------------------------------------

Result<void> ModuleDecoder::decodeCodeSection() {
  // Whether there are as many as the function section lists is checked at the end of the module.
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("functions", limits::kMaxFunctions));
  reserve(module_->bodies, count);
  for (u32 i = 0; i < count; ++i) {
    const u64 sizeOffset = reader_.offset();
    WASMRUN_TRY_ASSIGN(const u32 size, readLength());
    if (size > limits::kMaxFunctionBodySize)
      return fail(
          ErrorKind::Limit,
          concat("size of a function body (", size, " bytes) exceeds the limit of ", limits::kMaxFunctionBodySize),
          sizeOffset);
    module_->bodies.push_back({static_cast<u32>(reader_.offset()), size});
    reader_.readBytes(size);
  }
  return {};
}

}  // namespace wasmrun::wasm
