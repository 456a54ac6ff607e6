// The compiler's vectors.
#include <algorithm>
#include <cstring>

#include "baseline/function_compiler.h"

namespace wasmrun::baseline {

using masm::FpOperand;
using masm::VectorForm;
using wasm::MemArg;
using wasm::Opcode;

// -- Constants -------------------------------------------------------------------------------------------------------

void FunctionCompiler::constantV128(const u8* bytes) {
  if (!at()) return;
  VectorConstant& constant = vectorConstants_.emplace_back();
  std::memcpy(constant.bytes, bytes, sizeof constant.bytes);
  pushConst(TypeKind::V128, vectorConstants_.size() - 1);
}

/// A popped vector as the second operand of one instruction.
FpOperand FunctionCompiler::vectorOperand(const Value& value) {
  if (value.kind == Value::Const) {
    u64 halves[2];
    std::memcpy(halves, vectorConstants_[value.bits].bytes, sizeof halves);
    return FpOperand::of(halves[0], halves[1]);
  }
  if (masm_.features().avx) {
    if (value.kind == Value::Slot) return FpOperand::of(slotMem(value.slot));
    if (value.kind == Value::Local && locals_[value.local].reg == kNoReg && (free_ & kFpSet) == 0)
      return FpOperand::of(slotMem(locals_[value.local].slot));
  }
  return FpOperand::of(fp(use(value)));
}

// -- Arithmetic ------------------------------------------------------------------------------------------------------

/// The register for a vector: one of the operands' if that is a temporary and may be, the first before the others.
Reg FunctionCompiler::vectorResult(std::initializer_list<Reg> operands, Reg temporaryReg, const u8* next) {
  RegisterSet avoid = temporaryReg == kNoReg ? 0 : bit(temporaryReg);
  Reg prefers = *operands.begin();
  for (const Reg reg : operands) {
    if (!masm_.features().avx && reg != *operands.begin())
      avoid |= bit(reg);
    else if (!isTemporary(prefers) && reg != kNoReg)
      prefers = reg;
  }
  return resultRegister(TypeKind::V128, prefers, avoid, next);
}

/// Every vector instruction without immediates.
void FunctionCompiler::vector(Opcode opcode) {
  const wasm::OpcodeSignature& signature = wasm::info(opcode).signature;
  const bool takesVector = signature.params[0] == TypeKind::V128;
  if (signature.paramCount == 3) return vectorTernary(opcode);
  if (signature.paramCount == 2)
    return signature.params[1] == TypeKind::V128 ? vectorBinary(opcode) : vectorShift(opcode);
  if (!takesVector) return splat(opcode);
  if (signature.results[0] == TypeKind::V128) return vectorUnary(opcode);
  vectorToNumber(opcode);
}

void FunctionCompiler::vectorUnary(Opcode opcode) {
  if (!at()) return;
  const Reg from = use(pop());
  const Reg scratch = masm::MacroAssembler::vectorForm(opcode).needsTemporary ? temporary(kFpSet) : kNoReg;
  const Reg to = vectorResult({from}, scratch, after());
  masm_.vectorUnary(opcode, fp(to), fp(from), fp(scratch));
  pushRegister(TypeKind::V128, to);
}

void FunctionCompiler::vectorBinary(Opcode opcode) {
  if (!at()) return;
  if (foldedLoad_.isSet) {
    Reg first = use(pop());
    const Reg to = vectorResult({first}, kNoReg, after());
    const FpOperand second = takeFoldedLoad(first, to, TypeKind::V128);
    masm_.vectorBinary(opcode, fp(to), fp(first), second, {});
    return pushRegister(TypeKind::V128, to);
  }
  Value b = pop(), a = pop();
  const VectorForm form = masm::MacroAssembler::vectorForm(opcode);
  const auto isElsewhere = [](const Value& value) { return value.kind == Value::Const || value.kind == Value::Slot; };
  if (form.commutes && isElsewhere(a) && !isElsewhere(b)) std::swap(a, b);
  const Reg first = use(a);
  const FpOperand second = form.isOne ? vectorOperand(b) : FpOperand::of(fp(use(b)));
  const Reg other = second.kind == FpOperand::Register ? regOf(second.reg) : first;
  const Reg scratch = form.needsTemporary ? temporary(kFpSet) : kNoReg;
  const Reg to = vectorResult({first, other}, scratch, after());
  masm_.vectorBinary(opcode, fp(to), fp(first), second, fp(scratch));
  pushRegister(TypeKind::V128, to);
}

/// Whether a vector is the constant zero.
bool FunctionCompiler::isZero(const Value& value) const {
  if (value.kind != Value::Const) return false;
  const u8* bytes = vectorConstants_[value.bits].bytes;
  return std::all_of(bytes, bytes + 16, [](u8 byte) { return byte == 0; });
}

/// bitselect and its like, with a constant among the operands; false if there is nothing to be gained.
bool FunctionCompiler::selectConstant(const Value& a, const Value& b, const Value& c) {
  if (isZero(a) || isZero(b)) {
    // b & ~c, a & c.
    const Value& other = isZero(b) ? a : b;
    const Reg first = use(other), mask = use(c);
    const Reg to = vectorResult({first, mask}, kNoReg, after());
    const Opcode opcode = isZero(b) ? Opcode::V128And : Opcode::V128Andnot;
    masm_.vectorBinary(opcode, fp(to), fp(first), FpOperand::of(fp(mask)), {});
    pushRegister(TypeKind::V128, to);
    return true;
  }
  if (c.kind != Value::Const) return false;
  const FpOperand mask = vectorOperand(c);
  const Reg first = use(a), second = use(b);
  const Reg to = vectorResult({first, second}, kNoReg, after());
  masm_.vectorSelect(fp(to), fp(first), fp(second), mask.low, mask.high);
  pushRegister(TypeKind::V128, to);
  return true;
}

void FunctionCompiler::vectorTernary(Opcode opcode) {
  using enum Opcode;
  if (!at()) return;
  const Value c = pop(), b = pop(), a = pop();
  const bool isSelect = opcode == V128Bitselect || opcode == I8x16RelaxedLaneselect ||
                        opcode == I16x8RelaxedLaneselect || opcode == I32x4RelaxedLaneselect ||
                        opcode == I64x2RelaxedLaneselect;
  if (isSelect && selectConstant(a, b, c)) return;
  const Reg first = use(a), second = use(b), third = use(c);
  const Reg to = vectorResult({first, second, third}, kNoReg, after());
  masm_.vectorTernary(opcode, fp(to), fp(first), fp(second), fp(third));
  pushRegister(TypeKind::V128, to);
}

void FunctionCompiler::vectorShift(Opcode opcode) {
  if (!at()) return;
  const Value count = pop(), vector = pop();
  const Reg from = use(vector);
  if (count.kind == Value::Const) {
    const Reg to = vectorResult({from}, kNoReg, after());
    masm_.vectorShiftConstant(opcode, fp(to), fp(from), static_cast<u32>(count.bits));
    return pushRegister(TypeKind::V128, to);
  }
  const Reg by = use(count);
  const Reg scratch = masm::MacroAssembler::vectorForm(opcode).needsTemporary ? temporary(kFpSet) : kNoReg;
  const Reg to = vectorResult({from}, scratch, after());
  masm_.vectorShift(opcode, fp(to), fp(from), gp(by), fp(scratch));
  pushRegister(TypeKind::V128, to);
}

/// any_true and all_true, which stay in the flags, and bitmask.
void FunctionCompiler::vectorToNumber(Opcode opcode) {
  using enum Opcode;
  if (!at()) return;
  const Reg from = use(pop());
  if (opcode != I8x16Bitmask && opcode != I16x8Bitmask && opcode != I32x4Bitmask && opcode != I64x2Bitmask)
    return setFlags(masm_.vectorTest(opcode, fp(from)));
  const Reg to = resultRegister(TypeKind::I32, kNoReg, 0, after());
  masm_.bitmask(opcode, gp(to), fp(from));
  pushRegister(TypeKind::I32, to);
}

// -- Lanes -----------------------------------------------------------------------------------------------------------

namespace {

/// How many bytes a lane of an integer splat has.
u32 laneBytes(Opcode opcode) {
  switch (opcode) {
    case Opcode::I8x16Splat: return 1;
    case Opcode::I16x8Splat: return 2;
    case Opcode::I32x4Splat:
    case Opcode::F32x4Splat: return 4;
    default: return 8;
  }
}

}  // namespace

void FunctionCompiler::splat(Opcode opcode) {
  if (!at()) return;
  const Value value = pop();
  if (value.kind == Value::Const) {
    u8 bytes[16];
    const u32 size = laneBytes(opcode);
    for (u32 i = 0; i < 16; i += size) std::memcpy(bytes + i, &value.bits, size);
    return constantV128(bytes);
  }
  const Reg from = use(value);
  const Reg to = resultRegister(TypeKind::V128, from, 0, after());
  if (isFp(from))
    masm_.splat(opcode, fp(to), fp(from));
  else
    masm_.splat(opcode, fp(to), gp(from));
  pushRegister(TypeKind::V128, to);
}

void FunctionCompiler::lane(Opcode opcode, u8 lane) {
  if (!at()) return;
  const wasm::OpcodeSignature& signature = wasm::info(opcode).signature;
  const TypeKind kind = signature.results[0];
  const Value last = pop();
  if (signature.paramCount == 1) {
    const Reg from = use(last);
    const Reg to = resultRegister(kind, from, 0, after() + 1);
    if (isFp(to))
      masm_.extractLane(opcode, fp(to), fp(from), lane);
    else
      masm_.extractLane(opcode, gp(to), fp(from), lane);
    return pushRegister(kind, to);
  }
  const Reg value = use(last), from = use(pop());
  if (isFp(value)) {
    const Reg to = vectorResult({from, value}, kNoReg, after() + 1);
    masm_.replaceLane(opcode, fp(to), fp(from), fp(value), lane);
    return pushRegister(kind, to);
  }
  const Reg to = vectorResult({from}, kNoReg, after() + 1);
  masm_.replaceLane(opcode, fp(to), fp(from), gp(value), lane);
  pushRegister(kind, to);
}

void FunctionCompiler::shuffle(const u8* lanes) {
  if (!at()) return;
  const Value b = pop(), a = pop();
  const bool isSame = a.kind == Value::Local && b.kind == Value::Local && a.local == b.local;
  const bool allA = std::all_of(lanes, lanes + 16, [](u8 lane) { return lane < 16; });
  const bool allB = std::all_of(lanes, lanes + 16, [](u8 lane) { return lane >= 16; });
  const bool bIsZero = isZero(b);
  const u8* next = after() + 16;
  if (isSame || allA || allB || bIsZero) {
    u8 numbers[16];
    for (u32 i = 0; i < 16; ++i) numbers[i] = bIsZero && !allB && lanes[i] >= 16 ? 0x80 : lanes[i] & 15;
    const Reg from = use(allB ? b : a);
    const Reg to = vectorResult({from}, kNoReg, next);
    masm_.permute(fp(to), fp(from), numbers);
    return pushRegister(TypeKind::V128, to);
  }
  const Reg first = use(a), second = use(b);
  const Reg to = vectorResult({first, second}, kNoReg, next);
  masm_.shuffle(fp(to), fp(first), fp(second), lanes);
  pushRegister(TypeKind::V128, to);
}

// -- Memory ----------------------------------------------------------------------------------------------------------

void FunctionCompiler::loadLane(Opcode opcode, const MemArg& arg, u8 lane) {
  if (!at()) return;
  const Value vector = pop(), address = pop();
  const Reg old = use(vector);
  const Access from = access(address, arg, 1u << wasm::info(opcode).alignLog2);
  const Reg to = vectorResult({old}, kNoReg, afterMemArg() + 1);
  moveRegister(TypeKind::V128, to, old);
  noteAccess(from);
  masm_.loadLane(opcode, fp(to), from.mem, lane);
  pushRegister(TypeKind::V128, to);
}

void FunctionCompiler::storeLane(Opcode opcode, const MemArg& arg, u8 lane) {
  if (!at()) return;
  const Value vector = pop(), address = pop();
  const Reg from = use(vector);
  const Access to = access(address, arg, 1u << wasm::info(opcode).alignLog2);
  noteAccess(to);
  masm_.storeLane(opcode, to.mem, fp(from), lane);
}

}  // namespace wasmrun::baseline
