// The compiler's memories, tables and globals.
#include "baseline/function_compiler.h"
#include "runtime/layout.h"

namespace wasmrun::baseline {

using masm::Label;
using runtime::Memory;
using wasm::MemArg;
using wasm::Opcode;
using wasm::ValType;

namespace layout = runtime::layout;
namespace slot_calls = runtime::slot_calls;

// -- Accesses --------------------------------------------------------------------------------------------------------

/// Where `size` bytes at a popped address are. No check if the memory's guard makes it.
FunctionCompiler::Access FunctionCompiler::access(const Value& address, const MemArg& arg, u32 size) {
  const bool isGuarded = environment_.guarded && arg.memory.value == 0 && !arg.is64;
  if (!isGuarded || arg.offset + size > Memory::kGuardSize) return {checkedAccess(address, arg, size), false};
  const i32 constantOffset = static_cast<i32>(arg.offset);
  if (address.kind != Value::Const) return {{masm::kMemory, constantOffset, gp(use(address))}, true};
  const u64 effective = (address.bits & 0xffffffff) + arg.offset;
  if (effective <= INT32_MAX) return {{masm::kMemory, static_cast<i32>(effective)}, true};
  masm_.constant(masm::kScratch, effective);
  return {{masm::kMemory, 0, masm::kScratch}, true};
}

/// A label that traps, for an access whose end is in the scratch register, less 2^64 if it `carries`.
masm::Label FunctionCompiler::memoryTrap(const MemArg& arg, u32 size, bool carries) {
  Late& trap = late(Late::MemoryTrap);
  trap.first = size | (carries ? masm::Stubs::kCarries : 0) | arg.memory.value << 8;
  return trap.label;
}

/// The same of a memory that is not guarded: compares the access's end, in the scratch register, with the size.
Mem FunctionCompiler::checkedAccess(const Value& address, const MemArg& arg, u32 size) {
  const Label label = memoryTrap(arg, size, false);
  const Reg base = use(address);
  u64 reach = 0;
  const bool overflows = __builtin_add_overflow(arg.offset, u64{size}, &reach);
  if (overflows || reach > INT32_MAX) {
    masm_.constant(masm::kScratch, reach);
    masm_.add(Width::W64, masm::kScratch, gp(base));
    if (overflows) {
      const Label carries = memoryTrap(arg, size, true);
      masm_.jumpIf(Cond::AboveEqual, carries);
      masm_.constant(masm::kScratch, size);  // beyond twice 2^64, which the trap need not know
      masm_.jump(carries);
    } else if (arg.is64) {
      masm_.jumpIf(Cond::Below, memoryTrap(arg, size, true));
    }
  } else if (arg.is64) {
    masm_.move(Width::W64, masm::kScratch, gp(base));
    masm_.addImmediate(Width::W64, masm::kScratch, static_cast<i32>(reach));
    masm_.jumpIf(Cond::Below, memoryTrap(arg, size, true));
  } else {
    masm_.lea(Width::W64, masm::kScratch, {gp(base), static_cast<i32>(reach)});
  }
  const masm::Gp memory = gp(temporary(kGpSet));
  loadMemoryObject(memory, arg.memory);
  masm_.compare(Width::W64, masm::kScratch, Operand::of(Mem{memory, layout::kMemorySize}));
  masm_.jumpIf(Cond::Above, label);
  if (arg.memory.value == 0) return {masm::kMemory, -static_cast<i32>(size), masm::kScratch};
  masm_.load(Width::W64, memory, {memory, layout::kMemoryBase});
  return {memory, -static_cast<i32>(size), masm::kScratch};
}

void FunctionCompiler::loadMemoryObject(masm::Gp to, wasm::MemoryIndex memory) {
  masm_.load(Width::W64, to, {masm::kInstance, layout::kInstanceMemories});
  masm_.load(Width::W64, to, {to, support::narrow<i32>(u64{memory.value} * 8)});
}

/// The next instruction is the access.
void FunctionCompiler::noteAccess(const Access& access) {
  if (access.mayFault) record_.addAccess(masm_.offset(), offset());
}

/// What comes after this instruction's opcode.
const u8* FunctionCompiler::after() const {
  const u8* p = bytes_ + offset();
  if (*p++ >= 0xfb)
    while (*p++ & 0x80) {
    }
  return p;
}

/// The opcode after this one, which has a memarg.
const u8* FunctionCompiler::afterMemArg() const {
  const u8* p = after();
  const auto skip = [&] {
    while (*p++ & 0x80) {
    }
  };
  const bool hasMemory = (*p & 0x40) != 0;
  skip();
  if (hasMemory) skip();
  skip();
  return p;
}

/// Whether the instruction after a load takes a float or vector from memory as its second operand.
bool FunctionCompiler::foldsIntoNext(Opcode load) const {
  using enum Opcode;
  if (load != F32Load && load != F64Load && !(load == V128Load && masm_.features().avx)) return false;
  const u8* p = afterMemArg();
  const u8 code = *p++;
  if (load == V128Load) {
    if (code != 0xfd) return false;
    u32 number = *p & 0x7f;
    if (*p & 0x80) number |= static_cast<u32>(p[1]) << 7;
    const Opcode next = wasm::opcodeOf(code, number);
    return next != kCount && masm::MacroAssembler::vectorForm(next).isOne;
  }
  const Opcode next = wasm::opcodeOf(code);
  if (load == F32Load) return next == F32Add || next == F32Sub || next == F32Mul || next == F32Div;
  return next == F64Add || next == F64Sub || next == F64Mul || next == F64Div;
}

/// The operand that a load before left to the instruction that now puts its result into `to`. What else that does to
/// the first operand is done.
masm::FpOperand FunctionCompiler::takeFoldedLoad(Reg& first, Reg to, TypeKind kind) {
  if (!masm_.features().avx) {
    moveRegister(kind, to, first);
    first = to;
  }
  foldedLoad_.isSet = false;
  if (foldedLoad_.from.mayFault) record_.addAccess(masm_.offset(), foldedLoad_.wasmOffset);
  return masm::FpOperand::of(foldedLoad_.from.mem);
}

void FunctionCompiler::load(Opcode opcode, const MemArg& arg) {
  if (!at()) return;
  const wasm::OpcodeInfo& info = wasm::info(opcode);
  const TypeKind kind = info.signature.results[0];
  const Access from = access(pop(), arg, 1u << info.alignLog2);
  if (foldsIntoNext(opcode)) {
    foldedLoad_ = {true, from, offset()};
    return;
  }
  const RegisterSet avoid = isFloatKind(kind) ? 0 : bit(from.mem.base.code);
  const Reg to =
      resultRegister(kind, from.mem.index == masm::kRsp ? kNoReg : from.mem.index.code, avoid, afterMemArg());
  noteAccess(from);
  if (isFp(to))
    masm_.loadValue(opcode, fp(to), from.mem);
  else
    masm_.loadValue(opcode, gp(to), from.mem);
  pushRegister(kind, to);
}

void FunctionCompiler::store(Opcode opcode, const MemArg& arg) {
  if (!at()) return;
  const wasm::OpcodeInfo& info = wasm::info(opcode);
  const TypeKind kind = info.signature.params[1];
  const Value value = pop(), address = pop();
  const i64 number = kind == TypeKind::I64 ? static_cast<i64>(value.bits) : static_cast<i32>(value.bits);
  const bool isConst = value.kind == Value::Const && !isFloatKind(kind) && number == static_cast<i32>(number);
  // Before the address, whose check uses the scratch register.
  const Reg from = isConst ? kNoReg : use(value);
  const Access to = access(address, arg, 1u << info.alignLog2);
  noteAccess(to);
  if (isConst)
    masm_.storeValueConstant(opcode, to.mem, static_cast<i32>(number));
  else if (isFp(from))
    masm_.storeValue(opcode, to.mem, fp(from));
  else
    masm_.storeValue(opcode, to.mem, gp(from));
}

// -- Memories --------------------------------------------------------------------------------------------------------

void FunctionCompiler::memorySize(wasm::MemoryIndex memory) {
  if (!at()) return;
  const wasm::MemoryType& type = module_.memories[memory.value];
  const TypeKind kind = type.limits.addressType().kind();
  const Reg to = allocate(kGpSet);
  loadMemoryObject(gp(to), memory);
  masm_.load(Width::W64, gp(to), {gp(to), layout::kMemorySize});
  masm_.shiftConstant(Opcode::I64ShrU, gp(to), gp(to), type.pageSizeLog2);
  pushRegister(kind, to);
}

void FunctionCompiler::memoryGrow(wasm::MemoryIndex memory) {
  const TypeKind kind = module_.memories[memory.value].limits.addressType().kind();
  builtin(slot_calls::memoryGrow, 1, {kind}, memory.value);
}
void FunctionCompiler::memoryFill(wasm::MemoryIndex memory) { builtin(slot_calls::memoryFill, 3, {}, memory.value); }
void FunctionCompiler::memoryCopy(wasm::MemoryIndex destination, wasm::MemoryIndex source) {
  builtin(slot_calls::memoryCopy, 3, {}, destination.value, source.value);
}
void FunctionCompiler::memoryInit(wasm::DataIndex data, wasm::MemoryIndex memory) {
  builtin(slot_calls::memoryInit, 3, {}, data.value, memory.value);
}
void FunctionCompiler::dataDrop(wasm::DataIndex data) { builtin(slot_calls::dataDrop, 0, {}, data.value); }

// -- Tables ----------------------------------------------------------------------------------------------------------

void FunctionCompiler::tableGet(wasm::TableIndex table) {
  builtin(slot_calls::tableGet, 1, {kindOf(module_.tables[table.value].type.element)}, table.value);
}
void FunctionCompiler::tableSet(wasm::TableIndex table) { builtin(slot_calls::tableSet, 2, {}, table.value); }

void FunctionCompiler::tableSize(wasm::TableIndex table) {
  if (!at()) return;
  const Reg to = allocate(kGpSet);
  masm_.load(Width::W64, gp(to), {masm::kInstance, layout::kInstanceTables});
  masm_.load(Width::W64, gp(to), {gp(to), support::narrow<i32>(u64{table.value} * 8)});
  masm_.load(Width::W64, gp(to), {gp(to), layout::kTableSize});
  pushRegister(module_.tables[table.value].type.limits.addressType().kind(), to);
}

void FunctionCompiler::tableGrow(wasm::TableIndex table) {
  builtin(slot_calls::tableGrow, 2, {module_.tables[table.value].type.limits.addressType().kind()}, table.value);
}
void FunctionCompiler::tableFill(wasm::TableIndex table) { builtin(slot_calls::tableFill, 3, {}, table.value); }
void FunctionCompiler::tableCopy(wasm::TableIndex destination, wasm::TableIndex source) {
  builtin(slot_calls::tableCopy, 3, {}, destination.value, source.value);
}
void FunctionCompiler::tableInit(wasm::ElemIndex elem, wasm::TableIndex table) {
  builtin(slot_calls::tableInit, 3, {}, elem.value, table.value);
}
void FunctionCompiler::elemDrop(wasm::ElemIndex elem) { builtin(slot_calls::elemDrop, 0, {}, elem.value); }

void FunctionCompiler::refFunc(wasm::FuncIndex func) {
  if (!at()) return;
  const Reg to = allocate(kGpSet);
  if (module_.isImport(func)) {
    loadImportedFunc(gp(to), func);
  } else {
    masm_.load(Width::W64, gp(to), {masm::kInstance, layout::kInstanceFuncs});
    const u64 distance = u64{module_.definedIndex(func).value} * layout::kFuncSize;
    masm_.addImmediate(Width::W64, gp(to), support::narrow<i32>(distance));
  }
  pushRegister(TypeKind::I64, to);
}

// -- Globals ---------------------------------------------------------------------------------------------------------

/// The cell of a global; of an imported one, through the scratch register.
Mem FunctionCompiler::globalCell(wasm::GlobalIndex global) {
  if (global.value >= module_.importedGlobals)
    return {masm::kInstance, support::narrow<i32>(runtime::globalCellOffset(global.value - module_.importedGlobals))};
  masm_.load(Width::W64, masm::kScratch, {masm::kInstance, layout::kInstanceImportedGlobals});
  masm_.load(Width::W64, masm::kScratch, {masm::kScratch, support::narrow<i32>(u64{global.value} * 8)});
  return {masm::kScratch, 0};
}

void FunctionCompiler::globalGet(wasm::GlobalIndex index, ValType type) {
  if (!at()) return;
  const TypeKind kind = kindOf(type);
  const Reg to = allocate(classOf(kind));
  loadCell(kind, to, globalCell(index));
  pushRegister(kind, to);
}

void FunctionCompiler::globalSet(wasm::GlobalIndex index, ValType type) {
  if (!at()) return;
  const Value value = pop();
  if (value.kind == Value::Const && !isFloatKind(value.type) && value.bits <= INT32_MAX) {
    masm_.storeConstant(globalCell(index), value.bits);
    return;
  }
  const Reg from = use(value);
  storeCell(kindOf(type), globalCell(index), from);
}

}  // namespace wasmrun::baseline
