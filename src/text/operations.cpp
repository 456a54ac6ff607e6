// Opcodes and immediates of instructions that are no blocks.

#include <bit>

#include "text/instruction_parser.h"
#include "text/keywords.h"
#include "text/literals.h"
#include "wasm/mem_arg.h"

namespace wasmrun::text {

using wasm::Immediate;
using wasm::Opcode;

namespace {

void writeOpcode(BinaryWriter& to, Opcode opcode) {
  const wasm::OpcodeInfo& info = wasm::info(opcode);
  if (info.prefix == 0) return to.byte(static_cast<u8>(info.code));
  to.byte(info.prefix);
  to.leb(info.code);
}

bool isNumber(TokenKind kind) {
  return kind == TokenKind::Natural || kind == TokenKind::Integer || kind == TokenKind::Float;
}

}  // namespace

void InstructionParser::parseOperation(BinaryWriter& to, Opcode opcode) {
  switch (opcode) {
    case Opcode::Select: return parseSelect(to);
    case Opcode::RefTest: return parseCast(to, Opcode::RefTest, Opcode::RefTestNull);
    case Opcode::RefCast: return parseCast(to, Opcode::RefCast, Opcode::RefCastNull);
    default: break;
  }
  writeOpcode(to, opcode);
  parseImmediates(to, opcode);
}

void InstructionParser::parseImmediates(BinaryWriter& to, Opcode opcode) {
  const Immediate kind = wasm::info(opcode).immediate;
  switch (kind) {
    case Immediate::None: return;
    case Immediate::Fence: return to.byte(0);
    case Immediate::Label: return to.leb(scope_.readLabel());
    case Immediate::BrTable: return parseBranchTable(to);
    case Immediate::Func: return to.leb(scope_.readIndex(Space::Func));
    case Immediate::CallIndirect: return parseCallIndirect(to);
    case Immediate::Type: return to.leb(scope_.readIndex(Space::Type));
    case Immediate::Local: return to.leb(scope_.readLocal());
    case Immediate::Global: return to.leb(scope_.readIndex(Space::Global));
    case Immediate::Table: return to.leb(scope_.readIndexOr(Space::Table, 0));
    case Immediate::TableTable: return parsePair(to, Space::Table);
    case Immediate::Memory: return to.leb(scope_.readIndexOr(Space::Memory, 0));
    case Immediate::MemoryMemory: return parsePair(to, Space::Memory);
    case Immediate::MemArg: return parseMemArg(to, opcode, scope_.readIndexOr(Space::Memory, 0));
    case Immediate::MemArgLane: return parseLaneAccess(to, opcode);
    case Immediate::DataMemory: usesData_ = true; return parseInit(to, Space::Data, Space::Memory);
    case Immediate::Data: return to.leb(readDataIndex());
    case Immediate::ElemTable: return parseInit(to, Space::Elem, Space::Table);
    case Immediate::Elem: return to.leb(scope_.readIndex(Space::Elem));
    case Immediate::I32:
    case Immediate::I64:
    case Immediate::F32:
    case Immediate::F64: return parseConstant(to, kind);
    case Immediate::V128: return parseVectorConstant(to);
    case Immediate::Shuffle: return parseShuffle(to);
    case Immediate::Lane: return to.byte(readLane());
    case Immediate::HeapType: return types_.parseHeapType(to);
    case Immediate::Tag: return to.leb(scope_.readIndex(Space::Tag));
    case Immediate::TypeField:
    case Immediate::TypeType:
    case Immediate::TypeData:
    case Immediate::TypeElem:
    case Immediate::TypeCount: return parseGcImmediates(to, opcode);
    case Immediate::BrOnCast: return parseBranchOnCast(to);
    case Immediate::BlockType:
    case Immediate::TryTable:
    case Immediate::SelectTypes: return in_.unexpected();  // not read here
  }
}

void InstructionParser::parseGcImmediates(BinaryWriter& to, Opcode opcode) {
  const u32 type = scope_.readIndex(Space::Type);
  to.leb(type);
  switch (wasm::info(opcode).immediate) {
    case Immediate::TypeField: return to.leb(scope_.readField(type));
    case Immediate::TypeType: return to.leb(scope_.readIndex(Space::Type));
    case Immediate::TypeData: return to.leb(readDataIndex());
    case Immediate::TypeElem: return to.leb(scope_.readIndex(Space::Elem));
    default: return to.leb(scope_.readU32());
  }
}

u32 InstructionParser::readDataIndex() {
  usesData_ = true;
  return scope_.readIndex(Space::Data);
}

// -- Opcodes that depend on what follows ----------------------------------------------------------------------------

void InstructionParser::parseSelect(BinaryWriter& to) {
  if (!in_.atList("result")) return writeOpcode(to, Opcode::Select);
  BinaryWriter types;
  u32 count = 0;
  while (in_.takeList("result")) {
    for (; !in_.at(TokenKind::RightParen) && !in_.failed(); ++count) types_.parseValType(types);
    in_.expect(TokenKind::RightParen);
  }
  writeOpcode(to, Opcode::SelectTyped);
  to.leb(count);
  to.append(types.bytes());
}

void InstructionParser::parseCast(BinaryWriter& to, Opcode plain, Opcode nullable) {
  BinaryWriter heapType;
  writeOpcode(to, types_.parseRefAsHeapType(heapType) ? nullable : plain);
  to.append(heapType.bytes());
}

void InstructionParser::parseBranchOnCast(BinaryWriter& to) {
  const u32 label = scope_.readLabel();
  BinaryWriter heapTypes;
  const bool fromNullable = types_.parseRefAsHeapType(heapTypes);
  const bool toNullable = types_.parseRefAsHeapType(heapTypes);
  to.byte(static_cast<u8>((fromNullable ? 1 : 0) | (toNullable ? 2 : 0)));
  to.leb(label);
  to.append(heapTypes.bytes());
}

// -- Indexes --------------------------------------------------------------------------------------------------------

void InstructionParser::parseCallIndirect(BinaryWriter& to) {
  const u32 table = scope_.readIndexOr(Space::Table, 0);
  const TypeUse use = types_.parseUse(TypeParser::ParamNames::None);
  to.leb(types_.indexOf(use));
  to.leb(table);
}

/// Destination and source: both or none.
void InstructionParser::parsePair(BinaryWriter& to, Space space) {
  const bool written = in_.atIndex();
  to.leb(written ? scope_.readIndex(space) : 0);
  to.leb(written ? scope_.readIndex(space) : 0);
}

/// `x? segment`; the segment comes first in the binary.
void InstructionParser::parseInit(BinaryWriter& to, Space segments, Space targets) {
  const TokenKind behind = in_.ahead().kind;
  const bool both = behind == TokenKind::Natural || behind == TokenKind::Id;
  const u32 target = both ? scope_.readIndex(targets) : 0;
  to.leb(scope_.readIndex(segments));
  to.leb(target);
}

void InstructionParser::parseBranchTable(BinaryWriter& to) {
  BinaryWriter labels;
  u32 count = 0;
  u32 last = scope_.readLabel();
  for (; in_.atIndex(); ++count) {
    labels.leb(last);
    last = scope_.readLabel();
  }
  to.leb(count);
  to.append(labels.bytes());
  to.leb(last);
}

// -- Memory ---------------------------------------------------------------------------------------------------------

/// The number behind `word` in a token such as `offset=8`; nothing, and the token left, if it is something else.
std::optional<u64> InstructionParser::takeWordValue(std::string_view word) {
  if (!in_.at(TokenKind::Keyword) || !in_.text().starts_with(word)) return std::nullopt;
  const std::string_view number = in_.text().substr(word.size());
  if (!isNatural(number)) return in_.unexpected(), std::nullopt;
  const auto value = parseNatural(number, 64);
  if (!value) return in_.fail("i64 constant out of range"), std::nullopt;
  in_.advance();
  return value;
}

void InstructionParser::parseMemArg(BinaryWriter& to, Opcode opcode, u32 memory) {
  const u64 offset = takeWordValue("offset=").value_or(0);
  const u32 alignOffset = in_.offset();
  u32 alignLog2 = wasm::info(opcode).alignLog2;
  if (const auto align = takeWordValue("align=")) {
    if (!std::has_single_bit(*align)) return in_.fail("alignment must be a power of two", alignOffset);
    alignLog2 = static_cast<u32>(std::countr_zero(*align));
  }
  // Whether it is more than the natural alignment is up to validation: an exponent is below 64, the flag's bit.
  to.leb(alignLog2 | (memory != 0 ? wasm::kMemArgHasMemory : 0));
  if (memory != 0) to.leb(memory);
  to.leb(offset);
}

/// `memory? memarg lane`: a number alone is the lane.
void InstructionParser::parseLaneAccess(BinaryWriter& to, Opcode opcode) {
  u32 memory = 0;
  if (in_.at(TokenKind::Id)) {
    memory = scope_.readIndex(Space::Memory);
  } else if (in_.at(TokenKind::Natural)) {
    const Token behind = in_.ahead();
    const bool more = behind.kind == TokenKind::Natural ||
                      (behind.kind == TokenKind::Keyword &&
                       (in_.text(behind).starts_with("offset=") || in_.text(behind).starts_with("align=")));
    if (more) memory = scope_.readIndex(Space::Memory);
  }
  parseMemArg(to, opcode, memory);
  to.byte(readLane());
}

// -- Constants ------------------------------------------------------------------------------------------------------

void InstructionParser::parseConstant(BinaryWriter& to, Immediate kind) {
  const bool isFloat = kind == Immediate::F32 || kind == Immediate::F64;
  if (!isNumber(in_.kind()) || (!isFloat && in_.at(TokenKind::Float))) return in_.unexpected();
  std::optional<u64> bits;
  switch (kind) {
    case Immediate::I32: bits = parseInteger(in_.text(), 32); break;
    case Immediate::I64: bits = parseInteger(in_.text(), 64); break;
    case Immediate::F32: bits = parseF32(in_.text()); break;
    default: bits = parseF64(in_.text());
  }
  if (!bits) return in_.fail("constant out of range");
  in_.advance();
  switch (kind) {
    case Immediate::I32: return to.signedLeb(static_cast<i32>(*bits));
    case Immediate::I64: return to.signedLeb(static_cast<i64>(*bits));
    case Immediate::F32: return to.fixed(*bits, 4);
    default: return to.fixed(*bits, 8);
  }
}

void InstructionParser::parseVectorConstant(BinaryWriter& to) {
  const LaneShape* const shape = in_.at(TokenKind::Keyword) ? findLaneShape(in_.text()) : nullptr;
  if (shape == nullptr) return in_.unexpected();
  in_.advance();
  // That a lane is out of range is only said of the right number of lanes.
  std::optional<u32> outOfRange;
  u32 count = 0;
  for (; isNumber(in_.kind()) && count <= shape->laneCount; ++count) {
    if (!shape->isFloat && in_.at(TokenKind::Float)) return in_.unexpected();
    const auto bits = parseLane(*shape, in_.text());
    if (!bits && !outOfRange) outOfRange = in_.offset();
    to.fixed(bits.value_or(0), shape->laneBits / 8);
    in_.advance();
  }
  if (in_.at(TokenKind::Reserved) || (in_.at(TokenKind::Keyword) && !isKnownKeyword(in_.text())))
    return in_.unexpected();
  if (count != shape->laneCount) return in_.fail("wrong number of lane literals");
  if (outOfRange) in_.fail("constant out of range", *outOfRange);
}

void InstructionParser::parseShuffle(BinaryWriter& to) {
  constexpr u32 kLanes = 16;
  for (u32 i = 0; i < kLanes; ++i) {
    if (!isNumber(in_.kind())) return in_.fail("invalid lane length");
    if (!in_.at(TokenKind::Natural)) return in_.fail("i8 constant out of range");
    to.byte(readLane());
  }
  if (isNumber(in_.kind())) in_.fail("invalid lane length");
}

u8 InstructionParser::readLane() {
  if (!in_.at(TokenKind::Natural)) return in_.unexpected(), u8{0};
  const auto lane = parseNatural(in_.text(), 8);
  if (!lane) return in_.fail("i8 constant out of range"), u8{0};
  in_.advance();
  return static_cast<u8>(*lane);
}

}  // namespace wasmrun::text
