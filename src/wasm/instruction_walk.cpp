#include "wasm/instruction_walk.h"

#include "wasm/control.h"
#include "wasm/mem_arg.h"
#include "wasm/type_reader.h"

namespace wasmrun::wasm {

using support::ByteReader;

namespace {

void skipIndices(ByteReader& reader, u64 count) {
  for (; count > 0 && reader.ok(); --count) reader.readU32();
}

/// A heap or block type, or the byte that a reference type or another value type begins with: each is one s33.
void skipType(ByteReader& reader) {
  constexpr i64 kRef = -0x1c, kRefNull = -0x1d;
  const i64 type = reader.readI33();
  if (type == kRef || type == kRefNull) reader.readI33();
}

void skipMemArg(ByteReader& reader) {
  if ((reader.readU32() & kMemArgHasMemory) != 0) reader.readU32();
  reader.readU64();
}

void skipClauses(ByteReader& reader) {
  for (u32 count = reader.readU32(); count > 0 && reader.ok(); --count)
    skipIndices(reader, reader.readByte() <= CatchClause::CatchRef ? 2 : 1);
}

}  // namespace

Opcode readOpcode(ByteReader& reader) {
  const u8 byte = reader.readByte();
  Opcode opcode = opcodeOf(byte);
  if (opcode == Opcode::kCount) opcode = opcodeOf(byte, reader.readU32());
  if (opcode == Opcode::kCount) reader.failRead("unknown opcode");
  return opcode;
}

void skipImmediates(ByteReader& reader, Opcode opcode) {
  switch (info(opcode).immediate) {
    case Immediate::None: return;
    case Immediate::BlockType:
    case Immediate::HeapType: return skipType(reader);
    case Immediate::Label:
    case Immediate::Func:
    case Immediate::Type:
    case Immediate::Local:
    case Immediate::Global:
    case Immediate::Table:
    case Immediate::Memory:
    case Immediate::Data:
    case Immediate::Elem:
    case Immediate::Tag: return skipIndices(reader, 1);
    case Immediate::CallIndirect:
    case Immediate::TableTable:
    case Immediate::MemoryMemory:
    case Immediate::DataMemory:
    case Immediate::ElemTable:
    case Immediate::TypeField:
    case Immediate::TypeType:
    case Immediate::TypeData:
    case Immediate::TypeElem:
    case Immediate::TypeCount: return skipIndices(reader, 2);
    case Immediate::BrTable: return skipIndices(reader, u64{reader.readU32()} + 1);
    case Immediate::MemArg: return skipMemArg(reader);
    case Immediate::MemArgLane: return skipMemArg(reader), void(reader.readByte());
    case Immediate::I32: return void(reader.readI32());
    case Immediate::I64: return void(reader.readI64());
    case Immediate::F32: return void(reader.readBytes(4));
    case Immediate::F64: return void(reader.readBytes(8));
    case Immediate::V128:
    case Immediate::Shuffle: return void(reader.readBytes(16));
    case Immediate::Lane:
    case Immediate::Fence: return void(reader.readByte());
    case Immediate::SelectTypes:
      for (u32 count = reader.readU32(); count > 0 && reader.ok(); --count) skipType(reader);
      return;
    case Immediate::TryTable: return skipType(reader), skipClauses(reader);
    case Immediate::BrOnCast:
      reader.readByte();
      reader.readU32();
      return skipType(reader), skipType(reader);
  }
}

void skipLocals(ByteReader& reader) {
  for (u32 groups = reader.readU32(); groups > 0 && reader.ok(); --groups) {
    reader.readU32();
    skipType(reader);
  }
}

}  // namespace wasmrun::wasm
