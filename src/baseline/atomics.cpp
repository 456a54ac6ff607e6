// The compiler's atomic accesses.
#include "baseline/function_compiler.h"

namespace wasmrun::baseline {

using masm::AtomicOperation;
using runtime::TrapKind;
using wasm::MemArg;
using wasm::Opcode;

namespace {

constexpr u8 kDropCode = 0x1a;

u32 accessBytes(Opcode opcode) { return 1u << wasm::info(opcode).alignLog2; }

}  // namespace

void FunctionCompiler::atomic(Opcode opcode, const MemArg& arg) {
  switch (opcode) {
    case Opcode::MemoryAtomicNotify: return waitOrNotify(runtime::slot_calls::atomicNotify, 2, arg);
    case Opcode::MemoryAtomicWait32: return waitOrNotify(runtime::slot_calls::atomicWait32, 3, arg);
    case Opcode::MemoryAtomicWait64: return waitOrNotify(runtime::slot_calls::atomicWait64, 3, arg);
    default: break;
  }
  if (!at()) return;
  const wasm::OpcodeSignature& signature = wasm::info(opcode).signature;
  if (signature.paramCount == 1) return atomicLoad(opcode, arg);
  if (signature.resultCount == 0) return atomicStore(opcode, arg);
  if (signature.paramCount == 3) return atomicCompareExchange(opcode, arg);
  const AtomicOperation operation = masm::atomicOperation(opcode);
  if (operation != AtomicOperation::Exchange && *afterMemArg() == kDropCode) return atomicUpdate(opcode, arg);
  const bool hasInstruction =
      operation == AtomicOperation::Add || operation == AtomicOperation::Sub || operation == AtomicOperation::Exchange;
  return hasInstruction ? atomicFetch(opcode, arg) : atomicFetchByLoop(opcode, arg);
}

void FunctionCompiler::atomicFence() {
  if (!at()) return;
  masm_.fence();
}

/// The offset goes along as one more operand.
void FunctionCompiler::waitOrNotify(runtime::SlotCall function, u32 operands, const MemArg& arg) {
  if (!at()) return;
  pushConst(TypeKind::I64, arg.offset);
  builtin(function, operands + 1, {TypeKind::I32}, arg.memory.value);
}

// -- Places ----------------------------------------------------------------------------------------------------------

/// A popped address as a register outside of `avoid`, after the check that it is a multiple of the access's size: that
/// goes before the check of bounds.
Value FunctionCompiler::alignedAddress(Value address, const MemArg& arg, u32 size, RegisterSet avoid) {
  const u32 offsetBits = static_cast<u32>(arg.offset) & (size - 1);
  if (address.kind == Value::Const) {
    if (((address.bits + offsetBits) & (size - 1)) != 0) masm_.jump(trap(TrapKind::UnalignedAtomic));
    return address;
  }
  Reg reg = use(address);
  if (avoid & bit(reg)) reg = useCopy(address, avoid);
  address.kind = Value::Register;
  address.reg = reg;
  if (size == 1) return address;
  masm::Gp tested = gp(reg);
  if (offsetBits != 0) {
    masm_.lea(Width::W32, masm::kScratch, {tested, static_cast<i32>(offsetBits)});
    tested = masm::kScratch;
  }
  masm_.testImmediate(Width::W32, tested, static_cast<i32>(size - 1));
  masm_.jumpIf(Cond::NotEqual, trap(TrapKind::UnalignedAtomic));
  return address;
}

// -- Accesses --------------------------------------------------------------------------------------------------------

void FunctionCompiler::atomicLoad(Opcode opcode, const MemArg& arg) {
  const u32 size = accessBytes(opcode);
  const TypeKind kind = wasm::info(opcode).signature.results[0];
  const Access from = access(alignedAddress(pop(), arg, size, 0), arg, size);
  const Reg to = resultRegister(kind, from.mem.index == masm::kRsp ? kNoReg : from.mem.index.code, 0, afterMemArg());
  noteAccess(from);
  masm_.atomicLoad(opcode, gp(to), from.mem);
  pushRegister(kind, to);
}

void FunctionCompiler::atomicStore(Opcode opcode, const MemArg& arg) {
  const u32 size = accessBytes(opcode);
  const Value value = pop(), address = pop();
  const Reg from = useCopy(value, 0);
  const Access to = access(alignedAddress(address, arg, size, 0), arg, size);
  noteAccess(to);
  masm_.atomicStore(opcode, to.mem, gp(from));
}

/// A drop comes next, so that what was there does not matter: the drop finds a constant.
void FunctionCompiler::atomicUpdate(Opcode opcode, const MemArg& arg) {
  const u32 size = accessBytes(opcode);
  const Value value = pop(), address = pop();
  const Reg from = use(value);
  const Access to = access(alignedAddress(address, arg, size, 0), arg, size);
  noteAccess(to);
  masm_.atomicUpdate(opcode, to.mem, gp(from));
  pushConst(value.type, 0);
}

void FunctionCompiler::atomicFetch(Opcode opcode, const MemArg& arg) {
  const u32 size = accessBytes(opcode);
  const Value value = pop(), address = pop();
  const Reg from = useCopy(value, 0);
  const Access to = access(alignedAddress(address, arg, size, 0), arg, size);
  if (masm::atomicOperation(opcode) == AtomicOperation::Sub) masm_.negate(Width::W64, gp(from));
  noteAccess(to);
  masm_.atomicFetch(opcode, gp(from), to.mem);
  pushRegister(value.type, from);
}

void FunctionCompiler::atomicFetchByLoop(Opcode opcode, const MemArg& arg) {
  const u32 size = accessBytes(opcode);
  const Value value = pop(), address = pop();
  const RegisterSet rax = bit(regOf(masm::kRax));
  Reg from = use(value);
  if (rax & bit(from)) from = useCopy(value, rax);
  const Value aligned = alignedAddress(address, arg, size, rax);
  const Reg previous = takeFixed(masm::kRax);
  const Access to = access(aligned, arg, size);
  const Reg changed = temporary(kGpSet);
  noteAccess(to);
  masm_.atomicFetchByLoop(opcode, to.mem, gp(from), gp(changed));
  pushRegister(value.type, previous);
}

void FunctionCompiler::atomicCompareExchange(Opcode opcode, const MemArg& arg) {
  const u32 size = accessBytes(opcode);
  const Value replacement = pop(), expected = pop(), address = pop();
  const RegisterSet rax = bit(regOf(masm::kRax));
  Reg from = use(replacement);
  if (rax & bit(from)) from = useCopy(replacement, rax);
  const Value aligned = alignedAddress(address, arg, size, rax);
  const Reg wanted = use(expected);
  const Reg previous = takeFixed(masm::kRax);
  moveRegister(expected.type, previous, wanted);
  const Access to = access(aligned, arg, size);
  noteAccess(to);
  masm_.atomicCompareExchange(opcode, to.mem, gp(from));
  pushRegister(expected.type, previous);
}

}  // namespace wasmrun::baseline
