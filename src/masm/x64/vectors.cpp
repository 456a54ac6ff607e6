// Vector instructions with one to three vectors, by what they are of the machine.
#include <optional>

#include "masm/x64/vector_emitter.h"

namespace wasmrun::masm {

using wasm::Opcode;

void MacroAssembler::vectorUnary(Opcode opcode, Fp to, Fp a, Fp temporary) {
  VectorEmitter e(*this);
  const VectorInst inst = vectorUnaryInst(opcode);
  if (inst.two != 0)
    e.unary(inst, to, a);
  else
    emitIntUnary(e, opcode, to, a, temporary);
}

void MacroAssembler::vectorBinary(Opcode opcode, Fp to, Fp a, const FpOperand& b, Fp temporary) {
  VectorEmitter e(*this);
  const VectorRow row = vectorRow(opcode);
  if (row.inst.two != 0) {
    const bool exchanges = row.flags == VectorRow::kExchanged;
    const Fp first = exchanges ? b.reg : a;
    const FpOperand second = exchanges ? FpOperand::of(a) : b;
    if (row.immediate >= 0)
      e.op(row.inst, to, first, second, static_cast<u32>(row.immediate));
    else
      e.op(row.inst, to, first, second);
    return;
  }
  switch (opcode) {
    case Opcode::F32x4Min:
    case Opcode::F32x4Max:
    case Opcode::F64x2Min:
    case Opcode::F64x2Max: return emitFloatBinary(e, opcode, to, a, b.reg, temporary);
    default: return emitIntBinary(e, opcode, to, a, b.reg, temporary);
  }
}

// -- Three operands --------------------------------------------------------------------------------------------------

namespace {

/// An instruction of FMA: the number is the order of the operands that are multiplied and added.
struct FusedInst {
  InstId by213;  // first = second * first + third
  InstId by231;  // first = second * third + first
};

void emitFused(MacroAssembler& masm, FusedInst inst, Fp to, Fp a, Fp b, Fp c) {
  x86::Assembler& assembler = masm.impl().a;
  if (to == a || to == b) {
    assembler.emit(inst.by213, xmm(to), xmm(to == a ? b : a), xmm(c));
    return;
  }
  if (to != c) masm.move(to, c);
  assembler.emit(inst.by231, xmm(to), xmm(a), xmm(b));
}

}  // namespace

void MacroAssembler::vectorTernary(Opcode opcode, Fp to, Fp a, Fp b, Fp c) {
  using enum Opcode;
  VectorEmitter e(*this);
  const auto multiplyAdd = [&](FusedInst inst, VectorInst multiply, VectorInst add) {
    if (features_.x86v3) return emitFused(*this, inst, to, a, b, c);
    e.op(multiply, kFloatScratch, a, b);
    e.lastOp(add, to, kFloatScratch, c);
  };
  const auto multiplySubtract = [&](FusedInst inst, VectorInst multiply, VectorInst subtract) {
    if (features_.x86v3) return emitFused(*this, inst, to, a, b, c);
    e.op(multiply, kFloatScratch, a, b);
    e.op(subtract, to, c, kFloatScratch);
  };
  switch (opcode) {
    case F32x4RelaxedMadd: return multiplyAdd({Inst::kIdVfmadd213ps, Inst::kIdVfmadd231ps}, kMulps, kAddps);
    case F64x2RelaxedMadd: return multiplyAdd({Inst::kIdVfmadd213pd, Inst::kIdVfmadd231pd}, kMulpd, kAddpd);
    case F32x4RelaxedNmadd: return multiplySubtract({Inst::kIdVfnmadd213ps, Inst::kIdVfnmadd231ps}, kMulps, kSubps);
    case F64x2RelaxedNmadd: return multiplySubtract({Inst::kIdVfnmadd213pd, Inst::kIdVfnmadd231pd}, kMulpd, kSubpd);
    case I32x4RelaxedDotI8x16I7x16AddS:
      e.op(kPmaddubsw, kFloatScratch, b, a);
      e.op(kPmaddwd, kFloatScratch, kFloatScratch, splat16(1));
      return e.lastOp(kPaddd, to, kFloatScratch, c);
    default:
      // bitselect, and laneselect as it: a & c | b & ~c.
      e.op(kPandn, kFloatScratch, c, b);
      e.op(kPand, to, a, c);
      return e.op(kPor, to, to, kFloatScratch);
  }
}

namespace {

/// The words that `mask` has all bits of, if it has all or none of each.
std::optional<u32> wholeWords(u64 low, u64 high) {
  u32 words = 0;
  for (u32 i = 0; i < 8; ++i) {
    const u64 word = (i < 4 ? low : high) >> 16 * (i % 4) & 0xffff;
    if (word != 0 && word != 0xffff) return std::nullopt;
    if (word != 0) words |= 1u << i;
  }
  return words;
}

}  // namespace

void MacroAssembler::vectorSelect(Fp to, Fp a, Fp b, u64 low, u64 high) {
  VectorEmitter e(*this);
  if (const std::optional<u32> words = wholeWords(low, high)) return e.op(kPblendw, to, b, a, *words);
  e.op(kPand, kFloatScratch, b, FpOperand::of(~low, ~high));
  e.op(kPand, to, a, FpOperand::of(low, high));
  e.op(kPor, to, to, kFloatScratch);
}

}  // namespace wasmrun::masm
