// The vector instructions of wasm that are one of the machine.
#include "masm/x64/vector_emitter.h"

namespace wasmrun::masm {

using wasm::Opcode;

VectorRow vectorRow(Opcode opcode) {
  using enum Opcode;
  switch (opcode) {
    case V128And: return {kPand, VectorRow::kCommutes};
    case V128Or: return {kPor, VectorRow::kCommutes};
    case V128Xor: return {kPxor, VectorRow::kCommutes};
    case V128Andnot: return {kPandn, VectorRow::kExchanged};
    case I8x16Add: return {kPaddb, VectorRow::kCommutes};
    case I8x16Sub: return {kPsubb};
    case I8x16Eq: return {kPcmpeqb, VectorRow::kCommutes};
    case I8x16GtS: return {kPcmpgtb};
    case I8x16LtS: return {kPcmpgtb, VectorRow::kExchanged};
    case I8x16MinS: return {kPminsb, VectorRow::kCommutes};
    case I8x16MinU: return {kPminub, VectorRow::kCommutes};
    case I8x16MaxS: return {kPmaxsb, VectorRow::kCommutes};
    case I8x16MaxU: return {kPmaxub, VectorRow::kCommutes};
    case I8x16AddSatS: return {kPaddsb, VectorRow::kCommutes};
    case I8x16AddSatU: return {kPaddusb, VectorRow::kCommutes};
    case I8x16SubSatS: return {kPsubsb};
    case I8x16SubSatU: return {kPsubusb};
    case I8x16AvgrU: return {kPavgb, VectorRow::kCommutes};
    case I16x8Add: return {kPaddw, VectorRow::kCommutes};
    case I16x8Sub: return {kPsubw};
    case I16x8Eq: return {kPcmpeqw, VectorRow::kCommutes};
    case I16x8GtS: return {kPcmpgtw};
    case I16x8LtS: return {kPcmpgtw, VectorRow::kExchanged};
    case I16x8MinS: return {kPminsw, VectorRow::kCommutes};
    case I16x8MinU: return {kPminuw, VectorRow::kCommutes};
    case I16x8MaxS: return {kPmaxsw, VectorRow::kCommutes};
    case I16x8MaxU: return {kPmaxuw, VectorRow::kCommutes};
    case I16x8AddSatS: return {kPaddsw, VectorRow::kCommutes};
    case I16x8AddSatU: return {kPaddusw, VectorRow::kCommutes};
    case I16x8SubSatS: return {kPsubsw};
    case I16x8SubSatU: return {kPsubusw};
    case I16x8AvgrU: return {kPavgw, VectorRow::kCommutes};
    case I32x4Add: return {kPaddd, VectorRow::kCommutes};
    case I32x4Sub: return {kPsubd};
    case I32x4Eq: return {kPcmpeqd, VectorRow::kCommutes};
    case I32x4GtS: return {kPcmpgtd};
    case I32x4LtS: return {kPcmpgtd, VectorRow::kExchanged};
    case I32x4MinS: return {kPminsd, VectorRow::kCommutes};
    case I32x4MinU: return {kPminud, VectorRow::kCommutes};
    case I32x4MaxS: return {kPmaxsd, VectorRow::kCommutes};
    case I32x4MaxU: return {kPmaxud, VectorRow::kCommutes};
    case I64x2Add: return {kPaddq, VectorRow::kCommutes};
    case I64x2Sub: return {kPsubq};
    case I64x2Eq: return {kPcmpeqq, VectorRow::kCommutes};
    case I64x2GtS: return {kPcmpgtq};
    case I64x2LtS: return {kPcmpgtq, VectorRow::kExchanged};
    case I16x8Mul: return {kPmullw, VectorRow::kCommutes};
    case I32x4Mul: return {kPmulld, VectorRow::kCommutes};
    case I32x4DotI16x8S: return {kPmaddwd, VectorRow::kCommutes};
    case I16x8RelaxedQ15mulrS: return {kPmulhrsw, VectorRow::kCommutes};
    case I16x8RelaxedDotI8x16I7x16S: return {kPmaddubsw, VectorRow::kExchanged};
    case I8x16NarrowI16x8S: return {kPacksswb};
    case I8x16NarrowI16x8U: return {kPackuswb};
    case I16x8NarrowI32x4S: return {kPackssdw};
    case I16x8NarrowI32x4U: return {kPackusdw};
    case I8x16RelaxedSwizzle: return {kPshufb};
    case F32x4Add: return {kAddps};
    case F32x4Sub: return {kSubps};
    case F32x4Mul: return {kMulps};
    case F32x4Div: return {kDivps};
    case F32x4RelaxedMin: return {kMinps};
    case F32x4RelaxedMax: return {kMaxps};
    case F32x4Pmin: return {kMinps, VectorRow::kExchanged};
    case F32x4Pmax: return {kMaxps, VectorRow::kExchanged};
    case F32x4Eq: return {kCmpps, VectorRow::kCommutes, 0};
    case F32x4Lt: return {kCmpps, VectorRow::kNone, 1};
    case F32x4Le: return {kCmpps, VectorRow::kNone, 2};
    case F32x4Ne: return {kCmpps, VectorRow::kCommutes, 4};
    case F32x4Gt: return {kCmpps, VectorRow::kExchanged, 1};
    case F32x4Ge: return {kCmpps, VectorRow::kExchanged, 2};
    case F64x2Add: return {kAddpd};
    case F64x2Sub: return {kSubpd};
    case F64x2Mul: return {kMulpd};
    case F64x2Div: return {kDivpd};
    case F64x2RelaxedMin: return {kMinpd};
    case F64x2RelaxedMax: return {kMaxpd};
    case F64x2Pmin: return {kMinpd, VectorRow::kExchanged};
    case F64x2Pmax: return {kMaxpd, VectorRow::kExchanged};
    case F64x2Eq: return {kCmppd, VectorRow::kCommutes, 0};
    case F64x2Lt: return {kCmppd, VectorRow::kNone, 1};
    case F64x2Le: return {kCmppd, VectorRow::kNone, 2};
    case F64x2Ne: return {kCmppd, VectorRow::kCommutes, 4};
    case F64x2Gt: return {kCmppd, VectorRow::kExchanged, 1};
    case F64x2Ge: return {kCmppd, VectorRow::kExchanged, 2};
    default: return {};
  }
}

VectorInst vectorUnaryInst(Opcode opcode) {
  using enum Opcode;
  switch (opcode) {
    case I8x16Abs: return kPabsb;
    case I16x8Abs: return kPabsw;
    case I32x4Abs: return kPabsd;
    case I16x8ExtendLowI8x16S: return kPmovsxbw;
    case I16x8ExtendLowI8x16U: return kPmovzxbw;
    case I32x4ExtendLowI16x8S: return kPmovsxwd;
    case I32x4ExtendLowI16x8U: return kPmovzxwd;
    case I64x2ExtendLowI32x4S: return kPmovsxdq;
    case I64x2ExtendLowI32x4U: return kPmovzxdq;
    case F32x4Sqrt: return kSqrtps;
    case F64x2Sqrt: return kSqrtpd;
    case F32x4ConvertI32x4S: return kCvtdq2ps;
    case F64x2ConvertLowI32x4S: return kCvtdq2pd;
    case F64x2PromoteLowF32x4: return kCvtps2pd;
    case F32x4DemoteF64x2Zero: return kCvtpd2ps;
    case I32x4RelaxedTruncF32x4S: return kCvttps2dq;
    case I32x4RelaxedTruncF64x2SZero: return kCvttpd2dq;
    default: return {};
  }
}

VectorForm MacroAssembler::vectorForm(Opcode opcode) {
  using enum Opcode;
  VectorForm form;
  const VectorRow row = vectorRow(opcode);
  form.isOne = row.inst.two != 0 && row.flags != VectorRow::kExchanged;
  form.commutes = row.flags == VectorRow::kCommutes;
  switch (opcode) {
    case F32x4Max:
    case F64x2Max:
    case I64x2Mul:
    case I8x16Popcnt:
    case I8x16Shl:
    case I8x16ShrS:
    case I8x16ShrU:
    case I64x2ShrS:
    case I32x4TruncSatF32x4U:
    case I32x4RelaxedTruncF32x4U: form.needsTemporary = true; break;
    default: break;
  }
  return form;
}

}  // namespace wasmrun::masm
