// Walking over the instructions of valid code without validating it again.
#pragma once

#include "support/byte_reader.h"
#include "wasm/opcodes.h"

namespace wasmrun::wasm {

/// The opcode at the reader's position; kCount, and the reader in error, if there is none.
Opcode readOpcode(support::ByteReader& reader);

/// Goes past the immediates of an instruction whose opcode was read.
void skipImmediates(support::ByteReader& reader, Opcode opcode);

/// Goes past the local declarations that a body begins with.
void skipLocals(support::ByteReader& reader);

/// The instruction begins a construct that has a label.
constexpr bool opensBlock(Opcode opcode) {
  const Immediate immediate = info(opcode).immediate;
  return immediate == Immediate::BlockType || immediate == Immediate::TryTable;
}
/// The instruction ends a construct, or a part of one.
constexpr bool closesBlock(Opcode opcode) {
  return opcode == Opcode::End || opcode == Opcode::Delegate || opcode == Opcode::Else || opcode == Opcode::Catch ||
         opcode == Opcode::CatchAll;
}

}  // namespace wasmrun::wasm
