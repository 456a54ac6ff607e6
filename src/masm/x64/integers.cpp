// Integer instructions.
#include "masm/x64/impl.h"

namespace wasmrun::masm {

using wasm::Opcode;

namespace {

/// The machine's numbers of the operations that take operands alike.
enum class Alu : u8 { Add, Or, Adc, Sbb, And, Sub, Xor, Cmp };

Alu aluOf(Opcode opcode) {
  switch (opcode) {
    case Opcode::I32Add:
    case Opcode::I64Add: return Alu::Add;
    case Opcode::I32Sub:
    case Opcode::I64Sub: return Alu::Sub;
    case Opcode::I32And:
    case Opcode::I64And: return Alu::And;
    case Opcode::I32Or:
    case Opcode::I64Or: return Alu::Or;
    case Opcode::I32Xor:
    case Opcode::I64Xor: return Alu::Xor;
    default: CHECK(false, "an arithmetic instruction"); return Alu::Add;
  }
}

void emitAlu(FormWriter& forms, Alu alu, Width width, Gp to, const Operand& b) {
  const u8 number = static_cast<u8>(alu);
  const auto form = [&](u8 opcode) { return Form{.opcode = opcode, .isWide = isWide(width)}; };
  switch (b.kind) {
    case Operand::Register: return forms.registers(form(static_cast<u8>(number << 3 | 1)), b.reg.code, to.code);
    case Operand::Memory: return forms.memory(form(static_cast<u8>(number << 3 | 3)), to.code, b.mem);
    case Operand::Constant: return forms.constantOperand(number, isWide(width), to.code, static_cast<i32>(b.value));
  }
}

struct ShiftInst {
  u8 number;     // by a constant, or by cl
  InstId byAny;  // BMI2; 0: there is none
};

ShiftInst shiftInst(Opcode opcode) {
  switch (opcode) {
    case Opcode::I32Shl:
    case Opcode::I64Shl: return {4, Inst::kIdShlx};
    case Opcode::I32ShrS:
    case Opcode::I64ShrS: return {7, Inst::kIdSarx};
    case Opcode::I32ShrU:
    case Opcode::I64ShrU: return {5, Inst::kIdShrx};
    case Opcode::I32Rotl:
    case Opcode::I64Rotl: return {0, 0};
    case Opcode::I32Rotr:
    case Opcode::I64Rotr: return {1, 0};
    default: CHECK(false, "a shift"); return {};
  }
}

}  // namespace

// -- Arithmetic ------------------------------------------------------------------------------------------------------

void MacroAssembler::binary(Opcode opcode, Gp to, Gp first, const Operand& b) {
  const Width width = widthOf(opcode);
  if (opcode == Opcode::I32Mul || opcode == Opcode::I64Mul) return multiply(width, to, first, b);
  const Alu alu = aluOf(opcode);
  if (to != first) {
    if (alu == Alu::Add && b.kind == Operand::Register) return lea(width, to, {first, 0, b.reg});
    if (alu == Alu::Add && b.kind == Operand::Constant) return lea(width, to, {first, static_cast<i32>(b.value)});
    if (b.kind == Operand::Register && b.reg == to) {
      CHECK(alu != Alu::Sub, "a subtraction does not commute");
      return emitAlu(impl_->forms, alu, width, to, Operand::of(first));
    }
    move(width, to, first);
  }
  emitAlu(impl_->forms, alu, width, to, b);
}

void MacroAssembler::multiply(Width width, Gp to, Gp first, const Operand& b) {
  x86::Assembler& a = impl_->a;
  if (b.kind == Operand::Constant) {
    a.imul(sized(width, to), sized(width, first), static_cast<i32>(b.value));
  } else if (b.kind == Operand::Register && b.reg == to) {
    a.imul(sized(width, to), sized(width, first));
  } else {
    if (to != first) move(width, to, first);
    if (b.kind == Operand::Register)
      a.imul(sized(width, to), sized(width, b.reg));
    else
      a.imul(sized(width, to), memory(b.mem, bytesOf(width)));
  }
}

void MacroAssembler::addImmediate(Width width, Gp to, i32 value) {
  emitAlu(impl_->forms, Alu::Add, width, to, Operand::of(i64{value}));
}

void MacroAssembler::add(Width width, Gp to, Gp from) { emitAlu(impl_->forms, Alu::Add, width, to, Operand::of(from)); }

void MacroAssembler::addWide(Gp low, Gp high, const Operand& bLow, const Operand& bHigh) {
  emitAlu(impl_->forms, Alu::Add, Width::W64, low, bLow);
  emitAlu(impl_->forms, Alu::Adc, Width::W64, high, bHigh);
}

void MacroAssembler::subtractWide(Gp low, Gp high, const Operand& bLow, const Operand& bHigh) {
  emitAlu(impl_->forms, Alu::Sub, Width::W64, low, bLow);
  emitAlu(impl_->forms, Alu::Sbb, Width::W64, high, bHigh);
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
  if (count == 0) return;
  const Form form{.opcode = static_cast<u8>(count == 1 ? 0xd1 : 0xc1), .isWide = isWide(width)};
  impl_->forms.registers(form, shiftInst(opcode).number, to.code, static_cast<i32>(count), count == 1 ? 0 : 1);
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
  impl_->forms.registers({.opcode = 0xd3, .isWide = isWide(width)}, inst.number, to.code);
}

// -- Division --------------------------------------------------------------------------------------------------------

void MacroAssembler::divide(Opcode opcode, Gp divisor, Label byZero, Label overflow) {
  x86::Assembler& a = impl_->a;
  const Width width = widthOf(opcode);
  const x86::Gp by = sized(width, divisor), low = sized(width, kRax), high = sized(width, kRdx);
  if (byZero.isValid()) {
    a.test(by, by);
    jumpIf(Cond::Equal, byZero);
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
      jumpIf(Cond::Overflow, overflow);
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
    case Opcode::I32WrapI64: return move(Width::W32, to, first);
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
    emitAlu(impl_->forms, Alu::Cmp, width, first, b);
}

void MacroAssembler::compareMemory(Width width, Mem first, i32 value) {
  const bool isByte = isShort(value);
  impl_->forms.memory({.opcode = static_cast<u8>(isByte ? 0x83 : 0x81), .isWide = isWide(width)},
                      static_cast<u8>(Alu::Cmp), first, value, isByte ? 1 : 4);
}

void MacroAssembler::increment(Mem place) { impl_->a.inc(memory(place, 8)); }

void MacroAssembler::test(Width width, Gp first, Gp second) {
  impl_->forms.registers({.opcode = 0x85, .isWide = isWide(width)}, second.code, first.code);
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
    const u8 opcode = static_cast<u8>(0x90 | static_cast<u8>(cond));
    impl_->forms.registers({.opcode = opcode, .isTwo = true, .isByte = true}, 0, to.code);
  }
  impl_->forms.registers({.opcode = 0xb6, .isTwo = true, .isByte = true}, to.code, to.code);
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
    const u8 opcode = static_cast<u8>(0x40 | static_cast<u8>(cond));
    impl_->forms.registers({.opcode = opcode, .isWide = isWide(width), .isTwo = true}, to.code, from.code);
  }
}

}  // namespace wasmrun::masm
