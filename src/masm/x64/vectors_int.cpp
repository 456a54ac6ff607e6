// Vectors of integers: the instructions that are several of the machine.
#include "masm/x64/vector_emitter.h"

namespace wasmrun::masm {

using wasm::Opcode;

namespace {

constexpr Fp kS = kFloatScratch;

/// ge and le, and gt and lt of unsigned lanes, ask whether one of two is the greater or lesser one.
struct Comparison {
  VectorInst choose;  // gives the first operand if the comparison, or its opposite, holds
  VectorInst equal;
  bool isOpposite;
};

Comparison comparison(Opcode opcode) {
  using enum Opcode;
  switch (opcode) {
    case I8x16GeS: return {kPmaxsb, kPcmpeqb, false};
    case I8x16GeU: return {kPmaxub, kPcmpeqb, false};
    case I8x16LeS: return {kPminsb, kPcmpeqb, false};
    case I8x16LeU: return {kPminub, kPcmpeqb, false};
    case I8x16GtU: return {kPminub, kPcmpeqb, true};
    case I8x16LtU: return {kPmaxub, kPcmpeqb, true};
    case I16x8GeS: return {kPmaxsw, kPcmpeqw, false};
    case I16x8GeU: return {kPmaxuw, kPcmpeqw, false};
    case I16x8LeS: return {kPminsw, kPcmpeqw, false};
    case I16x8LeU: return {kPminuw, kPcmpeqw, false};
    case I16x8GtU: return {kPminuw, kPcmpeqw, true};
    case I16x8LtU: return {kPmaxuw, kPcmpeqw, true};
    case I32x4GeS: return {kPmaxsd, kPcmpeqd, false};
    case I32x4GeU: return {kPmaxud, kPcmpeqd, false};
    case I32x4LeS: return {kPminsd, kPcmpeqd, false};
    case I32x4LeU: return {kPminud, kPcmpeqd, false};
    case I32x4GtU: return {kPminud, kPcmpeqd, true};
    case I32x4LtU: return {kPmaxud, kPcmpeqd, true};
    default: CHECK(false, "a comparison of integer lanes"); return {};
  }
}

VectorInst equality(Opcode opcode) {
  using enum Opcode;
  switch (opcode) {
    case I8x16Ne:
    case I8x16AllTrue: return kPcmpeqb;
    case I16x8Ne:
    case I16x8AllTrue: return kPcmpeqw;
    case I32x4Ne:
    case I32x4AllTrue: return kPcmpeqd;
    default: return kPcmpeqq;
  }
}

void emitNot(VectorEmitter& e, Fp to, Fp from) {
  e.ones(kS);
  e.op(kPxor, to, from, kS);
}

// -- Products --------------------------------------------------------------------------------------------------------

/// The upper lanes, extended: each is the upper half of a wider one first.
void emitHighLanes(VectorEmitter& e, VectorInst unpack, VectorInst shift, Fp to, Fp a, u32 bits) {
  e.op(unpack, to, a, a);
  e.shift(shift, to, to, bits);
}

/// Lanes of `half` width of both operands, extended and multiplied.
void emitExtmul(VectorEmitter& e, Opcode opcode, Fp to, Fp a, Fp b) {
  using enum Opcode;
  const auto lowBytes = [&](VectorInst extend) {
    e.unary(extend, kS, a);
    e.unary(extend, to, b);
    e.op(kPmullw, to, to, kS);
  };
  const auto highBytes = [&](VectorInst shift) {
    emitHighLanes(e, kPunpckhbw, shift, kS, a, 8);
    emitHighLanes(e, kPunpckhbw, shift, to, b, 8);
    e.op(kPmullw, to, to, kS);
  };
  const auto words = [&](VectorInst multiplyHigh, VectorInst join) {
    e.op(multiplyHigh, kS, a, b);
    e.op(kPmullw, to, a, b);
    e.op(join, to, to, kS);
  };
  const auto longs = [&](VectorInst multiply, u32 lanes) {
    e.unary(kPshufd, kS, a, lanes);
    e.unary(kPshufd, to, b, lanes);
    e.op(multiply, to, to, kS);
  };
  constexpr u32 kLowPairs = 0x50, kHighPairs = 0xfa;  // 0 0 1 1, 2 2 3 3
  switch (opcode) {
    case I16x8ExtmulLowI8x16S: return lowBytes(kPmovsxbw);
    case I16x8ExtmulHighI8x16S: return highBytes(kPsraw);
    case I16x8ExtmulLowI8x16U: return lowBytes(kPmovzxbw);
    case I16x8ExtmulHighI8x16U: return highBytes(kPsrlw);
    case I32x4ExtmulLowI16x8S: return words(kPmulhw, kPunpcklwd);
    case I32x4ExtmulHighI16x8S: return words(kPmulhw, kPunpckhwd);
    case I32x4ExtmulLowI16x8U: return words(kPmulhuw, kPunpcklwd);
    case I32x4ExtmulHighI16x8U: return words(kPmulhuw, kPunpckhwd);
    case I64x2ExtmulLowI32x4S: return longs(kPmuldq, kLowPairs);
    case I64x2ExtmulHighI32x4S: return longs(kPmuldq, kHighPairs);
    case I64x2ExtmulLowI32x4U: return longs(kPmuludq, kLowPairs);
    default: return longs(kPmuludq, kHighPairs);
  }
}

/// The product of the low halves, and the two mixed ones moved up.
void emitMul64(VectorEmitter& e, Fp to, Fp a, Fp b, Fp temporary) {
  e.shift(kPsrlq, temporary, a, 32);
  e.op(kPmuludq, temporary, temporary, b);
  e.shift(kPsrlq, kS, b, 32);
  e.op(kPmuludq, kS, kS, a);
  e.op(kPaddq, temporary, temporary, kS);
  e.shift(kPsllq, temporary, temporary, 32);
  e.op(kPmuludq, to, a, b);
  e.op(kPaddq, to, to, temporary);
}

}  // namespace

// -- Two operands ----------------------------------------------------------------------------------------------------

void emitIntBinary(VectorEmitter& e, Opcode opcode, Fp to, Fp a, Fp b, Fp temporary) {
  using enum Opcode;
  switch (opcode) {
    case I8x16Ne:
    case I16x8Ne:
    case I32x4Ne:
    case I64x2Ne: e.op(equality(opcode), to, a, b); return emitNot(e, to, to);
    case I64x2GeS: e.op(kPcmpgtq, to, b, a); return emitNot(e, to, to);
    case I64x2LeS: e.op(kPcmpgtq, to, a, b); return emitNot(e, to, to);
    case I64x2Mul: return emitMul64(e, to, a, b, temporary);
    case I16x8Q15mulrSatS:
      // It overflows for -1 * -1 alone, and then gives the one number that is no other product.
      e.op(kPmulhrsw, to, a, b);
      e.op(kPcmpeqw, kS, to, splat16(0x8000));
      e.op(kPxor, to, to, kS);
      return;
    case I8x16Swizzle:
      // pshufb looks at the low four bits and the highest: make the highest say whether the others are too large.
      e.op(kPaddusb, kS, b, splat8(0x70));
      e.op(kPshufb, to, a, kS);
      return;
    case I16x8ExtmulLowI8x16S:
    case I16x8ExtmulHighI8x16S:
    case I16x8ExtmulLowI8x16U:
    case I16x8ExtmulHighI8x16U:
    case I32x4ExtmulLowI16x8S:
    case I32x4ExtmulHighI16x8S:
    case I32x4ExtmulLowI16x8U:
    case I32x4ExtmulHighI16x8U:
    case I64x2ExtmulLowI32x4S:
    case I64x2ExtmulHighI32x4S:
    case I64x2ExtmulLowI32x4U:
    case I64x2ExtmulHighI32x4U: return emitExtmul(e, opcode, to, a, b);
    default: break;
  }
  const Comparison compares = comparison(opcode);
  e.op(compares.choose, kS, a, b);
  e.op(compares.equal, to, a, kS);
  if (compares.isOpposite) emitNot(e, to, to);
}

// -- One operand -----------------------------------------------------------------------------------------------------

namespace {

void emitNegative(VectorEmitter& e, VectorInst subtract, Fp to, Fp a) {
  e.zero(kS);
  e.lastOp(subtract, to, kS, a);
}

void emitAbs64(VectorEmitter& e, Fp to, Fp a) {
  e.unary(kPshufd, kS, a, 0xf5);  // the upper half of each lane, twice
  e.shift(kPsrad, kS, kS, 31);
  e.op(kPxor, to, a, kS);
  e.op(kPsubq, to, to, kS);
}

/// By a table of the sixteen halves of a byte.
void emitPopcnt(VectorEmitter& e, Fp to, Fp a, Fp temporary) {
  const FpOperand counts = FpOperand::of(0x0302020102010100, 0x0403030203020201), nibble = splat8(0x0f);
  e.op(kPand, kS, a, nibble);
  e.load(temporary, counts);
  e.op(kPshufb, temporary, temporary, kS);
  e.shift(kPsrlw, kS, a, 4);
  e.op(kPand, kS, kS, nibble);
  e.load(to, counts);
  e.op(kPshufb, to, to, kS);
  e.op(kPaddb, to, to, temporary);
}

}  // namespace

void emitIntUnary(VectorEmitter& e, Opcode opcode, Fp to, Fp a, Fp temporary) {
  using enum Opcode;
  const auto zeroHigh = [&](VectorInst unpack) {
    e.zero(kS);
    e.op(unpack, to, a, kS);
  };
  switch (opcode) {
    case V128Not: return emitNot(e, to, a);
    case I8x16Neg: return emitNegative(e, kPsubb, to, a);
    case I16x8Neg: return emitNegative(e, kPsubw, to, a);
    case I32x4Neg: return emitNegative(e, kPsubd, to, a);
    case I64x2Neg: return emitNegative(e, kPsubq, to, a);
    case I64x2Abs: return emitAbs64(e, to, a);
    case I8x16Popcnt: return emitPopcnt(e, to, a, temporary);
    case I16x8ExtendHighI8x16S: return emitHighLanes(e, kPunpckhbw, kPsraw, to, a, 8);
    case I16x8ExtendHighI8x16U: return zeroHigh(kPunpckhbw);
    case I32x4ExtendHighI16x8S: return emitHighLanes(e, kPunpckhwd, kPsrad, to, a, 16);
    case I32x4ExtendHighI16x8U: return zeroHigh(kPunpckhwd);
    case I64x2ExtendHighI32x4S: e.unary(kPshufd, to, a, 0xee); return e.unary(kPmovsxdq, to, to);
    case I64x2ExtendHighI32x4U: return zeroHigh(kPunpckhdq);
    case I16x8ExtaddPairwiseI8x16S: e.load(kS, splat8(1)); return e.lastOp(kPmaddubsw, to, kS, a);
    case I16x8ExtaddPairwiseI8x16U: return e.op(kPmaddubsw, to, a, splat8(1));
    case I32x4ExtaddPairwiseI16x8S: return e.op(kPmaddwd, to, a, splat16(1));
    case I32x4ExtaddPairwiseI16x8U:
      e.shift(kPsrld, kS, a, 16);
      e.op(kPand, to, a, splat32(0xffff));
      e.op(kPaddd, to, to, kS);
      return;
    default: return emitFloatUnary(e, opcode, to, a, temporary);
  }
}

// -- Shifts ----------------------------------------------------------------------------------------------------------

namespace {

struct ShiftForm {
  u32 laneBits;
  VectorInst inst;  // of lanes that the machine shifts
  enum Kind : u8 { Left, Unsigned, Signed } kind;
};

ShiftForm shiftForm(Opcode opcode) {
  using enum Opcode;
  switch (opcode) {
    case I8x16Shl: return {8, kPsllw, ShiftForm::Left};
    case I8x16ShrU: return {8, kPsrlw, ShiftForm::Unsigned};
    case I8x16ShrS: return {8, kPsraw, ShiftForm::Signed};
    case I16x8Shl: return {16, kPsllw, ShiftForm::Left};
    case I16x8ShrU: return {16, kPsrlw, ShiftForm::Unsigned};
    case I16x8ShrS: return {16, kPsraw, ShiftForm::Signed};
    case I32x4Shl: return {32, kPslld, ShiftForm::Left};
    case I32x4ShrU: return {32, kPsrld, ShiftForm::Unsigned};
    case I32x4ShrS: return {32, kPsrad, ShiftForm::Signed};
    case I64x2Shl: return {64, kPsllq, ShiftForm::Left};
    case I64x2ShrU: return {64, kPsrlq, ShiftForm::Unsigned};
    case I64x2ShrS: return {64, kPsrlq, ShiftForm::Signed};
    default: CHECK(false, "a shift of lanes"); return {};
  }
}

/// Lanes of bytes are shifted as words, without the bits that come from the other byte. A signed shift is an unsigned
/// one whose sign bit, wherever it is then, is extended.
void emitByteShift(VectorEmitter& e, ShiftForm form, Fp to, Fp a, u32 count) {
  if (form.kind == ShiftForm::Left) {
    if (count == 1) return e.op(kPaddb, to, a, a);
    e.shift(kPsllw, to, a, count);
    return e.op(kPand, to, to, splat8(static_cast<u8>(0xff << count)));
  }
  if (form.kind == ShiftForm::Signed && count == 7) {
    e.zero(kS);
    return e.lastOp(kPcmpgtb, to, kS, a);
  }
  e.shift(kPsrlw, to, a, count);
  e.op(kPand, to, to, splat8(static_cast<u8>(0xff >> count)));
  if (form.kind == ShiftForm::Unsigned) return;
  const FpOperand sign = splat8(static_cast<u8>(0x80 >> count));
  e.op(kPxor, to, to, sign);
  e.op(kPsubb, to, to, sign);
}

}  // namespace

void MacroAssembler::vectorShiftConstant(Opcode opcode, Fp to, Fp a, u32 count) {
  VectorEmitter e(*this);
  const ShiftForm form = shiftForm(opcode);
  count &= form.laneBits - 1;
  if (count == 0) {
    if (to != a) move(to, a);
    return;
  }
  if (form.laneBits == 8) return emitByteShift(e, form, to, a, count);
  e.shift(form.inst, to, a, count);
  if (form.laneBits != 64 || form.kind != ShiftForm::Signed) return;
  const FpOperand sign = splat64(u64{1} << (63 - count));
  e.op(kPxor, to, to, sign);
  e.op(kPsubq, to, to, sign);
}

void MacroAssembler::vectorShift(Opcode opcode, Fp to, Fp a, Gp count, Fp temporary) {
  VectorEmitter e(*this);
  x86::Assembler& assembler = impl_->a;
  const ShiftForm form = shiftForm(opcode);
  assembler.mov(r32(kScratch), r32(count));
  assembler.and_(r32(kScratch), form.laneBits - 1);
  if (form.laneBits == 8 && form.kind == ShiftForm::Signed) {
    // Each byte as the upper half of a word.
    assembler.add(r32(kScratch), 8);
    moveBits(Width::W32, kS, kScratch);
    e.op(kPunpckhbw, temporary, a, a);
    e.op(kPunpcklbw, to, a, a);
    e.op(kPsraw, temporary, temporary, kS);
    e.op(kPsraw, to, to, kS);
    return e.op(kPacksswb, to, to, temporary);
  }
  moveBits(Width::W32, kS, kScratch);
  if (form.laneBits == 8) {
    // Bytes of as many ones as stay.
    e.ones(temporary);
    e.shift(kPsrlw, temporary, temporary, 8);
    e.op(kPsrlw, temporary, temporary, kS);
    e.op(kPackuswb, temporary, temporary, temporary);
    if (form.kind == ShiftForm::Left) e.op(kPand, to, a, temporary);
    e.op(form.inst, to, form.kind == ShiftForm::Left ? to : a, kS);
    if (form.kind == ShiftForm::Unsigned) e.op(kPand, to, to, temporary);
    return;
  }
  if (form.laneBits == 64 && form.kind == ShiftForm::Signed) {
    e.load(temporary, splat64(u64{1} << 63));
    e.op(kPsrlq, temporary, temporary, kS);
    e.op(kPsrlq, to, a, kS);
    e.op(kPxor, to, to, temporary);
    return e.op(kPsubq, to, to, temporary);
  }
  e.op(form.inst, to, a, kS);
}

// -- To a number -----------------------------------------------------------------------------------------------------

Cond MacroAssembler::vectorTest(Opcode opcode, Fp a) {
  if (opcode == Opcode::V128AnyTrue) {
    impl_->a.ptest(xmm(a), xmm(a));
    return Cond::NotEqual;
  }
  VectorEmitter e(*this);
  e.zero(kS);
  e.op(equality(opcode), kS, kS, a);
  impl_->a.ptest(kXmmScratch, kXmmScratch);
  return Cond::Equal;
}

void MacroAssembler::bitmask(Opcode opcode, Gp to, Fp a) {
  x86::Assembler& assembler = impl_->a;
  switch (opcode) {
    case Opcode::I8x16Bitmask: assembler.pmovmskb(r32(to), xmm(a)); return;
    case Opcode::I16x8Bitmask:
      VectorEmitter(*this).op(kPacksswb, kS, a, a);
      assembler.pmovmskb(r32(to), kXmmScratch);
      assembler.movzx(r32(to), r8(to));
      return;
    case Opcode::I32x4Bitmask: assembler.movmskps(r32(to), xmm(a)); return;
    default: assembler.movmskpd(r32(to), xmm(a)); return;
  }
}

}  // namespace wasmrun::masm
