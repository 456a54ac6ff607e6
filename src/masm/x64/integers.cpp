// Integer instructions.
#include "masm/x64/impl.h"

namespace wasmrun::masm {

using wasm::Opcode;

namespace {

InstId aluInst(Opcode opcode) {
  switch (opcode) {
    case Opcode::I32Add:
    case Opcode::I64Add: return Inst::kIdAdd;
    case Opcode::I32Sub:
    case Opcode::I64Sub: return Inst::kIdSub;
    case Opcode::I32Mul:
    case Opcode::I64Mul: return Inst::kIdImul;
    case Opcode::I32And:
    case Opcode::I64And: return Inst::kIdAnd;
    case Opcode::I32Or:
    case Opcode::I64Or: return Inst::kIdOr;
    case Opcode::I32Xor:
    case Opcode::I64Xor: return Inst::kIdXor;
    default: CHECK(false, "an arithmetic instruction"); return 0;
  }
}

void emitAlu(x86::Assembler& a, InstId inst, Width width, Gp to, const Operand& b) {
  switch (b.kind) {
    case Operand::Register: a.emit(inst, sized(width, to), sized(width, b.reg)); return;
    case Operand::Memory: a.emit(inst, sized(width, to), memory(b.mem, bytesOf(width))); return;
    case Operand::Constant: a.emit(inst, sized(width, to), static_cast<i32>(b.value)); return;
  }
}

struct ShiftInst {
  InstId byConstant;  // or by cl
  InstId byAny;       // BMI2; 0: there is none
};

ShiftInst shiftInst(Opcode opcode) {
  switch (opcode) {
    case Opcode::I32Shl:
    case Opcode::I64Shl: return {Inst::kIdShl, Inst::kIdShlx};
    case Opcode::I32ShrS:
    case Opcode::I64ShrS: return {Inst::kIdSar, Inst::kIdSarx};
    case Opcode::I32ShrU:
    case Opcode::I64ShrU: return {Inst::kIdShr, Inst::kIdShrx};
    case Opcode::I32Rotl:
    case Opcode::I64Rotl: return {Inst::kIdRol, 0};
    case Opcode::I32Rotr:
    case Opcode::I64Rotr: return {Inst::kIdRor, 0};
    default: CHECK(false, "a shift"); return {};
  }
}

}  // namespace

// -- Arithmetic ------------------------------------------------------------------------------------------------------

void MacroAssembler::binary(Opcode opcode, Gp to, Gp first, const Operand& b) {
  x86::Assembler& a = impl_->a;
  const InstId inst = aluInst(opcode);
  const Width width = widthOf(opcode);
  const auto constant = static_cast<i32>(b.value);
  if (inst == Inst::kIdImul && b.kind == Operand::Constant) {
    a.imul(sized(width, to), sized(width, first), constant);
    return;
  }
  if (to != first) {
    const bool inPlace = b.kind == Operand::Register && b.reg == to;
    if (inst == Inst::kIdAdd && b.kind == Operand::Register) {
      a.lea(sized(width, to), x86::Mem(r64(first), r64(b.reg), 0, 0, 0));
      return;
    }
    if (inst == Inst::kIdAdd && b.kind == Operand::Constant) {
      a.lea(sized(width, to), x86::Mem(r64(first), constant, 0));
      return;
    }
    if (inPlace) {
      CHECK(inst != Inst::kIdSub, "a subtraction does not commute");
      return emitAlu(a, inst, width, to, Operand::of(first));
    }
    move(width, to, first);
  }
  emitAlu(a, inst, width, to, b);
}

void MacroAssembler::addImmediate(Width width, Gp to, i32 value) { impl_->a.add(sized(width, to), value); }

void MacroAssembler::add(Width width, Gp to, Gp from) { impl_->a.add(sized(width, to), sized(width, from)); }

void MacroAssembler::addWide(Gp low, Gp high, const Operand& bLow, const Operand& bHigh) {
  emitAlu(impl_->a, Inst::kIdAdd, Width::W64, low, bLow);
  emitAlu(impl_->a, Inst::kIdAdc, Width::W64, high, bHigh);
}

void MacroAssembler::subtractWide(Gp low, Gp high, const Operand& bLow, const Operand& bHigh) {
  emitAlu(impl_->a, Inst::kIdSub, Width::W64, low, bLow);
  emitAlu(impl_->a, Inst::kIdSbb, Width::W64, high, bHigh);
}

void MacroAssembler::multiplyWide(bool isSigned, Gp b) {
  if (isSigned)
    impl_->a.imul(x86::rdx, x86::rax, r64(b));
  else
    impl_->a.mul(x86::rdx, x86::rax, r64(b));
}

// -- Shifts ----------------------------------------------------------------------------------------------------------

bool MacroAssembler::shiftsByAny(Opcode opcode) const { return features_.bmi2 && shiftInst(opcode).byAny != 0; }

void MacroAssembler::shiftConstant(Opcode opcode, Gp to, Gp first, u32 count) {
  const Width width = widthOf(opcode);
  count &= bytesOf(width) * 8 - 1;
  if (to != first || count == 0) move(width, to, first);
  if (count != 0) impl_->a.emit(shiftInst(opcode).byConstant, sized(width, to), count);
}

void MacroAssembler::shift(Opcode opcode, Gp to, Gp first, Gp count) {
  const Width width = widthOf(opcode);
  const ShiftInst inst = shiftInst(opcode);
  if (shiftsByAny(opcode)) {
    impl_->a.emit(inst.byAny, sized(width, to), sized(width, first), sized(width, count));
    return;
  }
  CHECK(count == kRcx && to != kRcx, "a shift by a register takes its count in rcx");
  if (to != first) move(width, to, first);
  impl_->a.emit(inst.byConstant, sized(width, to), x86::cl);
}

// -- Division --------------------------------------------------------------------------------------------------------

void MacroAssembler::divide(Opcode opcode, Gp divisor, Label byZero, Label overflow) {
  x86::Assembler& a = impl_->a;
  const Width width = widthOf(opcode);
  const x86::Gp by = sized(width, divisor), low = sized(width, kRax), high = sized(width, kRdx);
  if (byZero.isValid()) {
    a.test(by, by);
    a.jz(label(byZero));
  }
  const bool isSigned =
      opcode == Opcode::I32DivS || opcode == Opcode::I64DivS || opcode == Opcode::I32RemS || opcode == Opcode::I64RemS;
  if (!isSigned) {
    a.xor_(x86::edx, x86::edx);
    a.div(high, low, by);
    return;
  }
  const bool isRemainder = opcode == Opcode::I32RemS || opcode == Opcode::I64RemS;
  const asmjit::Label divides = a.newLabel(), past = a.newLabel();
  // The least number by -1 overflows: for rem the result is 0.
  if (isRemainder || overflow.isValid()) {
    a.cmp(by, -1);
    a.short_().jne(divides);
    if (isRemainder) {
      a.xor_(x86::edx, x86::edx);
      a.short_().jmp(past);
    } else {
      a.cmp(low, 1);
      a.jo(label(overflow));
    }
  }
  a.bind(divides);
  if (width == Width::W64)
    a.cqo(high, low);
  else
    a.cdq(high, low);
  a.idiv(high, low, by);
  a.bind(past);
}

// -- One operand -----------------------------------------------------------------------------------------------------

void MacroAssembler::unary(Opcode opcode, Gp to, Gp first) {
  x86::Assembler& a = impl_->a;
  const Width width = widthOf(opcode);
  const x86::Gp result = sized(width, to), operand = sized(width, first), scratch = sized(width, kScratch);
  const u32 bits = bytesOf(width) * 8;
  switch (opcode) {
    case Opcode::I32Clz:
    case Opcode::I64Clz:
      if (features_.lzcnt) {
        a.lzcnt(result, operand);
      } else {
        a.mov(r32(kScratch), bits * 2 - 1);
        a.bsr(result, operand);
        a.cmovz(result, scratch);
        a.xor_(result, bits - 1);
      }
      return;
    case Opcode::I32Ctz:
    case Opcode::I64Ctz:
      if (features_.bmi1) {
        a.tzcnt(result, operand);
      } else {
        a.mov(r32(kScratch), bits);
        a.bsf(result, operand);
        a.cmovz(result, scratch);
      }
      return;
    case Opcode::I32Popcnt:
    case Opcode::I64Popcnt: a.popcnt(result, operand); return;
    case Opcode::I32Extend8S:
    case Opcode::I64Extend8S: a.movsx(result, r8(first)); return;
    case Opcode::I32Extend16S:
    case Opcode::I64Extend16S: a.movsx(result, r16(first)); return;
    case Opcode::I64Extend32S:
    case Opcode::I64ExtendI32S: a.movsxd(r64(to), r32(first)); return;
    case Opcode::I64ExtendI32U:
    case Opcode::I32WrapI64: a.mov(r32(to), r32(first)); return;
    default: CHECK(false, "an integer instruction with one operand");
  }
}

// -- Comparisons -----------------------------------------------------------------------------------------------------

Cond MacroAssembler::compare(Opcode opcode, Gp first, const Operand& b) {
  compare(widthOf(opcode), first, b);
  switch (opcode) {
    case Opcode::I32Eqz:
    case Opcode::I64Eqz:
    case Opcode::I32Eq:
    case Opcode::I64Eq: return Cond::Equal;
    case Opcode::I32Ne:
    case Opcode::I64Ne: return Cond::NotEqual;
    case Opcode::I32LtS:
    case Opcode::I64LtS: return Cond::Less;
    case Opcode::I32LtU:
    case Opcode::I64LtU: return Cond::Below;
    case Opcode::I32GtS:
    case Opcode::I64GtS: return Cond::Greater;
    case Opcode::I32GtU:
    case Opcode::I64GtU: return Cond::Above;
    case Opcode::I32LeS:
    case Opcode::I64LeS: return Cond::LessEqual;
    case Opcode::I32LeU:
    case Opcode::I64LeU: return Cond::BelowEqual;
    case Opcode::I32GeS:
    case Opcode::I64GeS: return Cond::GreaterEqual;
    case Opcode::I32GeU:
    case Opcode::I64GeU: return Cond::AboveEqual;
    default: CHECK(false, "an integer comparison"); return Cond::Equal;
  }
}

void MacroAssembler::compareByte(Mem first, u8 value) { impl_->a.cmp(memory(first, 1), value); }

void MacroAssembler::compare(Width width, Gp first, const Operand& b) {
  if (b.kind == Operand::Constant && b.value == 0)
    test(width, first, first);
  else
    emitAlu(impl_->a, Inst::kIdCmp, width, first, b);
}

void MacroAssembler::compareMemory(Width width, Mem first, i32 value) {
  impl_->a.cmp(memory(first, bytesOf(width)), value);
}

void MacroAssembler::test(Width width, Gp first, Gp second) {
  impl_->a.test(sized(width, first), sized(width, second));
}

void MacroAssembler::testImmediate(Width width, Gp first, i32 bits) { impl_->a.test(sized(width, first), bits); }

void MacroAssembler::setCond(Gp to, Cond cond) {
  x86::Assembler& a = impl_->a;
  if (cond == Cond::FloatEqual) {
    a.sete(r8(to));
    a.setnp(r8(kScratch));
    a.and_(r32(to), r32(kScratch));
  } else if (cond == Cond::FloatNotEqual) {
    a.setne(r8(to));
    a.setp(r8(kScratch));
    a.or_(r32(to), r32(kScratch));
  } else {
    a.set(condCode(cond), r8(to));
  }
  a.movzx(r32(to), r8(to));
}

void MacroAssembler::moveIf(Width width, Cond cond, Gp to, Gp from) {
  x86::Assembler& a = impl_->a;
  const x86::Gp result = sized(width, to), source = sized(width, from);
  if (cond == Cond::FloatEqual) {
    const asmjit::Label past = a.newLabel();
    a.short_().jp(past);
    a.cmove(result, source);
    a.bind(past);
  } else if (cond == Cond::FloatNotEqual) {
    a.cmovne(result, source);
    a.cmovp(result, source);
  } else {
    a.cmov(condCode(cond), result, source);
  }
}

}  // namespace wasmrun::masm
