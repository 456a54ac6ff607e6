// Float instructions and conversions. An f32 in a register has zeros in bits 32 to 63, so that a slot takes 8 bytes of
// it.
#include "masm/x64/vector_emitter.h"

namespace wasmrun::masm {

using wasm::Opcode;

namespace {

VectorInst vectorInst(Opcode opcode) {
  switch (opcode) {
    case Opcode::F32Add: return kAddss;
    case Opcode::F32Sub: return kSubss;
    case Opcode::F32Mul: return kMulss;
    case Opcode::F32Div: return kDivss;
    case Opcode::F32Min: return kMinss;
    case Opcode::F32Max: return kMaxss;
    case Opcode::F32Sqrt: return kSqrtss;
    case Opcode::F64Add: return kAddsd;
    case Opcode::F64Sub: return kSubsd;
    case Opcode::F64Mul: return kMulsd;
    case Opcode::F64Div: return kDivsd;
    case Opcode::F64Min: return kMinsd;
    case Opcode::F64Max: return kMaxsd;
    case Opcode::F64Sqrt: return kSqrtsd;
    default: CHECK(false, "a float instruction"); return {};
  }
}

u32 roundingMode(Opcode opcode) {
  constexpr u32 kNoException = 8;
  switch (opcode) {
    case Opcode::F32Nearest:
    case Opcode::F64Nearest: return kNoException;
    case Opcode::F32Floor:
    case Opcode::F64Floor: return kNoException | 1;
    case Opcode::F32Ceil:
    case Opcode::F64Ceil: return kNoException | 2;
    default: return kNoException | 3;
  }
}

void ucomis(x86::Assembler& a, bool is64, const x86::Xmm& first, const x86::Xmm& second) {
  a.emit(is64 ? Inst::kIdUcomisd : Inst::kIdUcomiss, first, second);
}

}  // namespace

// -- Arithmetic ------------------------------------------------------------------------------------------------------

void MacroAssembler::binary(Opcode opcode, Fp to, Fp first, const FpOperand& b) {
  VectorEmitter(*this).op(vectorInst(opcode), to, first, b);
}

void MacroAssembler::minMax(Opcode opcode, Fp to, Fp first, Fp b) {
  x86::Assembler& a = impl_->a;
  const bool is64 = operandIsF64(opcode), isMin = opcode == Opcode::F32Min || opcode == Opcode::F64Min;
  CHECK(to != b || to == first, "min and max keep their second operand");
  if (to != first) move(to, first);
  const asmjit::Label differ = a.newLabel(), nan = a.newLabel(), past = a.newLabel();
  ucomis(a, is64, xmm(to), xmm(b));
  a.short_().jne(differ);
  a.short_().jp(nan);
  // Equal: of zeros, the sign decides.
  a.emit(isMin ? Inst::kIdOrps : Inst::kIdAndps, xmm(to), xmm(b));
  a.short_().jmp(past);
  a.bind(nan);
  a.emit(is64 ? Inst::kIdAddsd : Inst::kIdAddss, xmm(to), xmm(b));
  a.short_().jmp(past);
  a.bind(differ);
  a.emit(vectorInst(opcode).two, xmm(to), xmm(b));
  a.bind(past);
}

namespace {

/// A float's sign bit, and all bits but that; zeros above.
FpOperand signBit(bool is64) { return FpOperand::of(is64 ? u64{1} << 63 : u64{1} << 31, 0); }
FpOperand magnitudeBits(bool is64) { return FpOperand::of(is64 ? ~(u64{1} << 63) : 0x7fffffff, 0); }

}  // namespace

void MacroAssembler::copysign(Opcode opcode, Fp to, Fp first, Fp b) {
  VectorEmitter e(*this);
  const bool is64 = operandIsF64(opcode);
  e.op(kAndps, kFloatScratch, b, signBit(is64));
  e.op(kAndps, to, first, magnitudeBits(is64));
  e.op(kOrps, to, to, kFloatScratch);
}

void MacroAssembler::unary(Opcode opcode, Fp to, Fp first) {
  VectorEmitter e(*this);
  const bool is64 = operandIsF64(opcode);
  switch (opcode) {
    case Opcode::F32Abs:
    case Opcode::F64Abs: return e.op(kAndps, to, first, magnitudeBits(is64));
    case Opcode::F32Neg:
    case Opcode::F64Neg: return e.op(kXorps, to, first, signBit(is64));
    // From itself: no wait for what the register held, and bits that it does not compute stay as they are.
    case Opcode::F32Sqrt:
    case Opcode::F64Sqrt: return e.op(vectorInst(opcode), to, first, first);
    default: return e.op(is64 ? kRoundsd : kRoundss, to, first, first, roundingMode(opcode));
  }
}

Cond MacroAssembler::compare(Opcode opcode, Fp first, Fp b) {
  x86::Assembler& a = impl_->a;
  const bool is64 = operandIsF64(opcode);
  switch (opcode) {
    case Opcode::F32Eq:
    case Opcode::F64Eq: ucomis(a, is64, xmm(first), xmm(b)); return Cond::FloatEqual;
    case Opcode::F32Ne:
    case Opcode::F64Ne: ucomis(a, is64, xmm(first), xmm(b)); return Cond::FloatNotEqual;
    case Opcode::F32Lt:
    case Opcode::F64Lt: ucomis(a, is64, xmm(b), xmm(first)); return Cond::Above;
    case Opcode::F32Le:
    case Opcode::F64Le: ucomis(a, is64, xmm(b), xmm(first)); return Cond::AboveEqual;
    case Opcode::F32Gt:
    case Opcode::F64Gt: ucomis(a, is64, xmm(first), xmm(b)); return Cond::Above;
    default: ucomis(a, is64, xmm(first), xmm(b)); return Cond::AboveEqual;
  }
}

void MacroAssembler::moveIf(Cond cond, Fp to, Fp from) {
  x86::Assembler& a = impl_->a;
  const asmjit::Label past = a.newLabel();
  if (cond == Cond::FloatEqual) {
    a.short_().jne(past);
    a.short_().jp(past);
  } else if (cond == Cond::FloatNotEqual) {
    const asmjit::Label takes = a.newLabel();
    a.short_().jp(takes);
    a.short_().je(past);
    a.bind(takes);
  } else {
    a.short_().j(condCode(inverse(cond)), past);
  }
  move(to, from);
  a.bind(past);
}

// -- Conversions -----------------------------------------------------------------------------------------------------

void MacroAssembler::convert(Opcode opcode, Fp to, Gp from, Gp temporary) {
  x86::Assembler& a = impl_->a;
  const x86::Xmm result = xmm(to);
  const bool to64 = wasm::info(opcode).signature.results[0] == wasm::TypeKind::F64;
  const InstId inst = to64 ? Inst::kIdCvtsi2sd : Inst::kIdCvtsi2ss;
  switch (opcode) {
    case Opcode::F32ReinterpretI32: a.movd(result, r32(from)); return;
    case Opcode::F64ReinterpretI64: a.movq(result, r64(from)); return;
    default: break;
  }
  a.xorps(result, result);
  switch (opcode) {
    case Opcode::F32ConvertI32S:
    case Opcode::F64ConvertI32S: a.emit(inst, result, r32(from)); return;
    // Zero-extended, so a signed 64-bit conversion does.
    case Opcode::F32ConvertI32U:
    case Opcode::F64ConvertI32U:
    case Opcode::F32ConvertI64S:
    case Opcode::F64ConvertI64S: a.emit(inst, result, r64(from)); return;
    default: break;
  }
  // Unsigned 64 bits: half of a large number, its lowest bit kept for rounding, twice.
  const asmjit::Label large = a.newLabel(), past = a.newLabel();
  a.test(r64(from), r64(from));
  a.short_().js(large);
  a.emit(inst, result, r64(from));
  a.short_().jmp(past);
  a.bind(large);
  a.mov(r64(kScratch), r64(from));
  a.mov(r32(temporary), r32(from));
  a.shr(r64(kScratch), 1);
  a.and_(r32(temporary), 1);
  a.or_(r64(kScratch), r64(temporary));
  a.emit(inst, result, r64(kScratch));
  a.emit(to64 ? Inst::kIdAddsd : Inst::kIdAddss, result, result);
  a.bind(past);
}

void MacroAssembler::convert(Opcode opcode, Fp to, Fp from) {
  VectorEmitter e(*this);
  if (opcode == Opcode::F64PromoteF32) return e.op(kCvtss2sd, to, from, from);
  e.zero(kFloatScratch);
  e.lastOp(kCvtsd2ss, to, kFloatScratch, from);
}

namespace {

struct Truncation {
  bool from64, to64, isSigned, saturates;
};

Truncation truncation(Opcode opcode) {
  const wasm::OpcodeSignature& signature = wasm::info(opcode).signature;
  const std::string_view text = wasm::info(opcode).text;
  return {signature.params[0] == wasm::TypeKind::F64, signature.results[0] == wasm::TypeKind::I64, text.back() == 's',
          text.find("sat") != std::string_view::npos};
}

}  // namespace

void MacroAssembler::truncate(Opcode opcode, Gp to, Fp from, Label overflow, Label invalid) {
  x86::Assembler& a = impl_->a;
  if (opcode == Opcode::I32ReinterpretF32) return moveBits(Width::W32, to, from);
  if (opcode == Opcode::I64ReinterpretF64) return moveBits(Width::W64, to, from);
  const Truncation kind = truncation(opcode);
  const x86::Xmm source = xmm(from);
  const x86::Gp result = r64(to), scratch = r64(kScratch);
  const InstId cvtt = kind.from64 ? Inst::kIdCvttsd2si : Inst::kIdCvttss2si;
  const asmjit::Label past = a.newLabel();
  if (!kind.to64) {
    // A 64-bit conversion whose result must survive being cut to 32 bits.
    a.emit(cvtt, result, source);
    if (kind.isSigned)
      a.movsxd(scratch, r32(to));
    else
      a.mov(r32(kScratch), r32(to));
    a.cmp(scratch, result);
    if (kind.isSigned) a.mov(r32(to), r32(to));
    a.je(past);
  } else if (kind.isSigned) {
    // What does not fit gives the least number; only that number itself may.
    a.emit(cvtt, result, source);
    a.cmp(result, 1);
    a.jno(past);
    if (!kind.saturates) {
      constant(kFloatScratch, kind.from64 ? FpKind::F64 : FpKind::F32, kind.from64 ? 0xc3e0000000000000 : 0xdf000000);
      const asmjit::Label nan = a.newLabel();
      ucomis(a, kind.from64, source, kXmmScratch);
      a.short_().jp(nan);
      a.je(past);
      a.bind(nan);
    }
  } else {
    const asmjit::Label large = a.newLabel(), check = a.newLabel();
    constant(kFloatScratch, kind.from64 ? FpKind::F64 : FpKind::F32, kind.from64 ? 0x43e0000000000000 : 0x5f000000);
    ucomis(a, kind.from64, source, kXmmScratch);
    a.short_().jae(large);
    a.emit(cvtt, result, source);
    a.short_().jmp(check);
    // 2^63 and more: what is above it, negated twice, since the constant is the register that may be changed.
    a.bind(large);
    a.emit(kind.from64 ? Inst::kIdSubsd : Inst::kIdSubss, kXmmScratch, source);
    a.emit(cvtt, result, kXmmScratch);
    a.neg(result);
    const asmjit::Label bad = a.newLabel();
    a.short_().js(bad);
    a.btc(result, 63);
    a.jmp(past);
    a.bind(check);
    a.test(result, result);
    a.jns(past);
    a.bind(bad);
  }
  if (!kind.saturates) {
    ucomis(a, kind.from64, source, source);
    jumpIf(Cond::Parity, invalid);
    jump(overflow);
    a.bind(past);
    return;
  }
  // NaN is 0; otherwise the nearest number there is.
  const u64 most = kind.isSigned ? (kind.to64 ? INT64_MAX : INT32_MAX) : (kind.to64 ? UINT64_MAX : UINT32_MAX);
  const u64 least = kind.isSigned ? (kind.to64 ? u64{1} << 63 : u64{1} << 31) : 0;
  a.xorps(kXmmScratch, kXmmScratch);
  ucomis(a, kind.from64, source, kXmmScratch);
  constant(to, most);
  a.ja(past);
  constant(to, 0);
  a.jp(past);
  if (least != 0) constant(to, least);
  a.bind(past);
}

}  // namespace wasmrun::masm
