// The compiler's numeric instructions.
#include <bit>

#include "baseline/function_compiler.h"

namespace wasmrun::baseline {

using masm::FpOperand;
using masm::Label;
using runtime::TrapKind;
using wasm::Opcode;

namespace {

TypeKind resultKind(Opcode opcode) { return wasm::info(opcode).signature.results[0]; }

bool commutes(Opcode opcode) { return opcode != Opcode::I32Sub && opcode != Opcode::I64Sub; }

/// The comparison that has the same result with its operands exchanged.
Opcode exchanged(Opcode opcode) {
  using enum Opcode;
  switch (opcode) {
    case I32LtS: return I32GtS;
    case I32LtU: return I32GtU;
    case I32GtS: return I32LtS;
    case I32GtU: return I32LtU;
    case I32LeS: return I32GeS;
    case I32LeU: return I32GeU;
    case I32GeS: return I32LeS;
    case I32GeU: return I32LeU;
    case I64LtS: return I64GtS;
    case I64LtU: return I64GtU;
    case I64GtS: return I64LtS;
    case I64GtU: return I64LtU;
    case I64LeS: return I64GeS;
    case I64LeU: return I64GeU;
    case I64GeS: return I64LeS;
    case I64GeU: return I64LeU;
    default: return opcode;
  }
}

}  // namespace

void FunctionCompiler::simple(Opcode opcode) {
  using enum Opcode;
  switch (opcode) {
    case I32Add:
    case I32Sub:
    case I32Mul:
    case I32And:
    case I32Or:
    case I32Xor:
    case I64Add:
    case I64Sub:
    case I64Mul:
    case I64And:
    case I64Or:
    case I64Xor: return intBinary(opcode);
    case I32Shl:
    case I32ShrS:
    case I32ShrU:
    case I32Rotl:
    case I32Rotr:
    case I64Shl:
    case I64ShrS:
    case I64ShrU:
    case I64Rotl:
    case I64Rotr: return shift(opcode);
    case I32DivS:
    case I32DivU:
    case I32RemS:
    case I32RemU:
    case I64DivS:
    case I64DivU:
    case I64RemS:
    case I64RemU: return divide(opcode);
    case I32Eqz:
    case I64Eqz: return equalZero(opcode);
    case I32Eq:
    case I32Ne:
    case I32LtS:
    case I32LtU:
    case I32GtS:
    case I32GtU:
    case I32LeS:
    case I32LeU:
    case I32GeS:
    case I32GeU:
    case I64Eq:
    case I64Ne:
    case I64LtS:
    case I64LtU:
    case I64GtS:
    case I64GtU:
    case I64LeS:
    case I64LeU:
    case I64GeS:
    case I64GeU: return intCompare(opcode);
    case F32Eq:
    case F32Ne:
    case F32Lt:
    case F32Gt:
    case F32Le:
    case F32Ge:
    case F64Eq:
    case F64Ne:
    case F64Lt:
    case F64Gt:
    case F64Le:
    case F64Ge: return floatCompare(opcode);
    case I32Clz:
    case I32Ctz:
    case I32Popcnt:
    case I64Clz:
    case I64Ctz:
    case I64Popcnt:
    case I32WrapI64:
    case I64ExtendI32S:
    case I64ExtendI32U:
    case I32Extend8S:
    case I32Extend16S:
    case I64Extend8S:
    case I64Extend16S:
    case I64Extend32S: return intUnary(opcode);
    case F32Add:
    case F32Sub:
    case F32Mul:
    case F32Div:
    case F32Min:
    case F32Max:
    case F32Copysign:
    case F64Add:
    case F64Sub:
    case F64Mul:
    case F64Div:
    case F64Min:
    case F64Max:
    case F64Copysign: return floatBinary(opcode);
    case F32Abs:
    case F32Neg:
    case F32Ceil:
    case F32Floor:
    case F32Trunc:
    case F32Nearest:
    case F32Sqrt:
    case F64Abs:
    case F64Neg:
    case F64Ceil:
    case F64Floor:
    case F64Trunc:
    case F64Nearest:
    case F64Sqrt:
    case F32DemoteF64:
    case F64PromoteF32: return floatUnary(opcode);
    case F32ConvertI32S:
    case F32ConvertI32U:
    case F32ConvertI64S:
    case F32ConvertI64U:
    case F64ConvertI32S:
    case F64ConvertI32U:
    case F64ConvertI64S:
    case F64ConvertI64U:
    case F32ReinterpretI32:
    case F64ReinterpretI64: return fromInteger(opcode);
    case I32TruncF32S:
    case I32TruncF32U:
    case I32TruncF64S:
    case I32TruncF64U:
    case I64TruncF32S:
    case I64TruncF32U:
    case I64TruncF64S:
    case I64TruncF64U:
    case I32TruncSatF32S:
    case I32TruncSatF32U:
    case I32TruncSatF64S:
    case I32TruncSatF64U:
    case I64TruncSatF32S:
    case I64TruncSatF32U:
    case I64TruncSatF64S:
    case I64TruncSatF64U:
    case I32ReinterpretF32:
    case I64ReinterpretF64: return toInteger(opcode);
    case I64Add128: return addWide(false);
    case I64Sub128: return addWide(true);
    case I64MulWideS: return multiplyWide(true);
    case I64MulWideU: return multiplyWide(false);
    default: return vector(opcode);
  }
}

// -- Integers --------------------------------------------------------------------------------------------------------

void FunctionCompiler::intBinary(Opcode opcode) {
  if (!at()) return;
  Value b = pop(), a = pop();
  const TypeKind kind = resultKind(opcode);
  if (commutes(opcode) && (a.kind == Value::Const || (a.kind == Value::Slot && b.kind != Value::Const)) &&
      b.kind != Value::Const)
    std::swap(a, b);
  const Reg first = use(a);
  const Operand second = operand(b);
  const bool inRegister = second.kind == Operand::Register;
  const Reg other = inRegister ? regOf(second.reg) : kNoReg;
  // A result may replace the second operand where the order does not matter.
  const RegisterSet avoid = inRegister && other != first && !commutes(opcode) ? bit(other) : 0;
  const Reg prefers = !isTemporary(first) && inRegister && commutes(opcode) && isTemporary(other) ? other : first;
  const Reg to = resultRegister(kind, prefers, avoid, after());
  masm_.binary(opcode, gp(to), gp(first), second);
  pushRegister(kind, to);
}

void FunctionCompiler::shift(Opcode opcode) {
  if (!at()) return;
  const Value b = pop(), a = pop();
  const TypeKind kind = resultKind(opcode);
  if (b.kind == Value::Const) {
    const Reg first = use(a);
    const Reg to = resultRegister(kind, first, 0, after());
    masm_.shiftConstant(opcode, gp(to), gp(first), static_cast<u32>(b.bits));
    return pushRegister(kind, to);
  }
  if (masm_.shiftsByAny(opcode)) {
    const Reg count = use(b), first = use(a);
    const Reg to = resultRegister(kind, first, 0, after());
    masm_.shift(opcode, gp(to), gp(first), gp(count));
    return pushRegister(kind, to);
  }
  // The count goes to rcx, whatever is there.
  const Reg rcx = regOf(masm::kRcx);
  Reg first = use(a);
  const Reg count = use(b);
  if (first == rcx) {
    const Reg copy = allocate(kGpSet, bit(rcx) | bit(count));
    moveRegister(kind, copy, first);
    temporaries_ |= bit(copy);
    first = copy;
  }
  if (count != rcx) {
    if ((free_ & bit(rcx)) == 0 && !isTemporary(rcx)) evict(rcx);
    moveRegister(kind, rcx, count);
  }
  const Reg to = resultRegister(kind, first, bit(rcx), after());
  masm_.shift(opcode, gp(to), gp(first), masm::kRcx);
  pushRegister(kind, to);
}

/// By a power of two, unsigned: no division.
bool FunctionCompiler::divideByPower(Opcode opcode, const Value& a, u64 divisor) {
  using enum Opcode;
  const bool isDivision = opcode == I32DivU || opcode == I64DivU, isRemainder = opcode == I32RemU || opcode == I64RemU;
  if (!std::has_single_bit(divisor) || !(isDivision || isRemainder) || divisor > u64{1} << 31) return false;
  const TypeKind kind = resultKind(opcode);
  const Reg first = use(a);
  const Reg to = resultRegister(kind, first, 0, after());
  const bool is64 = kind == TypeKind::I64;
  if (isDivision)
    masm_.shiftConstant(is64 ? I64ShrU : I32ShrU, gp(to), gp(first), static_cast<u32>(std::countr_zero(divisor)));
  else
    masm_.binary(is64 ? I64And : I32And, gp(to), gp(first), Operand::of(static_cast<i64>(divisor - 1)));
  pushRegister(kind, to);
  return true;
}

void FunctionCompiler::divide(Opcode opcode) {
  using enum Opcode;
  if (!at()) return;
  const Value b = pop(), a = pop();
  const TypeKind kind = resultKind(opcode);
  const bool isDivision = opcode == I32DivS || opcode == I32DivU || opcode == I64DivS || opcode == I64DivU;
  const bool isConst = b.kind == Value::Const && b.bits != 0;
  if (isConst && divideByPower(opcode, a, b.bits)) return;
  const Reg rax = regOf(masm::kRax), rdx = regOf(masm::kRdx);
  const RegisterSet fixed = bit(rax) | bit(rdx);
  // The divisor out of the way of rax and rdx, which get the dividend.
  Reg divisor = use(b);
  if (fixed & bit(divisor)) {
    const Reg copy = allocate(kGpSet, fixed);
    moveRegister(kind, copy, divisor);
    temporaries_ |= bit(copy);
    divisor = copy;
  }
  // What rax and rdx hold of others goes to slots; the dividend may be a local's register, which is only read.
  const Reg from = use(a);
  for (const Reg reg : {rax, rdx})
    if ((free_ & bit(reg)) == 0 && !isTemporary(reg) && reg != from) evict(reg);
  moveRegister(kind, rax, from);
  for (const Reg reg : {rax, rdx})
    if ((free_ & bit(reg)) == 0 && !isTemporary(reg)) evict(reg);
  const bool isMinusOne = kind == TypeKind::I64 ? b.bits == ~u64{0} : static_cast<u32>(b.bits) == ~u32{0};
  const bool isSigned = opcode == I32DivS || opcode == I64DivS;
  const Label byZero = isConst ? Label{} : trap(TrapKind::IntegerDivideByZero);
  const Label overflow = isSigned && (!isConst || isMinusOne) ? trap(TrapKind::IntegerOverflow) : Label{};
  masm_.divide(opcode, gp(divisor), byZero, overflow);
  freeTemporaries();
  free_ |= fixed;
  pushRegister(kind, isDivision ? rax : rdx);
}

void FunctionCompiler::intUnary(Opcode opcode) {
  if (!at()) return;
  const Value a = pop();
  const TypeKind kind = resultKind(opcode);
  const Reg first = use(a);
  const Reg to = resultRegister(kind, first, 0, after());
  masm_.unary(opcode, gp(to), gp(first));
  pushRegister(kind, to);
}

// -- 128 bits in two operands ----------------------------------------------------------------------------------------

void FunctionCompiler::addWide(bool subtracts) {
  if (!at()) return;
  const Value bHigh = pop(), bLow = pop(), aHigh = pop(), aLow = pop();
  const Reg low = useCopy(aLow, 0), high = useCopy(aHigh, 0);
  const Operand otherLow = operand(bLow), otherHigh = operand(bHigh);
  if (subtracts)
    masm_.subtractWide(gp(low), gp(high), otherLow, otherHigh);
  else
    masm_.addWide(gp(low), gp(high), otherLow, otherHigh);
  pushRegister(TypeKind::I64, low);
  pushRegister(TypeKind::I64, high);
}

void FunctionCompiler::multiplyWide(bool isSigned) {
  if (!at()) return;
  const Value b = pop(), a = pop();
  const RegisterSet fixed = bit(regOf(masm::kRax)) | bit(regOf(masm::kRdx));
  Reg by = use(b);
  if (fixed & bit(by)) by = useCopy(b, fixed);
  const Reg from = use(a);
  const Reg low = takeFixed(masm::kRax), high = takeFixed(masm::kRdx);
  moveRegister(TypeKind::I64, low, from);
  masm_.multiplyWide(isSigned, gp(by));
  pushRegister(TypeKind::I64, low);
  pushRegister(TypeKind::I64, high);
}

// -- Comparisons -----------------------------------------------------------------------------------------------------

void FunctionCompiler::equalZero(Opcode opcode) {
  if (!atFlags()) return;
  if (hasFlags_) {
    flags_ = inverse(flags_);
    return;
  }
  const Value a = pop();
  const Width width = opcode == Opcode::I64Eqz ? Width::W64 : Width::W32;
  if (a.kind == Value::Slot) {
    masm_.compareMemory(width, slotMem(a.slot), 0);
  } else {
    const Reg first = use(a);
    masm_.test(width, gp(first), gp(first));
  }
  setFlags(Cond::Equal);
}

void FunctionCompiler::intCompare(Opcode opcode) {
  if (!at()) return;
  Value b = pop(), a = pop();
  if ((a.kind == Value::Const || a.kind == Value::Slot) && b.kind != Value::Const && b.kind != Value::Slot) {
    std::swap(a, b);
    opcode = exchanged(opcode);
  }
  const Reg first = use(a);
  setFlags(masm_.compare(opcode, gp(first), operand(b)));
}

void FunctionCompiler::floatCompare(Opcode opcode) {
  if (!at()) return;
  const Value b = pop(), a = pop();
  const Reg first = use(a), second = use(b);
  setFlags(masm_.compare(opcode, fp(first), fp(second)));
}

// -- Floats ----------------------------------------------------------------------------------------------------------

void FunctionCompiler::floatBinary(Opcode opcode) {
  using enum Opcode;
  if (!at()) return;
  const TypeKind kind = resultKind(opcode);
  if (foldedLoad_.isSet) {
    Reg first = use(pop());
    const Reg to = resultRegister(kind, first, 0, after());
    const FpOperand second = takeFoldedLoad(first, to, kind);
    masm_.binary(opcode, fp(to), fp(first), second);
    return pushRegister(kind, to);
  }
  const Value b = pop(), a = pop();
  const bool isMinMax = opcode == F32Min || opcode == F32Max || opcode == F64Min || opcode == F64Max;
  const bool isCopysign = opcode == F32Copysign || opcode == F64Copysign;
  const Reg first = use(a);
  if ((b.kind == Value::Slot || b.kind == Value::Const) && !isMinMax && !isCopysign) {
    const FpOperand second = b.kind == Value::Slot ? FpOperand::of(slotMem(b.slot)) : FpOperand::of(b.bits, 0);
    const Reg to = resultRegister(kind, first, 0, after());
    masm_.binary(opcode, fp(to), fp(first), second);
    return pushRegister(kind, to);
  }
  const Reg second = use(b);
  const RegisterSet avoid = isMinMax && second != first ? bit(second) : 0;
  const Reg to = resultRegister(kind, first, avoid, after());
  if (isMinMax)
    masm_.minMax(opcode, fp(to), fp(first), fp(second));
  else if (isCopysign)
    masm_.copysign(opcode, fp(to), fp(first), fp(second));
  else
    masm_.binary(opcode, fp(to), fp(first), FpOperand::of(fp(second)));
  pushRegister(kind, to);
}

void FunctionCompiler::floatUnary(Opcode opcode) {
  if (!at()) return;
  const Value a = pop();
  const TypeKind kind = resultKind(opcode);
  const Reg first = use(a);
  const Reg to = resultRegister(kind, first, 0, after());
  if (opcode == Opcode::F32DemoteF64 || opcode == Opcode::F64PromoteF32)
    masm_.convert(opcode, fp(to), fp(first));
  else
    masm_.unary(opcode, fp(to), fp(first));
  pushRegister(kind, to);
}

// -- Conversions -----------------------------------------------------------------------------------------------------

void FunctionCompiler::fromInteger(Opcode opcode) {
  if (!at()) return;
  const Value a = pop();
  const TypeKind kind = resultKind(opcode);
  const Reg from = use(a);
  const bool needsTemporary = opcode == Opcode::F32ConvertI64U || opcode == Opcode::F64ConvertI64U;
  const Reg temporaryReg = needsTemporary ? temporary(kGpSet) : kNoReg;
  const Reg to = resultRegister(kind, kNoReg, 0, after());
  masm_.convert(opcode, fp(to), gp(from), gp(temporaryReg));
  pushRegister(kind, to);
}

void FunctionCompiler::toInteger(Opcode opcode) {
  if (!at()) return;
  const Value a = pop();
  const TypeKind kind = resultKind(opcode);
  const Reg from = use(a);
  const bool traps = (wasm::info(opcode).flags & wasm::kTraps) != 0;
  const Label overflow = traps ? trap(TrapKind::IntegerOverflow) : Label{};
  const Label invalid = traps ? trap(TrapKind::InvalidConversion) : Label{};
  const Reg to = resultRegister(kind, kNoReg, 0, after());
  masm_.truncate(opcode, gp(to), fp(from), overflow, invalid);
  pushRegister(kind, to);
}

// -- Choices ---------------------------------------------------------------------------------------------------------

void FunctionCompiler::select(wasm::ValType type) {
  if (!atFlags()) return;
  Cond cond = popCondition();
  Value b = pop(), a = pop();
  const TypeKind kind = kindOf(type);
  // `a`, unless the opposite of the condition makes it `b`. Of the two that take two flags, "not equal" is the easy
  // one.
  if (cond == Cond::FloatNotEqual)
    std::swap(a, b);
  else
    cond = inverse(cond);
  const Reg first = use(a), second = use(b);
  const bool takesFirst = isTemporary(first) && first != second;
  freeTemporaries();
  Reg to = first;
  if (takesFirst) {
    free_ &= ~bit(to);
  } else {
    to = allocate(classOf(kind), bit(second) | bit(first));
    moveRegister(kind, to, first);
  }
  if (isFp(to))
    masm_.moveIf(cond, fp(to), fp(second));
  else
    masm_.moveIf(kind == TypeKind::I32 || kind == TypeKind::Ref ? Width::W32 : Width::W64, cond, gp(to), gp(second));
  keepsFlags_ = false;
  pushRegister(kind, to);
}

// -- References ------------------------------------------------------------------------------------------------------

void FunctionCompiler::refIsNull() { equalZero(Opcode::I64Eqz); }

void FunctionCompiler::refEq() { intCompare(Opcode::I64Eq); }

void FunctionCompiler::refAsNonNull() {
  if (!at()) return;
  const Value value = pop();
  const Reg reg = use(value);
  masm_.test(Width::W64, gp(reg), gp(reg));
  masm_.jumpIf(Cond::Equal, trap(TrapKind::NullReference));
  if (value.kind == Value::Local)
    pushLocal(value.local);
  else
    pushRegister(value.type, reg);
}

}  // namespace wasmrun::baseline
