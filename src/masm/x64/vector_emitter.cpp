#include "masm/x64/vector_emitter.h"

namespace wasmrun::masm {

asmjit::Operand VectorEmitter::operand(const FpOperand& operand) {
  switch (operand.kind) {
    case FpOperand::Register: return xmm(operand.reg);
    case FpOperand::Memory: return memory(operand.mem, 0);
    case FpOperand::Constant: return masm_.impl().constant(operand.low, operand.high);
  }
  std::unreachable();
}

/// Without AVX: brings the first operand to where the result will be. Where the second is then.
asmjit::Operand VectorEmitter::place(Fp to, Fp first, const FpOperand& second) {
  if (to == first) return operand(second);
  Fp other = second.reg;
  if (second.kind == FpOperand::Register && other == to) {
    CHECK(first != kFloatScratch, "the scratch register has one use");
    masm_.move(kFloatScratch, to);
    other = kFloatScratch;
  }
  masm_.move(to, first);
  return second.kind == FpOperand::Register ? asmjit::Operand(xmm(other)) : operand(second);
}

void VectorEmitter::op(VectorInst inst, Fp to, Fp first, const FpOperand& second) {
  if (avx_)
    a_.emit(inst.three, xmm(to), xmm(first), operand(second));
  else
    a_.emit(inst.two, xmm(to), place(to, first, second));
}

void VectorEmitter::op(VectorInst inst, Fp to, Fp first, const FpOperand& second, u32 immediate) {
  if (avx_)
    a_.emit(inst.three, xmm(to), xmm(first), operand(second), immediate);
  else
    a_.emit(inst.two, xmm(to), place(to, first, second), immediate);
}

void VectorEmitter::lastOp(VectorInst inst, Fp to, Fp first, Fp second) {
  if (avx_) {
    a_.emit(inst.three, xmm(to), xmm(first), xmm(second));
  } else {
    a_.emit(inst.two, xmm(first), xmm(second));
    masm_.move(to, first);
  }
}

void VectorEmitter::shift(VectorInst inst, Fp to, Fp from, u32 count) {
  if (avx_) {
    a_.emit(inst.three, xmm(to), xmm(from), count);
  } else {
    if (to != from) masm_.move(to, from);
    a_.emit(inst.two, xmm(to), count);
  }
}

void VectorEmitter::load(Fp to, const FpOperand& constant) { a_.movaps(xmm(to), operand(constant).as<x86::Mem>()); }

}  // namespace wasmrun::masm
