// Accesses of linear memory, as wide as the instruction says.
#include "masm/x64/vector_emitter.h"

namespace wasmrun::masm {

using wasm::Opcode;

void MacroAssembler::loadValue(Opcode opcode, Gp to, Mem from) {
  x86::Assembler& a = impl_->a;
  switch (opcode) {
    case Opcode::I32Load:
    case Opcode::I64Load32U: a.mov(r32(to), memory(from, 4)); return;
    case Opcode::I64Load: a.mov(r64(to), memory(from, 8)); return;
    case Opcode::I32Load8S: a.movsx(r32(to), memory(from, 1)); return;
    case Opcode::I64Load8S: a.movsx(r64(to), memory(from, 1)); return;
    case Opcode::I32Load8U:
    case Opcode::I64Load8U: a.movzx(r32(to), memory(from, 1)); return;
    case Opcode::I32Load16S: a.movsx(r32(to), memory(from, 2)); return;
    case Opcode::I64Load16S: a.movsx(r64(to), memory(from, 2)); return;
    case Opcode::I32Load16U:
    case Opcode::I64Load16U: a.movzx(r32(to), memory(from, 2)); return;
    case Opcode::I64Load32S: a.movsxd(r64(to), memory(from, 4)); return;
    default: CHECK(false, "a load of an integer");
  }
}

void MacroAssembler::loadValue(Opcode opcode, Fp to, Mem from) {
  x86::Assembler& a = impl_->a;
  switch (opcode) {
    case Opcode::F32Load: a.movss(xmm(to), memory(from, 4)); return;
    case Opcode::F64Load: a.movsd(xmm(to), memory(from, 8)); return;
    case Opcode::V128Load: a.movups(xmm(to), memory(from, 16)); return;
    default: return loadVector(*this, opcode, to, memory(from, 0));
  }
}

void MacroAssembler::storeValue(Opcode opcode, Mem to, Gp from) {
  x86::Assembler& a = impl_->a;
  switch (opcode) {
    case Opcode::I32Store:
    case Opcode::I64Store32: a.mov(memory(to, 4), r32(from)); return;
    case Opcode::I64Store: a.mov(memory(to, 8), r64(from)); return;
    case Opcode::I32Store8:
    case Opcode::I64Store8: a.mov(memory(to, 1), r8(from)); return;
    case Opcode::I32Store16:
    case Opcode::I64Store16: a.mov(memory(to, 2), r16(from)); return;
    default: CHECK(false, "a store of an integer");
  }
}

void MacroAssembler::storeValue(Opcode opcode, Mem to, Fp from) {
  x86::Assembler& a = impl_->a;
  switch (opcode) {
    case Opcode::F32Store: a.movss(memory(to, 4), xmm(from)); return;
    case Opcode::F64Store: a.movsd(memory(to, 8), xmm(from)); return;
    case Opcode::V128Store: a.movups(memory(to, 16), xmm(from)); return;
    default: CHECK(false, "a store of a float");
  }
}

void MacroAssembler::storeValueConstant(Opcode opcode, Mem to, i32 value) {
  x86::Assembler& a = impl_->a;
  switch (opcode) {
    case Opcode::I64Store: a.mov(memory(to, 8), value); return;
    case Opcode::I32Store8:
    case Opcode::I64Store8: a.mov(memory(to, 1), static_cast<i8>(value)); return;
    case Opcode::I32Store16:
    case Opcode::I64Store16: a.mov(memory(to, 2), static_cast<i16>(value)); return;
    default: a.mov(memory(to, 4), value); return;
  }
}

}  // namespace wasmrun::masm
