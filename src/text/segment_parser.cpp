// Tables, memories, and their segments.

#include <bit>

#include "support/text.h"
#include "text/literals.h"
#include "text/module_parser.h"

namespace wasmrun::text {

using support::concat;
using wasm::Opcode;

namespace {

enum LimitsFlags : u8 { kHasMax = 1, kShared = 2, kIs64 = 4, kPageSize = 8 };

// Bits of an element segment's flags (spec: binary/modules).
enum ElementFlags : u32 {
  kNotActive = 1,      // passive, or declarative if the next bit is set too
  kExplicitIndex = 2,  // active: a table index is written. Not active: declarative
  kExprs = 4,          // expressions instead of function indexes
};
constexpr u8 kFunctionElements = 0;
constexpr u8 kFuncRefCode = 0x70;

constexpr u32 kPassiveData = 1;
constexpr u32 kExplicitMemory = 2;

constexpr u8 codeOf(Opcode opcode) { return static_cast<u8>(wasm::info(opcode).code); }

/// The offset of a segment that is written within its table or memory.
void writeZeroOffset(BinaryWriter& to, bool is64) {
  to.byte(codeOf(is64 ? Opcode::I64Const : Opcode::I32Const));
  to.byte(0);
  to.byte(codeOf(Opcode::End));
}

}  // namespace

// -- Limits ---------------------------------------------------------------------------------------------------------

/// `i32`, `i64`, or nothing, which is i32.
bool ModuleParser::parseAddressType() {
  if (in().takeKeyword("i64")) return true;
  in().takeKeyword("i32");
  return false;
}

ModuleParser::LimitsText ModuleParser::parseLimits(bool is64) {
  LimitsText limits;
  limits.is64 = is64;
  limits.min = scope_.readU64();
  if (in().at(TokenKind::Natural)) limits.max = scope_.readU64();
  return limits;
}

/// `(pagesize n)`: the logarithm.
std::optional<u32> ModuleParser::parsePageSize() {
  if (!in().takeList("pagesize")) return std::nullopt;
  const u32 offset = in().offset();
  const u64 size = scope_.readU64();
  if (!in().failed() && !std::has_single_bit(size)) in().fail("invalid custom page size: not a power of two", offset);
  in().expect(TokenKind::RightParen);
  return static_cast<u32>(std::countr_zero(size));
}

void ModuleParser::writeLimits(BinaryWriter& to, const LimitsText& limits) {
  to.byte(static_cast<u8>((limits.max ? kHasMax : 0) | (limits.isShared ? kShared : 0) | (limits.is64 ? kIs64 : 0) |
                          (limits.pageSizeLog2 ? kPageSize : 0)));
  to.leb(limits.min);
  if (limits.max) to.leb(*limits.max);
  if (limits.pageSizeLog2) to.leb(*limits.pageSizeLog2);
}

void ModuleParser::parseTableType(BinaryWriter& to) {
  const bool is64 = parseAddressType();
  LimitsText limits = parseLimits(is64);
  limits.isShared = in().takeKeyword("shared");
  types_.parseRefType(to);
  writeLimits(to, limits);
}

void ModuleParser::parseMemoryType(BinaryWriter& to) {
  const bool is64 = parseAddressType();
  LimitsText limits = parseLimits(is64);
  limits.isShared = in().takeKeyword("shared");
  limits.pageSizeLog2 = parsePageSize();
  writeLimits(to, limits);
}

// -- Tables and memories --------------------------------------------------------------------------------------------

void ModuleParser::parseTable(u32 begin) {
  constexpr u8 kWithInit = 0x40;
  const u32 index = beginDefinition(Space::Table);
  parseInlineExports(Space::Table, index);
  if (const auto import = parseInlineImport()) return parseTableType(beginImport(*import, Space::Table, begin));
  noteDefinition(Space::Table);
  SectionWriter& tables = section(Section::Table);
  tables.begin(begin);
  const bool is64 = parseAddressType();
  contents_.clear();
  if (types_.atRefType()) {
    types_.parseRefType(contents_);
    return parseInlineElements(index, is64, contents_.bytes(), begin);
  }
  LimitsText limits = parseLimits(is64);
  limits.isShared = in().takeKeyword("shared");
  types_.parseRefType(contents_);
  const bool hasInit = !in().at(TokenKind::RightParen);
  if (hasInit) tables.out.byte(kWithInit), tables.out.byte(0);
  tables.out.append(contents_.bytes());
  writeLimits(tables.out, limits);
  if (hasInit) instructions_.parseExpr(tables.out, tables.map);
}

/// `(elem ...)` within a table, which it fills.
void ModuleParser::parseInlineElements(u32 table, bool is64, std::span<const u8> refType, u32 begin) {
  const std::vector<u8> type(refType.begin(), refType.end());
  if (!in().takeList("elem")) return in().unexpected();
  ++next_[static_cast<u32>(Space::Elem)];
  const bool isFuncRef = type.size() == 1 && type[0] == kFuncRefCode;
  const bool writtenAsIndexes = in().atIndex() || in().at(TokenKind::RightParen);
  // Indexes make references of type (ref func), which only a table of funcref can always take.
  const bool indexes = writtenAsIndexes && isFuncRef;
  contents_.clear();
  contentsMap_.clear();
  contentsMap_.add(0, begin);
  u32 count = 0;
  if (indexes)
    count = parseElementIndexes(contents_);
  else if (writtenAsIndexes)
    count = parseIndexesAsExprs(contents_);
  else
    count = parseElementExprs(contents_, contentsMap_);
  in().expect(TokenKind::RightParen);

  SectionWriter& tables = section(Section::Table);
  tables.out.append(type);
  writeLimits(tables.out, {is64, count, count, false, {}});

  SectionWriter& elems = section(Section::Elem);
  elems.begin(begin);
  const bool explicitForm = table != 0 || !isFuncRef;
  elems.out.leb((explicitForm ? u32{kExplicitIndex} : 0) | (indexes ? 0 : u32{kExprs}));
  if (explicitForm) elems.out.leb(table);
  writeZeroOffset(elems.out, is64);
  if (explicitForm && indexes) elems.out.byte(kFunctionElements);
  if (explicitForm && !indexes) elems.out.append(type);
  elems.out.leb(count);
  elems.map.append(contentsMap_, elems.out.size());
  elems.out.append(contents_.bytes());
}

void ModuleParser::parseMemory(u32 begin) {
  const u32 index = beginDefinition(Space::Memory);
  parseInlineExports(Space::Memory, index);
  if (const auto import = parseInlineImport()) return parseMemoryType(beginImport(*import, Space::Memory, begin));
  noteDefinition(Space::Memory);
  SectionWriter& memories = section(Section::Memory);
  memories.begin(begin);
  LimitsText limits;
  limits.is64 = parseAddressType();
  if (in().at(TokenKind::LeftParen)) {
    limits.pageSizeLog2 = parsePageSize();
    return parseInlineData(index, limits, begin);
  }
  const auto pageless = parseLimits(limits.is64);
  limits.min = pageless.min;
  limits.max = pageless.max;
  limits.isShared = in().takeKeyword("shared");
  limits.pageSizeLog2 = parsePageSize();
  writeLimits(memories.out, limits);
}

/// `(data ...)` within a memory, which it fills.
void ModuleParser::parseInlineData(u32 memory, LimitsText limits, u32 begin) {
  constexpr u32 kPageSizeLog2 = 16;
  if (!in().takeList("data")) return in().unexpected();
  ++next_[static_cast<u32>(Space::Data)];
  contents_.clear();
  parseStrings(contents_);
  in().expect(TokenKind::RightParen);
  const u32 pageLog2 = limits.pageSizeLog2.value_or(kPageSizeLog2);
  const u64 pages = pageLog2 >= 32 ? contents_.size() != 0 : (contents_.size() + (u64{1} << pageLog2) - 1) >> pageLog2;
  limits.min = pages;
  limits.max = pages;
  writeLimits(section(Section::Memory).out, limits);

  SectionWriter& datas = section(Section::Data);
  datas.begin(begin);
  datas.out.leb(memory == 0 ? 0 : kExplicitMemory);
  if (memory != 0) datas.out.leb(memory);
  writeZeroOffset(datas.out, limits.is64);
  datas.out.sized(contents_.bytes());
}

// -- Element segments -----------------------------------------------------------------------------------------------

/// `(offset expr)`, or one folded instruction.
void ModuleParser::parseOffset(BinaryWriter& to, SourceMapPart& map) {
  if (!in().takeList("offset")) return instructions_.parseFoldedExpr(to, map);
  instructions_.parseExpr(to, map);
  in().expect(TokenKind::RightParen);
}

void ModuleParser::parseElem(u32 begin) {
  beginDefinition(Space::Elem);
  BinaryWriter offset;
  SourceMapPart offsetMap;
  offsetMap.add(0, begin);
  u32 flags = kNotActive;
  u32 table = 0;
  bool namesTable = false;
  if (in().takeKeyword("declare")) {
    flags = kNotActive | kExplicitIndex;
  } else {
    namesTable = in().takeList("table");
    if (namesTable) {
      table = scope_.readIndex(Space::Table);
      in().expect(TokenKind::RightParen);
    }
    if (namesTable || (in().at(TokenKind::LeftParen) && !types_.atRefType())) {
      flags = 0;
      parseOffset(offset, offsetMap);
    }
  }
  // What the elements are: indexes behind `func`, or behind nothing at all in an active segment; else expressions.
  BinaryWriter type;
  const bool bare = flags == 0 && !namesTable && (in().atIndex() || in().at(TokenKind::RightParen));
  const bool indexes = bare || in().takeKeyword("func");
  if (!indexes) types_.parseRefType(type);
  contents_.clear();
  contentsMap_.clear();
  contentsMap_.add(0, begin);
  const u32 count = indexes ? parseElementIndexes(contents_) : parseElementExprs(contents_, contentsMap_);

  SectionWriter& elems = section(Section::Elem);
  elems.begin(begin);
  const bool isFuncRef = type.size() == 1 && type.bytes()[0] == kFuncRefCode;
  if (flags == 0 && (table != 0 || !(indexes || isFuncRef))) flags = kExplicitIndex;
  if (!indexes) flags |= kExprs;
  elems.out.leb(flags);
  if ((flags & (kNotActive | kExplicitIndex)) == kExplicitIndex) elems.out.leb(table);
  elems.map.append(offsetMap, elems.out.size());
  elems.out.append(offset.bytes());
  if ((flags & (kNotActive | kExplicitIndex)) != 0) {
    if (indexes)
      elems.out.byte(kFunctionElements);
    else
      elems.out.append(type.bytes());
  }
  elems.out.leb(count);
  elems.map.append(contentsMap_, elems.out.size());
  elems.out.append(contents_.bytes());
}

u32 ModuleParser::parseElementIndexes(BinaryWriter& to) {
  u32 count = 0;
  for (; in().atIndex(); ++count) to.leb(scope_.readIndex(Space::Func));
  return count;
}

u32 ModuleParser::parseIndexesAsExprs(BinaryWriter& to) {
  u32 count = 0;
  for (; in().atIndex(); ++count) {
    to.byte(codeOf(Opcode::RefFunc));
    to.leb(scope_.readIndex(Space::Func));
    to.byte(codeOf(Opcode::End));
  }
  return count;
}

/// `(item expr)` or a folded instruction each.
u32 ModuleParser::parseElementExprs(BinaryWriter& to, SourceMapPart& map) {
  u32 count = 0;
  for (; in().at(TokenKind::LeftParen); ++count) {
    if (in().takeList("item")) {
      instructions_.parseExpr(to, map);
      in().expect(TokenKind::RightParen);
    } else {
      instructions_.parseFoldedExpr(to, map);
    }
  }
  return count;
}

// -- Data segments --------------------------------------------------------------------------------------------------

void ModuleParser::parseData(u32 begin) {
  beginDefinition(Space::Data);
  SectionWriter& datas = section(Section::Data);
  datas.begin(begin);
  u32 memory = 0;
  const bool namesMemory = in().takeList("memory");
  if (namesMemory) {
    memory = scope_.readIndex(Space::Memory);
    in().expect(TokenKind::RightParen);
  }
  if (namesMemory || in().at(TokenKind::LeftParen)) {
    datas.out.leb(memory == 0 ? 0 : kExplicitMemory);
    if (memory != 0) datas.out.leb(memory);
    parseOffset(datas.out, datas.map);
  } else {
    datas.out.leb(kPassiveData);
  }
  contents_.clear();
  parseStrings(contents_);
  datas.out.sized(contents_.bytes());
}

void ModuleParser::parseStrings(BinaryWriter& to) {
  for (; in().at(TokenKind::String); in().advance()) appendString(in().text(), to.buffer());
}

}  // namespace wasmrun::text
