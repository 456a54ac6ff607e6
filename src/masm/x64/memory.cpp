// Accesses of linear memory, as wide as the instruction says.
#include "masm/x64/vector_emitter.h"

namespace wasmrun::masm {

using wasm::Opcode;

namespace {

Form loadForm(Opcode opcode) {
  switch (opcode) {
    case Opcode::I32Load:
    case Opcode::I64Load32U: return {.opcode = 0x8b};
    case Opcode::I64Load: return {.opcode = 0x8b, .isWide = true};
    case Opcode::I32Load8S: return {.opcode = 0xbe, .isTwo = true};
    case Opcode::I64Load8S: return {.opcode = 0xbe, .isWide = true, .isTwo = true};
    case Opcode::I32Load8U:
    case Opcode::I64Load8U: return {.opcode = 0xb6, .isTwo = true};
    case Opcode::I32Load16S: return {.opcode = 0xbf, .isTwo = true};
    case Opcode::I64Load16S: return {.opcode = 0xbf, .isWide = true, .isTwo = true};
    case Opcode::I32Load16U:
    case Opcode::I64Load16U: return {.opcode = 0xb7, .isTwo = true};
    case Opcode::I64Load32S: return {.opcode = 0x63, .isWide = true};
    default: CHECK(false, "a load of an integer"); return {};
  }
}

Form storeForm(Opcode opcode) {
  switch (opcode) {
    case Opcode::I32Store:
    case Opcode::I64Store32: return {.opcode = 0x89};
    case Opcode::I64Store: return {.opcode = 0x89, .isWide = true};
    case Opcode::I32Store8:
    case Opcode::I64Store8: return {.opcode = 0x88, .isByte = true};
    case Opcode::I32Store16:
    case Opcode::I64Store16: return {.opcode = 0x89, .prefix = 0x66};
    default: CHECK(false, "a store of an integer"); return {};
  }
}

}  // namespace

void MacroAssembler::loadValue(Opcode opcode, Gp to, Mem from) { impl_->forms.memory(loadForm(opcode), to.code, from); }

void MacroAssembler::loadValue(Opcode opcode, Fp to, Mem from) {
  switch (opcode) {
    case Opcode::F32Load: return load(FpKind::F32, to, from);
    case Opcode::F64Load: return load(FpKind::F64, to, from);
    case Opcode::V128Load: return load(FpKind::V128, to, from);
    default: return loadVector(*this, opcode, to, memory(from, 0));
  }
}

void MacroAssembler::storeValue(Opcode opcode, Mem to, Gp from) {
  impl_->forms.memory(storeForm(opcode), from.code, to);
}

void MacroAssembler::storeValue(Opcode opcode, Mem to, Fp from) {
  switch (opcode) {
    case Opcode::F32Store: return impl_->forms.memory(moveForm(FpKind::F32, true), from.code, to);
    case Opcode::F64Store: return store(FpKind::F64, to, from);
    case Opcode::V128Store: return store(FpKind::V128, to, from);
    default: CHECK(false, "a store of a float");
  }
}

void MacroAssembler::storeValueConstant(Opcode opcode, Mem to, i32 value) {
  x86::Assembler& a = impl_->a;
  switch (opcode) {
    case Opcode::I64Store: return storeConstant(to, static_cast<u64>(i64{value}));
    case Opcode::I32Store8:
    case Opcode::I64Store8: a.mov(memory(to, 1), static_cast<i8>(value)); return;
    case Opcode::I32Store16:
    case Opcode::I64Store16: a.mov(memory(to, 2), static_cast<i16>(value)); return;
    default: return impl_->forms.memory({.opcode = 0xc7}, 0, to, value, 4);
  }
}

}  // namespace wasmrun::masm
