// Vectors of floats and their conversions: the instructions that are several of the machine, or have constants.
#include "masm/x64/vector_emitter.h"

namespace wasmrun::masm {

using wasm::Opcode;

namespace {

constexpr Fp kS = kFloatScratch;

// Of cmpps.
constexpr u32 kEqual = 0, kUnordered = 3, kNotLess = 5;

constexpr u32 kF32TwoTo31 = 0x4f000000;
constexpr u64 kF64TwoTo52 = 0x4330000000000000;

/// The instructions on lanes of one width.
struct FloatLanes {
  VectorInst min, max, compare, andBits, andNot, orBits, shiftRight;
  u32 payload;  // width of sign, exponent and quiet bit
};
constexpr FloatLanes kF32{kMinps, kMaxps, kCmpps, kAndps, kAndnps, kOrps, kPsrld, 10};
constexpr FloatLanes kF64{kMinpd, kMaxpd, kCmppd, kAndpd, kAndnpd, kOrpd, kPsrlq, 13};

// -- min and max -----------------------------------------------------------------------------------------------------

/// The machine gives its second operand if either is a NaN or both are zeros: ask both ways. Or-ing the answers finds
/// -0, and makes some NaN of the lanes with one, which loses its payload.
void emitMin(VectorEmitter& e, const FloatLanes& lanes, Fp to, Fp a, Fp b) {
  e.op(lanes.min, kS, b, a);
  e.op(lanes.min, to, a, b);
  e.op(lanes.orBits, to, to, kS);
  e.op(lanes.compare, kS, to, to, kUnordered);
  e.op(lanes.orBits, to, to, kS);
  e.shift(lanes.shiftRight, kS, kS, lanes.payload);
  e.lastOp(lanes.andNot, to, kS, to);
}

/// And-ing the answers finds +0.
void emitMax(VectorEmitter& e, const FloatLanes& lanes, Fp to, Fp a, Fp b, Fp temporary) {
  e.op(lanes.max, kS, b, a);
  e.op(lanes.max, to, a, b);
  e.op(lanes.compare, temporary, kS, to, kUnordered);
  e.op(lanes.andBits, to, to, kS);
  e.op(lanes.orBits, to, to, temporary);
  e.shift(lanes.shiftRight, temporary, temporary, lanes.payload);
  e.lastOp(lanes.andNot, to, temporary, to);
}

}  // namespace

void emitFloatBinary(VectorEmitter& e, Opcode opcode, Fp to, Fp a, Fp b, Fp temporary) {
  switch (opcode) {
    case Opcode::F32x4Min: return emitMin(e, kF32, to, a, b);
    case Opcode::F64x2Min: return emitMin(e, kF64, to, a, b);
    case Opcode::F32x4Max: return emitMax(e, kF32, to, a, b, temporary);
    default: return emitMax(e, kF64, to, a, b, temporary);
  }
}

namespace {

// -- Conversions to integers. cvttps2dq gives 0x80000000 for whatever does not fit -----------------------------------

/// NaNs become 0 first; what is too large becomes all ones and turns the machine's answer round.
void emitTruncateS32(VectorEmitter& e, Fp to, Fp a) {
  e.op(kCmpps, kS, a, a, kEqual);
  e.op(kAndps, to, a, kS);
  e.op(kCmpps, kS, to, splat32(kF32TwoTo31), kNotLess);
  e.unary(kCvttps2dq, to, to);
  e.op(kPxor, to, to, kS);
}

/// The part below 2^31, or 2^31, and the part above it, which is 0 or less if there is none.
void emitTruncateU32(VectorEmitter& e, Fp to, Fp a, Fp above) {
  e.zero(kS);
  e.op(kMaxps, to, a, kS);
  e.op(kSubps, above, to, splat32(kF32TwoTo31));
  e.op(kCmpps, kS, above, splat32(kF32TwoTo31), kNotLess);
  e.unary(kCvttps2dq, above, above);
  e.op(kPxor, above, above, kS);
  e.zero(kS);
  e.op(kPmaxsd, above, above, kS);
  e.unary(kCvttps2dq, to, to);
  e.op(kPaddd, to, to, above);
}

void emitTruncateS64(VectorEmitter& e, Fp to, Fp a) {
  constexpr u64 kLargest = 0x41dfffffffc00000;  // 2^31 - 1
  e.op(kCmppd, kS, a, a, kEqual);
  e.op(kAndpd, kS, kS, splat64(kLargest));
  e.op(kMinpd, to, a, kS);  // a NaN gives the other, which is 0
  e.unary(kCvttpd2dq, to, to);
}

/// The lowest bit of 2^52 + x is worth 1.
void emitTruncateU64(VectorEmitter& e, Fp to, Fp a) {
  constexpr u64 kLargest = 0x41efffffffe00000;  // 2^32 - 1
  constexpr u32 kToZero = 3 | 8;
  e.zero(kS);
  e.op(kMaxpd, to, a, kS);
  e.op(kMinpd, to, to, splat64(kLargest));
  e.unary(kRoundpd, to, to, kToZero);
  e.op(kAddpd, to, to, splat64(kF64TwoTo52));
  e.op(kShufps, to, to, kS, 0x88);
}

// -- Conversions from unsigned integers ------------------------------------------------------------------------------

/// Both halves of a lane, each as the lowest bits of a large float whose exponent is put before them.
void emitConvertU32(VectorEmitter& e, Fp to, Fp a) {
  constexpr u32 kTwoTo23 = 0x4b000000, kTwoTo39 = 0x53000000, kBoth = 0x53000080;  // 2^39 + 2^23
  e.shift(kPsrld, kS, a, 16);
  e.op(kPblendw, kS, kS, splat32(kTwoTo39), 0xaa);
  e.op(kSubps, kS, kS, splat32(kBoth));
  e.op(kPblendw, to, a, splat32(kTwoTo23), 0xaa);
  e.op(kAddps, to, to, kS);
}

}  // namespace

void emitFloatUnary(VectorEmitter& e, Opcode opcode, Fp to, Fp a, Fp temporary) {
  using enum Opcode;
  constexpr u32 kNearest = 8, kFloor = 8 | 1, kCeil = 8 | 2, kTrunc = 8 | 3;
  switch (opcode) {
    case F32x4Abs: return e.op(kAndps, to, a, splat32(0x7fffffff));
    case F64x2Abs: return e.op(kAndpd, to, a, splat64(0x7fffffffffffffff));
    case F32x4Neg: return e.op(kXorps, to, a, splat32(0x80000000));
    case F64x2Neg: return e.op(kXorpd, to, a, splat64(u64{1} << 63));
    case F32x4Nearest: return e.unary(kRoundps, to, a, kNearest);
    case F32x4Floor: return e.unary(kRoundps, to, a, kFloor);
    case F32x4Ceil: return e.unary(kRoundps, to, a, kCeil);
    case F32x4Trunc: return e.unary(kRoundps, to, a, kTrunc);
    case F64x2Nearest: return e.unary(kRoundpd, to, a, kNearest);
    case F64x2Floor: return e.unary(kRoundpd, to, a, kFloor);
    case F64x2Ceil: return e.unary(kRoundpd, to, a, kCeil);
    case F64x2Trunc: return e.unary(kRoundpd, to, a, kTrunc);
    case I32x4TruncSatF32x4S: return emitTruncateS32(e, to, a);
    case I32x4TruncSatF32x4U:
    case I32x4RelaxedTruncF32x4U: return emitTruncateU32(e, to, a, temporary);
    case I32x4TruncSatF64x2SZero: return emitTruncateS64(e, to, a);
    case I32x4TruncSatF64x2UZero:
    case I32x4RelaxedTruncF64x2UZero: return emitTruncateU64(e, to, a);
    case F32x4ConvertI32x4U: return emitConvertU32(e, to, a);
    case F64x2ConvertLowI32x4U:
      e.op(kUnpcklps, to, a, splat32(kF64TwoTo52 >> 32));
      return e.op(kSubpd, to, to, splat64(kF64TwoTo52));
    default: CHECK(false, "an instruction of float lanes");
  }
}

}  // namespace wasmrun::masm
