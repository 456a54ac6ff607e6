// Float and vector instructions in their SSE and AVX forms, as if all had three operands.
#pragma once

#include "masm/x64/impl.h"

namespace wasmrun::masm {

/// An instruction of two operands, the first of which is the result too (SSE), and its form with three (AVX).
struct VectorInst {
  InstId two = 0;
  InstId three = 0;
};

#define WASMRUN_VECTOR_INST(name, avxName) inline constexpr VectorInst k##name{Inst::kId##name, Inst::kIdV##avxName};
#include "masm/x64/vector_insts.def"

/// Emits one instruction a call. Without AVX, where the result is the second operand and not the first, that takes
/// kFloatScratch, which the first must not be then.
class VectorEmitter {
 public:
  explicit VectorEmitter(MacroAssembler& masm) : masm_(masm), a_(masm.impl().a), avx_(masm.features().avx) {}

  void op(VectorInst inst, Fp to, Fp first, const FpOperand& second);
  void op(VectorInst inst, Fp to, Fp first, Fp second) { op(inst, to, first, FpOperand::of(second)); }
  void op(VectorInst inst, Fp to, Fp first, const FpOperand& second, u32 immediate);
  void op(VectorInst inst, Fp to, Fp first, Fp second, u32 immediate) {
    op(inst, to, first, FpOperand::of(second), immediate);
  }
  /// to = inst(first, second); `first` is lost.
  void lastOp(VectorInst inst, Fp to, Fp first, Fp second);
  /// Instructions that do not read their result in either form.
  void unary(VectorInst inst, Fp to, Fp from) { a_.emit(avx_ ? inst.three : inst.two, xmm(to), xmm(from)); }
  void unary(VectorInst inst, Fp to, Fp from, u32 immediate) {
    a_.emit(avx_ ? inst.three : inst.two, xmm(to), xmm(from), immediate);
  }
  void shift(VectorInst inst, Fp to, Fp from, u32 count);
  void zero(Fp to) { op(kPxor, to, to, to); }
  void ones(Fp to) { op(kPcmpeqd, to, to, to); }
  void load(Fp to, const FpOperand& constant);

 private:
  asmjit::Operand operand(const FpOperand& operand);
  asmjit::Operand place(Fp to, Fp first, const FpOperand& second);

  MacroAssembler& masm_;
  x86::Assembler& a_;
  const bool avx_;
};

/// How an instruction of wasm is one of the machine; `inst` has none if it is not.
struct VectorRow {
  VectorInst inst;
  enum Flags : u8 { kNone, kCommutes, kExchanged };  ///< kExchanged: wasm's second operand is the machine's first
  Flags flags = kNone;
  i32 immediate = -1;
};
VectorRow vectorRow(wasm::Opcode opcode);
VectorInst vectorUnaryInst(wasm::Opcode opcode);

// The instructions that are none of the machine. Operands as MacroAssembler's.
void emitIntUnary(VectorEmitter& e, wasm::Opcode opcode, Fp to, Fp a, Fp temporary);
void emitIntBinary(VectorEmitter& e, wasm::Opcode opcode, Fp to, Fp a, Fp b, Fp temporary);
void emitFloatUnary(VectorEmitter& e, wasm::Opcode opcode, Fp to, Fp a, Fp temporary);
void emitFloatBinary(VectorEmitter& e, wasm::Opcode opcode, Fp to, Fp a, Fp b, Fp temporary);

/// v128 loads that are not plain.
void loadVector(MacroAssembler& masm, wasm::Opcode opcode, Fp to, const x86::Mem& from);

/// A constant with the same number in every lane.
inline FpOperand splat8(u8 lane) {
  const u64 half = lane * u64{0x0101010101010101};
  return FpOperand::of(half, half);
}
inline FpOperand splat16(u16 lane) {
  const u64 half = lane * u64{0x0001000100010001};
  return FpOperand::of(half, half);
}
inline FpOperand splat32(u32 lane) {
  const u64 half = lane * u64{0x0000000100000001};
  return FpOperand::of(half, half);
}
inline FpOperand splat64(u64 lane) { return FpOperand::of(lane, lane); }

}  // namespace wasmrun::masm
