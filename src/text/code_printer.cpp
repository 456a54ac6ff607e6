#include "text/code_printer.h"

#include "support/text.h"
#include "text/printed_literals.h"
#include "wasm/control.h"
#include "wasm/instruction_walk.h"
#include "wasm/mem_arg.h"
#include "wasm/type_reader.h"

namespace wasmrun::text {

using support::concat;
using support::Hex;
using wasm::Immediate;
using wasm::NameKind;
using wasm::Opcode;

// -- Instructions -----------------------------------------------------------------------------------------------------

Opcode CodePrinter::peek() const {
  support::ByteReader ahead(reader_);
  return wasm::readOpcode(ahead);
}

void CodePrinter::print() {
  const Opcode opcode = wasm::readOpcode(reader_);
  if (opcode == Opcode::kCount) return;
  // A delegate's label is counted from outside its try.
  if ((opcode == Opcode::End || opcode == Opcode::Delegate) && !open_.empty()) open_.pop_back();
  out_ += wasm::info(opcode).text;
  immediates(opcode);
}

void CodePrinter::immediates(Opcode opcode) {
  switch (wasm::info(opcode).immediate) {
    case Immediate::None: return;
    case Immediate::BlockType: return block();
    case Immediate::TryTable: return tryTable();
    case Immediate::Label: return label();
    case Immediate::BrTable: return brTable();
    case Immediate::Func: return reference(NameKind::Func);
    case Immediate::CallIndirect: return callIndirect();
    case Immediate::Type: return reference(NameKind::Type);
    case Immediate::Local: return locals_.printReference(out_, index());
    case Immediate::Global: return reference(NameKind::Global);
    case Immediate::Tag: return reference(NameKind::Tag);
    case Immediate::Data: return reference(NameKind::Data);
    case Immediate::Elem: return reference(NameKind::Elem);
    case Immediate::Table: return optional(NameKind::Table, index());
    case Immediate::Memory: return optional(NameKind::Memory, index());
    case Immediate::TableTable: return pair(NameKind::Table);
    case Immediate::MemoryMemory: return pair(NameKind::Memory);
    case Immediate::DataMemory: return segment(NameKind::Data, NameKind::Memory);
    case Immediate::ElemTable: return segment(NameKind::Elem, NameKind::Table);
    case Immediate::TypeField: return typeAndField();
    case Immediate::TypeType: return two(NameKind::Type, NameKind::Type);
    case Immediate::TypeData: return two(NameKind::Type, NameKind::Data);
    case Immediate::TypeElem: return two(NameKind::Type, NameKind::Elem);
    case Immediate::TypeCount: return reference(NameKind::Type), number(index());
    case Immediate::MemArg: return memArg(opcode);
    case Immediate::MemArgLane: return memArg(opcode), number(reader_.readByte());
    case Immediate::I32: return out_ += ' ', support::appendTo(out_, reader_.readI32());
    case Immediate::I64: return out_ += ' ', support::appendTo(out_, reader_.readI64());
    case Immediate::F32: return out_ += ' ', printF32(out_, reader_.readFixed<u32>());
    case Immediate::F64: return out_ += ' ', printF64(out_, reader_.readFixed<u64>());
    case Immediate::V128: return vector();
    case Immediate::Shuffle: return lanes();
    case Immediate::Lane: return number(reader_.readByte());
    case Immediate::HeapType:
      if (opcode == Opcode::RefNull) return heapType();
      return referenceType(opcode == Opcode::RefTestNull || opcode == Opcode::RefCastNull);
    case Immediate::SelectTypes: return selectTypes();
    case Immediate::BrOnCast: return brOnCast();
    case Immediate::Fence: return void(reader_.readByte());
  }
}

// -- Pieces -----------------------------------------------------------------------------------------------------------

void CodePrinter::word(std::string_view text) { out_ += ' ', out_ += text; }
void CodePrinter::number(u64 value) { out_ += ' ', support::appendTo(out_, value); }

/// The text format's index 0 goes without saying.
void CodePrinter::optional(NameKind kind, u32 index) {
  if (index != 0 || !module_.ids(kind).id(index).empty()) module_.printReference(out_, kind, index);
}

void CodePrinter::two(NameKind first, NameKind second) { reference(first), reference(second); }

void CodePrinter::pair(NameKind kind) {
  const u32 target = index(), source = index();
  if (target == 0 && source == 0 && module_.ids(kind).empty()) return;
  module_.printReference(out_, kind, target);
  module_.printReference(out_, kind, source);
}

/// The binary has the segment first, the text the memory or table.
void CodePrinter::segment(NameKind segment, NameKind target) {
  const u32 from = index();
  optional(target, index());
  module_.printReference(out_, segment, from);
}

void CodePrinter::typeAndField() {
  const u32 type = index();
  module_.printReference(out_, NameKind::Type, type);
  module_.fieldIds(type).printReference(out_, index());
}

void CodePrinter::memArg(Opcode opcode) {
  u32 align = reader_.readU32(), memory = 0;
  if ((align & wasm::kMemArgHasMemory) != 0) align -= wasm::kMemArgHasMemory, memory = index();
  optional(NameKind::Memory, memory);
  if (const u64 offset = reader_.readU64(); offset != 0) support::appendTo(out_, concat(" offset=", offset));
  if (align != wasm::info(opcode).alignLog2) support::appendTo(out_, concat(" align=", u64{1} << (align & 63)));
}

void CodePrinter::vector() {
  out_ += " i32x4";
  for (int lane = 0; lane < 4; ++lane) out_ += ' ', support::appendTo(out_, Hex{reader_.readFixed<u32>(), 8});
}

void CodePrinter::lanes() {
  for (int lane = 0; lane < 16; ++lane) number(reader_.readByte());
}

// -- Types ------------------------------------------------------------------------------------------------------------

wasm::ValType CodePrinter::readValType() {
  const wasm::Module& module = module_.module();
  return wasm::readValType(reader_, {module.types, 0}, module.features()).value_or(wasm::kBottom);
}

wasm::HeapType CodePrinter::readHeapType() {
  const wasm::Module& module = module_.module();
  return wasm::readHeapType(reader_, {module.types, 0}, module.features()).value_or(wasm::HeapType::None);
}

void CodePrinter::heapType() { module_.printHeapType(out_, readHeapType()); }

void CodePrinter::referenceType(bool nullable) {
  out_ += nullable ? " (ref null" : " (ref";
  heapType();
  out_ += ')';
}

void CodePrinter::selectTypes() {
  out_ += " (result";
  for (u32 count = reader_.readU32(); count > 0 && reader_.ok(); --count) module_.printValType(out_, readValType());
  out_ += ')';
}

// -- Control ----------------------------------------------------------------------------------------------------------

void CodePrinter::block() {
  labels_.printDefinition(out_, blocks_);
  blockType();
  open();
}

void CodePrinter::open() {
  open_.push_back(blocks_++);
  level(depth());
}

/// How deep a label's construct is nested: easier to find than by counting from the branch.
void CodePrinter::level(u32 nesting) { support::appendTo(out_, concat(" (;@", nesting, ";)")); }

void CodePrinter::blockType() {
  constexpr u8 kEmpty = 0x40;
  if (reader_.peekByte() == kEmpty) return void(reader_.readByte());
  if (wasm::startsValType(reader_.peekByte())) {
    out_ += " (result";
    module_.printValType(out_, readValType());
    out_ += ')';
  } else {
    module_.printTypeUse(out_, static_cast<u32>(reader_.readI33()));
  }
}

void CodePrinter::label() {
  const u32 count = index();
  if (count >= open_.size()) return number(count);  // the function's own
  const u32 nesting = depth() - count;
  if (const std::string_view id = labels_.id(open_[nesting - 1]); !id.empty()) return out_ += ' ', printId(out_, id);
  number(count);
  level(nesting);
}

void CodePrinter::brTable() {
  for (u64 count = u64{reader_.readU32()} + 1; count > 0 && reader_.ok(); --count) label();
}

void CodePrinter::callIndirect() {
  const u32 type = index();
  optional(NameKind::Table, index());
  module_.printTypeUse(out_, type);
}

void CodePrinter::tryTable() {
  static constexpr std::string_view kClauses[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
  // The clauses' labels are counted from outside, so it opens after them; but its own label is named first.
  labels_.printDefinition(out_, blocks_);
  blockType();
  for (u32 count = reader_.readU32(); count > 0 && reader_.ok(); --count) {
    const u8 kind = reader_.readByte() & 3;
    out_ += " (";
    out_ += kClauses[kind];
    if (kind <= wasm::CatchClause::CatchRef) reference(NameKind::Tag);
    label();
    out_ += ')';
  }
  open();
}

void CodePrinter::brOnCast() {
  const u8 flags = reader_.readByte();
  label();
  referenceType((flags & 1) != 0);
  referenceType((flags & 2) != 0);
}

}  // namespace wasmrun::text
