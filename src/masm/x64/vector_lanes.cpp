// Vectors and numbers: splats, single lanes, and what memory has of them.
#include "masm/x64/vector_emitter.h"

namespace wasmrun::masm {

using wasm::Opcode;

namespace {

constexpr Fp kS = kFloatScratch;

/// log2 of a lane's bytes.
u32 laneLog2(Opcode opcode) {
  switch (wasm::info(opcode).text[1]) {
    case '8': return 0;
    case '1': return 1;
    case '3': return 2;
    default: return 3;
  }
}

constexpr VectorInst kInsert[] = {kPinsrb, kPinsrw, kPinsrd, kPinsrq};
constexpr InstId kBroadcast[] = {Inst::kIdVpbroadcastb, Inst::kIdVpbroadcastw, Inst::kIdVpbroadcastd,
                                 Inst::kIdVpbroadcastq};

/// The lowest lane to all.
void emitBroadcast(MacroAssembler& masm, u32 log2, Fp to) {
  VectorEmitter e(masm);
  if (masm.features().avx2) {
    masm.impl().a.emit(kBroadcast[log2], xmm(to), xmm(to));
    return;
  }
  switch (log2) {
    case 0: e.zero(kS); return e.op(kPshufb, to, to, kS);
    case 1: e.unary(kPshuflw, to, to, 0); return e.unary(kPshufd, to, to, 0);
    case 2: return e.unary(kPshufd, to, to, 0);
    default: return e.op(kPunpcklqdq, to, to, to);
  }
}

}  // namespace

// -- Splats ----------------------------------------------------------------------------------------------------------

void MacroAssembler::splat(Opcode opcode, Fp to, Gp from) {
  const u32 log2 = laneLog2(opcode);
  moveBits(log2 == 3 ? Width::W64 : Width::W32, to, from);
  emitBroadcast(*this, log2, to);
}

void MacroAssembler::splat(Opcode opcode, Fp to, Fp from) {
  VectorEmitter e(*this);
  if (opcode == Opcode::F64x2Splat)
    e.unary(kMovddup, to, from);
  else if (features_.avx2)
    impl_->a.vbroadcastss(xmm(to), xmm(from));
  else
    e.unary(kPshufd, to, from, 0);
}

// -- Single lanes ----------------------------------------------------------------------------------------------------

void MacroAssembler::extractLane(Opcode opcode, Gp to, Fp a, u32 lane) {
  x86::Assembler& assembler = impl_->a;
  switch (opcode) {
    case Opcode::I8x16ExtractLaneS:
    case Opcode::I8x16ExtractLaneU:
      assembler.pextrb(r32(to), xmm(a), lane);
      if (opcode == Opcode::I8x16ExtractLaneS) assembler.movsx(r32(to), r8(to));
      return;
    case Opcode::I16x8ExtractLaneS:
    case Opcode::I16x8ExtractLaneU:
      assembler.pextrw(r32(to), xmm(a), lane);
      if (opcode == Opcode::I16x8ExtractLaneS) assembler.movsx(r32(to), r16(to));
      return;
    case Opcode::I32x4ExtractLane:
      if (lane == 0) return moveBits(Width::W32, to, a);
      assembler.pextrd(r32(to), xmm(a), lane);
      return;
    default:
      if (lane == 0) return moveBits(Width::W64, to, a);
      assembler.pextrq(r64(to), xmm(a), lane);
      return;
  }
}

void MacroAssembler::extractLane(Opcode opcode, Fp to, Fp a, u32 lane) {
  VectorEmitter e(*this);
  if (opcode == Opcode::F32x4ExtractLane) {
    constexpr u32 kClearOthers = 0xe;
    e.op(kInsertps, to, a, a, lane << 6 | kClearOthers);
  } else if (lane == 0) {
    if (to != a) move(to, a);
  } else {
    e.unary(kPshufd, to, a, 0xee);
  }
}

void MacroAssembler::replaceLane(Opcode opcode, Fp to, Fp a, Gp value, u32 lane) {
  x86::Assembler& assembler = impl_->a;
  const u32 log2 = laneLog2(opcode);
  const x86::Gp source = log2 == 3 ? r64(value) : r32(value);
  if (features_.avx) {
    assembler.emit(kInsert[log2].three, xmm(to), xmm(a), source, lane);
  } else {
    if (to != a) move(to, a);
    assembler.emit(kInsert[log2].two, xmm(to), source, lane);
  }
}

void MacroAssembler::replaceLane(Opcode opcode, Fp to, Fp a, Fp value, u32 lane) {
  VectorEmitter e(*this);
  if (opcode == Opcode::F32x4ReplaceLane)
    e.op(kInsertps, to, a, value, lane << 4);
  else if (lane == 0)
    e.op(kPblendw, to, a, value, 0x0f);
  else
    e.op(kPunpcklqdq, to, a, value);
}

// -- Memory ----------------------------------------------------------------------------------------------------------

namespace {

VectorInst extendInst(Opcode opcode) {
  switch (opcode) {
    case Opcode::V128Load8x8S: return kPmovsxbw;
    case Opcode::V128Load8x8U: return kPmovzxbw;
    case Opcode::V128Load16x4S: return kPmovsxwd;
    case Opcode::V128Load16x4U: return kPmovzxwd;
    case Opcode::V128Load32x2S: return kPmovsxdq;
    case Opcode::V128Load32x2U: return kPmovzxdq;
    default: return {};
  }
}

u32 memoryLog2(Opcode opcode) { return wasm::info(opcode).alignLog2; }

}  // namespace

/// All loads of vectors but plain ones.
void loadVector(MacroAssembler& masm, Opcode opcode, Fp to, const x86::Mem& from) {
  x86::Assembler& assembler = masm.impl().a;
  const bool avx = masm.features().avx, avx2 = masm.features().avx2;
  if (const VectorInst extend = extendInst(opcode); extend.two != 0) {
    assembler.emit(avx ? extend.three : extend.two, xmm(to), from);
    return;
  }
  switch (opcode) {
    case Opcode::V128Load32Zero: assembler.movss(xmm(to), from); return;
    case Opcode::V128Load64Zero: assembler.movsd(xmm(to), from); return;
    case Opcode::V128Load64Splat: assembler.emit(avx ? kMovddup.three : kMovddup.two, xmm(to), from); return;
    case Opcode::V128Load32Splat:
      if (avx) {
        assembler.vbroadcastss(xmm(to), from);
      } else {
        assembler.movss(xmm(to), from);
        emitBroadcast(masm, 2, to);
      }
      return;
    default: break;
  }
  const u32 log2 = memoryLog2(opcode);
  if (avx2) {
    assembler.emit(kBroadcast[log2], xmm(to), from);
  } else {
    assembler.emit(kInsert[log2].two, xmm(to), from, 0);
    emitBroadcast(masm, log2, to);
  }
}

void MacroAssembler::loadLane(Opcode opcode, Fp to, Mem from, u32 lane) {
  const u32 log2 = memoryLog2(opcode);
  const x86::Mem source = memory(from, 1u << log2);
  if (features_.avx)
    impl_->a.emit(kInsert[log2].three, xmm(to), xmm(to), source, lane);
  else
    impl_->a.emit(kInsert[log2].two, xmm(to), source, lane);
}

void MacroAssembler::storeLane(Opcode opcode, Mem to, Fp from, u32 lane) {
  x86::Assembler& a = impl_->a;
  const u32 log2 = memoryLog2(opcode);
  const x86::Mem target = memory(to, 1u << log2);
  switch (log2) {
    case 0: a.pextrb(target, xmm(from), lane); return;
    case 1: a.pextrw(target, xmm(from), lane); return;
    case 2:
      if (lane == 0)
        a.movss(target, xmm(from));
      else
        a.pextrd(target, xmm(from), lane);
      return;
    default:
      if (lane == 0)
        a.movsd(target, xmm(from));
      else
        a.movhps(target, xmm(from));
  }
}

}  // namespace wasmrun::masm
