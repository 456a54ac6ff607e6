// Atomic accesses: aligned, so that plain loads are atomic; a locked instruction, or an exchange, is a fence as well.
#include "masm/x64/impl.h"

namespace wasmrun::masm {

using wasm::Opcode;

namespace {

u32 accessBytes(Opcode opcode) { return 1u << wasm::info(opcode).alignLog2; }

x86::Gp registerOf(u32 bytes, Gp reg) {
  switch (bytes) {
    case 1: return r8(reg);
    case 2: return r16(reg);
    case 4: return r32(reg);
    default: return r64(reg);
  }
}

/// What an access of fewer than 4 bytes leaves above them goes.
void emitZeroExtend(x86::Assembler& a, u32 bytes, Gp reg) {
  if (bytes < 4)
    a.movzx(r32(reg), registerOf(bytes, reg));
  else if (bytes == 4)
    a.mov(r32(reg), r32(reg));
}

}  // namespace

AtomicOperation atomicOperation(Opcode opcode) {
  constexpr u32 kFirst = 0x1e, kWidths = 7;  // opcodes.def has all widths of one operation in a row
  return static_cast<AtomicOperation>((wasm::info(opcode).code - kFirst) / kWidths);
}

void MacroAssembler::atomicLoad(Opcode opcode, Gp to, Mem from) {
  x86::Assembler& a = impl_->a;
  const u32 bytes = accessBytes(opcode);
  const x86::Mem source = memory(from, bytes);
  if (bytes < 4)
    a.movzx(r32(to), source);
  else
    a.mov(registerOf(bytes, to), source);
}

void MacroAssembler::atomicStore(Opcode opcode, Mem to, Gp value) {
  const u32 bytes = accessBytes(opcode);
  impl_->a.xchg(memory(to, bytes), registerOf(bytes, value));
}

void MacroAssembler::atomicUpdate(Opcode opcode, Mem place, Gp value) {
  constexpr InstId kInsts[] = {Inst::kIdAdd, Inst::kIdSub, Inst::kIdAnd, Inst::kIdOr, Inst::kIdXor};
  x86::Assembler& a = impl_->a;
  const u32 bytes = accessBytes(opcode);
  a.lock();
  a.emit(kInsts[static_cast<u32>(atomicOperation(opcode))], memory(place, bytes), registerOf(bytes, value));
}

void MacroAssembler::atomicFetch(Opcode opcode, Gp value, Mem place) {
  x86::Assembler& a = impl_->a;
  const u32 bytes = accessBytes(opcode);
  const x86::Mem target = memory(place, bytes);
  const x86::Gp source = registerOf(bytes, value);
  if (atomicOperation(opcode) == AtomicOperation::Exchange)
    a.xchg(target, source);
  else
    a.lock().xadd(target, source);
  if (bytes < 4) a.movzx(r32(value), source);
}

void MacroAssembler::atomicFetchByLoop(Opcode opcode, Mem place, Gp value, Gp temporary) {
  x86::Assembler& a = impl_->a;
  const u32 bytes = accessBytes(opcode);
  atomicLoad(opcode, kRax, place);
  const asmjit::Label again = a.newLabel();
  a.bind(again);
  a.mov(r64(temporary), x86::rax);
  switch (atomicOperation(opcode)) {
    case AtomicOperation::And: a.and_(r64(temporary), r64(value)); break;
    case AtomicOperation::Or: a.or_(r64(temporary), r64(value)); break;
    default: a.xor_(r64(temporary), r64(value)); break;
  }
  a.lock().cmpxchg(memory(place, bytes), registerOf(bytes, temporary), registerOf(bytes, kRax));
  a.short_().jne(again);
  if (bytes < 4) emitZeroExtend(a, bytes, kRax);
}

void MacroAssembler::atomicCompareExchange(Opcode opcode, Mem place, Gp replacement) {
  x86::Assembler& a = impl_->a;
  const u32 bytes = accessBytes(opcode);
  a.lock().cmpxchg(memory(place, bytes), registerOf(bytes, replacement), registerOf(bytes, kRax));
  emitZeroExtend(a, bytes, kRax);
}

void MacroAssembler::negate(Width width, Gp to) { impl_->a.neg(sized(width, to)); }

void MacroAssembler::fence() { impl_->a.mfence(); }

}  // namespace wasmrun::masm
