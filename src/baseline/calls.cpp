// The compiler's calls: of functions, and of the C++ functions that carry out large instructions.
#include <algorithm>

#include "baseline/function_compiler.h"
#include "runtime/layout.h"

namespace wasmrun::baseline {

using masm::Label;
using runtime::TrapKind;
using wasm::Opcode;
using wasm::ValType;

namespace layout = runtime::layout;

namespace {

/// Whether an argument or result in `slot` travels in a register.
bool travelsInRegister(TypeKind kind, u32 slot) { return slot < masm::kRegisterArguments && kind != TypeKind::V128; }

}  // namespace

// -- Arguments -------------------------------------------------------------------------------------------------------

/// Everything but the arguments on top goes to its slot, and those that travel in slots.
FunctionCompiler::Arguments FunctionCompiler::prepareArguments(const wasm::FuncType& type) {
  const u32 count = static_cast<u32>(type.params.size());
  const u32 slot = count == 0 ? nextSlot_ : top(count - 1).slot;
  spillForCall(count);
  const u32 first = stack_.size() - count;
  for (u32 i = stack_.size(); i-- > first;) {
    const Value& value = stack_[i];
    if (travelsInRegister(value.type, value.slot - slot)) continue;
    if (value.kind == Value::Const)
      storeConstant(i);
    else
      settleValue(i);
  }
  return {slot, count};
}

/// The other arguments go to their registers, and `callee`, if it is one, to kCallee. Then the model knows nothing of
/// registers any more.
void FunctionCompiler::moveArguments(const Arguments& arguments, Reg callee) {
  Moves moves;
  const u32 first = stack_.size() - arguments.count;
  const auto targetOf = [&](const Value& value) {
    const u32 slot = value.slot - arguments.slot;
    if (!travelsInRegister(value.type, slot)) return kNoReg;
    return isFloatKind(value.type) ? regOf(masm::kArgumentFp[slot]) : regOf(masm::kArgumentGp[slot]);
  };
  const auto sourceOf = [&](const Value& value) {
    if (value.kind == Value::Register) return value.reg;
    return value.kind == Value::Local ? locals_[value.local].reg : kNoReg;
  };
  const u32 end = std::min(stack_.size(), first + masm::kRegisterArguments);
  for (u32 i = first; i < end; ++i) {
    const Value& value = stack_[i];
    const Reg to = targetOf(value), from = sourceOf(value);
    if (to == kNoReg || from == kNoReg) continue;
    moves.targets |= bit(to);
    moves.from[to] = from;
    moves.kind[to] = value.type;
  }
  if (callee != kNoReg) {
    const Reg to = regOf(masm::kCallee);
    moves.targets |= bit(to);
    moves.from[to] = callee;
    moves.kind[to] = TypeKind::I64;
  }
  move(moves);
  for (u32 i = first; i < end; ++i) {
    const Value& value = stack_[i];
    const Reg to = targetOf(value);
    if (to != kNoReg && sourceOf(value) == kNoReg) loadInto(value, to);
  }
  for (u32 i = 0; i < arguments.count; ++i) pop();
  forgetRegisters();
}

void FunctionCompiler::moveFrame(u32 slots, bool back) {
  if (slots == 0) return;
  const i32 bytes = support::narrow<i32>(i64{8} * slots);
  masm_.addImmediate(Width::W64, masm::kFrame, back ? -bytes : bytes);
}

void FunctionCompiler::callSite(u32 frameDelta, u32 references) {
  record_.addCall({masm_.offset(), offset(), frameDelta, references, currentRange_});
}

/// Registers that need not be as before, after a call of any kind.
void FunctionCompiler::reloadMemory() {
  if (environment_.guarded || module_.memories.empty()) return;
  masm_.load(Width::W64, masm::kMemory, {masm::kInstance, layout::kInstanceMemories});
  masm_.load(Width::W64, masm::kMemory, {masm::kMemory, 0});
  masm_.load(Width::W64, masm::kMemory, {masm::kMemory, layout::kMemoryBase});
}

/// Pushes the results of a call whose arguments began at `slot`.
void FunctionCompiler::pushResults(const wasm::FuncType& type) {
  bool isFirst = true;
  for (const ValType result : type.results) {
    const TypeKind kind = kindOf(result);
    if (isFirst && kind != TypeKind::V128) {
      const Reg reg = isFloatKind(kind) ? regOf(masm::kResultFp) : regOf(masm::kResultGp);
      if (kind == TypeKind::I32) masm_.move(Width::W32, gp(reg), gp(reg));
      pushRegister(kind, reg);
    } else {
      pushSlot(kind);
    }
    isFirst = false;
  }
}

// -- Calls -----------------------------------------------------------------------------------------------------------

void FunctionCompiler::call(wasm::FuncIndex func, const wasm::FuncType& type) {
  if (!at()) return;
  const Arguments arguments = prepareArguments(type);
  const u32 map = references(stack_.size() - arguments.count);
  moveArguments(arguments, kNoReg);
  const bool isImport = module_.isImport(func);
  if (isImport) loadImportedFunc(masm::kCallee, func);
  moveFrame(arguments.slot, false);
  if (isImport)
    masm_.callAddress(environment_.stubs.callOther);
  else
    masm_.callSlot(&environment_.jumpTable[module_.definedIndex(func).value]);
  callSite(arguments.slot, map);
  moveFrame(arguments.slot, true);
  reloadMemory();
  pushResults(type);
}

void FunctionCompiler::loadImportedFunc(masm::Gp to, wasm::FuncIndex func) {
  masm_.load(Width::W64, to, {masm::kInstance, layout::kInstanceImportedFuncs});
  masm_.load(Width::W64, to, {to, support::narrow<i32>(u64{func.value} * 8)});
}

/// A table's element for a call with the arguments on top: its Func*, checked.
Reg FunctionCompiler::indirectCallee(const Value& index, wasm::TypeId typeId, wasm::TableIndex table) {
  const Reg at = use(index);
  const Reg callee = allocate(kGpSet);
  const masm::Gp to = gp(callee);
  Late& slow = lateCall(runtime::slot_calls::resolveIndirect, table.value, typeId.value);
  slow.reg = callee;
  slow.operand = at;
  const Label slowLabel = slow.label, back = slow.back;
  masm_.load(Width::W64, to, {masm::kInstance, layout::kInstanceTables});
  masm_.load(Width::W64, to, {to, support::narrow<i32>(u64{table.value} * 8)});
  masm_.compare(Width::W64, gp(at), Operand::of(Mem{to, layout::kTableSize}));
  masm_.jumpIf(Cond::AboveEqual, slowLabel);
  masm_.load(Width::W64, to, {to, layout::kTableElements});
  masm_.load(Width::W64, to, {to, 0, gp(at), 3});
  masm_.test(Width::W64, to, to);
  masm_.jumpIf(Cond::Equal, slowLabel);
  masm_.compareMemory(Width::W32, {to, layout::kFuncType}, support::narrow<i32>(typeId.value));
  masm_.jumpIf(Cond::NotEqual, slowLabel);
  masm_.bind(back);
  return callee;
}

/// Calls the Func* in `callee`, of any instance.
void FunctionCompiler::callThrough(const wasm::FuncType& type, const Arguments& arguments, u32 map, Reg callee) {
  moveArguments(arguments, callee);
  moveFrame(arguments.slot, false);
  Late& other = late(Late::OtherInstance);
  other.back = masm_.newLabel();
  other.first = arguments.slot;
  other.references = map;
  const Label back = other.back;
  masm_.compare(Width::W64, masm::kInstance, Operand::of(Mem{masm::kCallee, layout::kFuncInstance}));
  masm_.jumpIf(Cond::NotEqual, other.label);
  masm_.load(Width::W64, masm::kScratch, {masm::kCallee, layout::kFuncCode});
  masm_.callMemory({masm::kScratch, layout::kFuncCodeMachine});
  callSite(arguments.slot, map);
  masm_.bind(back);
  moveFrame(arguments.slot, true);
  reloadMemory();
  pushResults(type);
}

void FunctionCompiler::callIndirect(wasm::TypeId typeId, const wasm::FuncType& type, wasm::TableIndex table) {
  if (!at()) return;
  const Value index = pop();
  if (index.kind == Value::Local) useLocal(index.local);
  const Arguments arguments = prepareArguments(type);
  const u32 map = references(stack_.size() - arguments.count);
  const Reg callee = indirectCallee(index, typeId, table);
  callThrough(type, arguments, map, callee);
}

void FunctionCompiler::callRef(wasm::TypeId, const wasm::FuncType& type) {
  if (!at()) return;
  const Value reference = pop();
  const Arguments arguments = prepareArguments(type);
  const u32 map = references(stack_.size() - arguments.count);
  const Reg callee = use(reference);
  masm_.test(Width::W64, gp(callee), gp(callee));
  masm_.jumpIf(Cond::Equal, trap(TrapKind::NullFunctionReference));
  callThrough(type, arguments, map, callee);
}

// -- Tail calls ------------------------------------------------------------------------------------------------------

/// The arguments on top become the frame's parameters; `callee`, if it is one, goes to kCallee.
void FunctionCompiler::moveTailArguments(const wasm::FuncType& type, Reg callee) {
  const u32 count = static_cast<u32>(type.params.size());
  const u32 slot = count == 0 ? nextSlot_ : top(count - 1).slot;
  // All into their own slots: what is moved down may overwrite the locals that they come from.
  settleTop(count);
  if (callee != kNoReg) masm_.move(Width::W64, masm::kCallee, gp(callee));
  const bool isMany = type.paramSlots > kManyOperands;
  if (isMany) copySlots(0, slot, type.paramSlots);
  for (u32 i = 0; i < count && i < masm::kRegisterArguments; ++i) {
    const Value& value = top(count - 1 - i);
    const u32 at = value.slot - slot;
    if (!travelsInRegister(value.type, at)) continue;
    loadSlot(value.type, isFloatKind(value.type) ? regOf(masm::kArgumentFp[at]) : regOf(masm::kArgumentGp[at]),
             isMany ? at : value.slot);
  }
  for (u32 i = 0; i < count && !isMany; ++i) {
    const Value& value = top(count - 1 - i);
    if (!travelsInRegister(value.type, value.slot - slot))
      copySlots(value.slot - slot, value.slot, slotsOf(value.type));
  }
  for (u32 i = 0; i < count; ++i) pop();
  forgetRegisters();
  samplePoint();
}

void FunctionCompiler::returnCall(wasm::FuncIndex func, const wasm::FuncType& type) {
  if (!at()) return;
  moveTailArguments(type, kNoReg);
  if (module_.isImport(func)) {
    loadImportedFunc(masm::kCallee, func);
    masm_.jumpAddress(environment_.stubs.tailCallOther);
  } else {
    masm_.jumpSlot(&environment_.jumpTable[module_.definedIndex(func).value]);
  }
}

/// Jumps to the Func* in kCallee.
void FunctionCompiler::tailThrough() {
  const Label other = masm_.newLabel();
  masm_.compare(Width::W64, masm::kInstance, Operand::of(Mem{masm::kCallee, layout::kFuncInstance}));
  masm_.jumpIf(Cond::NotEqual, other);
  masm_.load(Width::W64, masm::kScratch, {masm::kCallee, layout::kFuncCode});
  masm_.jumpMemory({masm::kScratch, layout::kFuncCodeMachine});
  masm_.bind(other);
  masm_.jumpAddress(environment_.stubs.tailCallOther);
}

void FunctionCompiler::returnCallIndirect(wasm::TypeId typeId, const wasm::FuncType& type, wasm::TableIndex table) {
  if (!at()) return;
  const Value index = pop();
  if (index.kind == Value::Local) useLocal(index.local);
  prepareArguments(type);
  const Reg callee = indirectCallee(index, typeId, table);
  moveTailArguments(type, callee);
  tailThrough();
}

void FunctionCompiler::returnCallRef(wasm::TypeId, const wasm::FuncType& type) {
  if (!at()) return;
  const Reg callee = use(pop());
  masm_.test(Width::W64, gp(callee), gp(callee));
  masm_.jumpIf(Cond::Equal, trap(TrapKind::NullFunctionReference));
  moveTailArguments(type, callee);
  tailThrough();
}

// -- C++ -------------------------------------------------------------------------------------------------------------

/// Replaces the `operands` operands on top by `results`, which `function` computes of them and its immediates.
void FunctionCompiler::builtin(runtime::SlotCall function, u32 operands, std::initializer_list<TypeKind> results,
                               u32 first, u32 second) {
  if (!at()) return;
  settleTop(operands);
  spillForCall(operands);
  const u32 map = references(stack_.size());
  const u32 slot = operands == 0 ? nextSlot_ : top(operands - 1).slot;
  u32 end = nextSlot_;
  for (u32 i = 0; i < operands; ++i) pop();
  forgetRegisters();
  for (const TypeKind result : results) pushSlot(result);
  end = std::max(end, nextSlot_);
  callBuiltin(function, slot, first, second, end);
  callSite(0, map);
  reloadMemory();
}

void FunctionCompiler::callBuiltin(runtime::SlotCall function, u32 slot, u32 first, u32 second, u32 end) {
  masm_.constant(masm::kRax, reinterpret_cast<u64>(function));
  masm_.lea(Width::W64, masm::kRsi, slotMem(slot));
  masm_.constant(masm::kRdx, first);
  masm_.constant(masm::kRcx, second);
  masm_.lea(Width::W64, masm::kR8, slotMem(end));
  masm_.callAddress(environment_.stubs.builtin);
}

/// A label that traps.
Label FunctionCompiler::trap(TrapKind kind) {
  Late& trap = late(Late::Trap);
  trap.first = static_cast<u32>(kind);
  return trap.label;
}

}  // namespace wasmrun::baseline
