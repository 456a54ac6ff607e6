// The compiler's operands, locals and registers.
#include "baseline/function_compiler.h"
#include "runtime/collected.h"

namespace wasmrun::baseline {

using masm::FpKind;
using wasm::ValType;

namespace {

FpKind fpKind(TypeKind kind) {
  return kind == TypeKind::F32 ? FpKind::F32 : kind == TypeKind::F64 ? FpKind::F64 : FpKind::V128;
}

}  // namespace

/// What the model calls a type.
TypeKind FunctionCompiler::kindOf(ValType type) const {
  if (!type.isRef()) return type.kind();
  return runtime::isCollected(module_.registry(), type) ? TypeKind::Ref : TypeKind::I64;
}

// -- The stack -------------------------------------------------------------------------------------------------------

void FunctionCompiler::pushReference() { stackReferences_.push_back({stack_.size(), code::kNone}); }

void FunctionCompiler::popReference() {
  stackReferences_.pop_back();
  if (chained_ > stackReferences_.size()) chained_ = static_cast<u32>(stackReferences_.size());
}

/// The operand at `index` stands for its local no longer.
void FunctionCompiler::unlink(u32 index) {
  u32* link = &locals_[stack_[index].local].top;
  while (*link != index) link = &stack_[*link].previous;
  *link = stack_[index].previous;
}

// -- Moves between registers, slots and constants --------------------------------------------------------------------

/// From a slot, or a global's cell.
void FunctionCompiler::loadCell(TypeKind kind, Reg reg, Mem from) {
  if (isFp(reg))
    masm_.load(fpKind(kind), fp(reg), from);
  else
    masm_.load(kind == TypeKind::I32 || kind == TypeKind::Ref ? Width::W32 : Width::W64, gp(reg), from);
}

void FunctionCompiler::storeCell(TypeKind kind, Mem to, Reg reg) {
  if (isFp(reg))
    masm_.store(fpKind(kind), to, fp(reg));
  else
    masm_.store(Width::W64, to, gp(reg));
}

/// Keeps flags.
void FunctionCompiler::loadConst(TypeKind kind, Reg reg, u64 bits) {
  if (kind == TypeKind::V128)
    masm_.constantV128(fp(reg), vectorConstants_[bits].bytes);
  else if (isFp(reg))
    masm_.constant(fp(reg), fpKind(kind), bits);
  else if (bits == 0 && !hasFlags_ && !keepsFlags_)
    masm_.zero(gp(reg));
  else
    masm_.constant(gp(reg), bits);
}

/// Puts a value into a register, whatever that is for the model. Keeps flags.
void FunctionCompiler::loadInto(const Value& value, Reg reg) {
  switch (value.kind) {
    case Value::Const: return loadConst(value.type, reg, value.bits);
    case Value::Slot: return loadSlot(value.type, reg, value.slot);
    case Value::Register: return moveRegister(value.type, reg, value.reg);
    case Value::Local: {
      const Local& local = locals_[value.local];
      if (local.reg != kNoReg) return moveRegister(value.type, reg, local.reg);
      return loadSlot(value.type, reg, local.slot);
    }
  }
}

// -- Registers -------------------------------------------------------------------------------------------------------

/// A register that is nobody's from now on; somebody's value goes to its slot if need be. Who asks makes it somebody's.
Reg FunctionCompiler::allocate(RegisterSet among, RegisterSet avoid) {
  among &= ~reserved_;
  const RegisterSet available = free_ & among & ~avoid;
  Reg reg = kNoReg;
  if (available != 0) {
    reg = static_cast<Reg>(std::countr_zero(available));
  } else {
    const RegisterSet candidates = among & ~avoid & ~pinned_ & ~temporaries_;
    CHECK(candidates != 0, "no instruction has as many operands as there are registers");
    RegisterSet homes = 0;
    forEachRegister(candidates & localRegisters_, [&](Reg local) {
      if (locals_[owner_[local]].home == local) homes |= bit(local);
    });
    // Values that are in their slots as well, then any but those that a loop keeps, in turn.
    RegisterSet best = candidates & localRegisters_ & ~dirty_ & ~homes;
    if (best == 0) best = candidates & ~homes;
    if (best == 0) best = candidates;
    const RegisterSet later = best & ~((RegisterSet{1} << turn_) - 1);
    reg = static_cast<Reg>(std::countr_zero(later != 0 ? later : best));
    turn_ = (reg + 1u) & 31;
    evict(reg);
  }
  free_ &= ~bit(reg);
  pin(reg);
  return reg;
}

/// Makes a register that must be that one nobody's. Not an operand of this instruction.
void FunctionCompiler::takeRegister(Reg reg) {
  if ((free_ & bit(reg)) == 0) evict(reg);
  free_ &= ~bit(reg);
  pin(reg);
}

/// What a register holds goes to its slot.
void FunctionCompiler::evict(Reg reg) {
  if (localRegisters_ & bit(reg)) {
    Local& local = locals_[owner_[reg]];
    if (dirty_ & bit(reg)) storeSlot(local.kind, local.slot, reg);
    local.reg = kNoReg;
    localRegisters_ &= ~bit(reg);
    dirty_ &= ~bit(reg);
  } else {
    Value& value = stack_[owner_[reg]];
    storeSlot(value.type, value.slot, reg);
    value.kind = Value::Slot;
  }
  free_ |= bit(reg);
}

/// The local is not in a register any more; what the register held is not wanted.
void FunctionCompiler::dropLocalRegister(u32 local) {
  Local& target = locals_[local];
  if (target.reg == kNoReg) return;
  localRegisters_ &= ~bit(target.reg);
  dirty_ &= ~bit(target.reg);
  free_ |= bit(target.reg);
  target.reg = kNoReg;
}

/// A popped operand as a register that the instruction may change.
Reg FunctionCompiler::useCopy(const Value& value, RegisterSet avoid) {
  const Reg reg = use(value);
  if (isTemporary(reg) && (avoid & bit(reg)) == 0) return reg;
  const Reg copy = allocate(classOf(value.type), avoid);
  temporaries_ |= bit(copy);
  moveRegister(value.type, copy, reg);
  return copy;
}

/// Makes a register that must be that one this instruction's; whoever has it goes to its slot. What it holds stays.
Reg FunctionCompiler::takeFixed(masm::Gp fixed) {
  const Reg reg = regOf(fixed);
  if ((free_ & bit(reg)) == 0 && !isTemporary(reg)) evict(reg);
  free_ &= ~bit(reg);
  temporaries_ |= bit(reg);
  return reg;
}

/// A popped integer operand as an instruction can take it: as it is.
Operand FunctionCompiler::operand(const Value& value) {
  switch (value.kind) {
    case Value::Const: {
      // Instructions extend immediates by their sign; only those of 32 bits ignore what is above.
      const i64 number = value.type == TypeKind::I32 ? i64{static_cast<i32>(value.bits)} : static_cast<i64>(value.bits);
      if (number == static_cast<i32>(number)) return Operand::of(number);
      return Operand::of(gp(use(value)));
    }
    case Value::Slot: return memoryOperand(value.slot);
    case Value::Register: pin(value.reg); return Operand::of(gp(value.reg));
    case Value::Local: {
      const Local& local = locals_[value.local];
      // Worth a register if there is one to be had.
      if (local.reg == kNoReg && (free_ & kGpSet) == 0) return memoryOperand(local.slot);
      return Operand::of(gp(useLocal(value.local)));
    }
  }
  std::unreachable();
}

/// If the instruction at `next` sets a local, the register to compute its value in, made nobody's: the one the local is
/// in, or its home. kNoReg if there is none, or it is in `avoid`.
Reg FunctionCompiler::peekTarget(TypeKind kind, RegisterSet avoid, const u8* next) {
  if (*next != 0x21 && *next != 0x22) return kNoReg;
  u32 index = next[1] & 0x7f;
  if (next[1] & 0x80) {
    if (next[2] & 0x80) return kNoReg;
    index |= static_cast<u32>(next[2]) << 7;
  }
  const Local& local = locals_[index];
  if (local.top != kNone || local.kind != kind) return kNoReg;
  const Reg reg = local.home != kNoReg && (local.reg == kNoReg || local.reg == local.home) ? local.home : local.reg;
  if (reg == kNoReg || (avoid & bit(reg))) return kNoReg;
  if (local.reg == reg)
    dropLocalRegister(index);
  else if ((free_ & bit(reg)) == 0)
    return kNoReg;
  free_ &= ~bit(reg);
  pin(reg);
  return reg;
}

/// The register for a result: where the next instruction wants it, the first operand's if it is a temporary, or any.
/// The temporaries are free from now on.
Reg FunctionCompiler::resultRegister(TypeKind kind, Reg a, RegisterSet avoid, const u8* next) {
  const bool takesA = a != kNoReg && isTemporary(a) && (classOf(kind) & bit(a)) != 0 && (avoid & bit(a)) == 0;
  freeTemporaries();
  const Reg target = peekTarget(kind, avoid, next);
  if (target != kNoReg) return target;
  if (takesA) {
    free_ &= ~bit(a);
    return a;
  }
  return allocate(classOf(kind), avoid);
}

// -- Flags -----------------------------------------------------------------------------------------------------------

/// The comparison's result, on top of the stack as a constant until now, becomes a number.
void FunctionCompiler::materializeFlags() {
  const Cond cond = flags_;
  const Value value = pop();
  const Reg reg = allocate(kGpSet);  // stores keep the flags
  hasFlags_ = false;
  masm_.setCond(gp(reg), cond);
  pushRegister(value.type, reg);
  cleanUp();
}

void FunctionCompiler::setFlags(Cond cond) {
  cleanUp();
  pushConst(TypeKind::I32, 0);
  hasFlags_ = true;
  flags_ = cond;
}

// -- Locals ----------------------------------------------------------------------------------------------------------

void FunctionCompiler::localGet(wasm::LocalIndex index, ValType) {
  if (!at()) return;
  pushLocal(index.value);
}

/// Before `index` changes: operands that stand for it get its old value.
void FunctionCompiler::preserveLocal(u32 index) {
  Local& local = locals_[index];
  while (local.top != kNone) {
    const u32 at = local.top;
    Value& value = stack_[at];
    local.top = value.previous;
    const bool isLast = local.top == kNone;
    Reg reg = local.reg;
    if (reg != kNoReg && isLast && reg != local.home) {
      localRegisters_ &= ~bit(reg);
      dirty_ &= ~bit(reg);
      local.reg = kNoReg;
    } else {
      if (reg != kNoReg) pin(reg);
      reg = allocate(classOf(local.kind));
      if (local.reg != kNoReg)
        moveRegister(local.kind, reg, local.reg);
      else
        loadSlot(local.kind, reg, local.slot);
    }
    value.kind = Value::Register;
    value.reg = reg;
    owner_[reg] = at;
    // There may be more of them than registers: a later one may send it to its slot.
    pinned_ &= ~bit(reg);
  }
}

/// Gives a local a popped value.
void FunctionCompiler::assignLocal(u32 index, const Value& value) {
  Local& local = locals_[index];
  if (value.kind == Value::Local && value.local == index) return;
  preserveLocal(index);
  const bool isHere = value.kind == Value::Register;
  const bool homeIsFree = local.home != kNoReg && (local.reg == local.home || (free_ & bit(local.home)) != 0);
  if (isHere && (local.home == value.reg || !homeIsFree)) {
    dropLocalRegister(index);
    setOwner(value.reg, index);
  } else {
    if (isHere) pin(value.reg);
    Reg reg = local.reg;
    if (homeIsFree && reg != local.home) {
      dropLocalRegister(index);
      reg = local.home;
    } else if (reg == kNoReg) {
      if (value.kind == Value::Local && locals_[value.local].reg != kNoReg) pin(locals_[value.local].reg);
      reg = allocate(classOf(local.kind));
    }
    loadInto(value, reg);
    setOwner(reg, index);
  }
  dirty_ |= bit(local.reg);
}

void FunctionCompiler::localSet(wasm::LocalIndex index, ValType) {
  if (!at()) return;
  assignLocal(index.value, pop());
}

void FunctionCompiler::localTee(wasm::LocalIndex index, ValType) {
  if (!at()) return;
  const Value value = pop();
  assignLocal(index.value, value);
  if (value.kind == Value::Const)
    pushConst(value.type, value.bits);
  else
    pushLocal(index.value);
}

void FunctionCompiler::drop(ValType) {
  if (!at()) return;
  pop();
}

// -- Constants -------------------------------------------------------------------------------------------------------

void FunctionCompiler::constant(ValType type, u64 bits) {
  if (!at()) return;
  pushConst(type.kind(), bits);
}

void FunctionCompiler::refNull(wasm::HeapType heap) {
  if (!at()) return;
  pushConst(kindOf(ValType::ref(heap, true)), 0);
}

// -- Slots -----------------------------------------------------------------------------------------------------------

/// Puts an operand into its slot; constants stay. Keeps flags.
void FunctionCompiler::settleValue(u32 index) {
  Value& value = stack_[index];
  if (value.kind == Value::Register) {
    storeSlot(value.type, value.slot, value.reg);
    free_ |= bit(value.reg);
  } else if (value.kind == Value::Local) {
    const Local& local = locals_[value.local];
    const Reg scratch = isFloatKind(value.type) ? regOf(masm::kFloatScratch) : regOf(masm::kScratch);
    if (local.reg == kNoReg) loadSlot(value.type, scratch, local.slot);
    storeSlot(value.type, value.slot, local.reg == kNoReg ? scratch : local.reg);
    unlink(index);
  } else if (value.kind == Value::Const && value.type == TypeKind::Ref) {
    // Sites find references in slots only, whichever way led to them.
    storeConstant(index);
  } else {
    return;
  }
  value.kind = Value::Slot;
}

/// Puts a constant into its slot. Keeps flags.
void FunctionCompiler::storeConstant(u32 index) {
  Value& value = stack_[index];
  if (value.type == TypeKind::V128) {
    loadConst(value.type, regOf(masm::kFloatScratch), value.bits);
    storeSlot(value.type, value.slot, regOf(masm::kFloatScratch));
  } else {
    masm_.storeConstant(slotMem(value.slot), value.bits);
  }
  value.kind = Value::Slot;
}

/// Before control flow splits or joins: operands are in slots, or constants. The uppermost first, as locals' lists go.
void FunctionCompiler::settle() {
  slotsFrom_ = std::min(slotsFrom_, settled_);
  u32 slotsFrom = slotsFrom_;
  for (u32 i = stack_.size(); i-- > settled_;) {
    settleValue(i);
    if (stack_[i].kind == Value::Const) slotsFrom = std::max(slotsFrom, i + 1);
  }
  slotsFrom_ = slotsFrom;
  settled_ = stack_.size();
}

/// Puts the `count` operands on top into their own slots, constants too.
void FunctionCompiler::settleTop(u32 count) {
  const u32 size = stack_.size();
  for (u32 i = size; i-- > size - count;) {
    if (stack_[i].kind == Value::Const)
      storeConstant(i);
    else
      settleValue(i);
  }
}

/// The same for many. Those that are in slots by then are not looked at again: branches may carry a thousand each.
void FunctionCompiler::settleMany(u32 count) {
  settle();
  const u32 first = stack_.size() - count;
  for (u32 i = slotsFrom_; i-- > first;)
    if (stack_[i].kind == Value::Const) storeConstant(i);
  slotsFrom_ = std::min(slotsFrom_, first);
}

/// Whether the `count` operands on top are known to be in their slots.
bool FunctionCompiler::areInSlots(u32 count) const {
  return settled_ == stack_.size() && slotsFrom_ + count <= settled_;
}

/// The registers that hold an operand.
RegisterSet FunctionCompiler::operandRegisters() const {
  RegisterSet held = 0;
  forEachRegister((kGpSet | kFpSet) & ~free_ & ~temporaries_ & ~localRegisters_ & ~reserved_, [&](Reg reg) {
    const u32 index = owner_[reg];
    if (index < stack_.size() && stack_[index].kind == Value::Register && stack_[index].reg == reg) held |= bit(reg);
  });
  return held;
}

/// Before a call: all but the `arguments` operands on top goes to slots. Locals stay in their registers, clean.
void FunctionCompiler::spillForCall(u32 arguments) {
  const u32 below = stack_.size() - arguments;
  forEachRegister(dirty_, [&](Reg reg) {
    const Local& local = locals_[owner_[reg]];
    storeSlot(local.kind, local.slot, reg);
  });
  dirty_ = 0;
  forEachRegister(operandRegisters(), [&](Reg reg) {
    if (owner_[reg] < below) evict(reg);
  });
}

/// After a call: no register holds anything.
void FunctionCompiler::forgetRegisters() {
  forEachRegister(localRegisters_, [&](Reg reg) { locals_[owner_[reg]].reg = kNoReg; });
  localRegisters_ = dirty_ = temporaries_ = pinned_ = 0;
  free_ = (kGpSet | kFpSet) & ~reserved_;
}

/// The chain of slots that hold references at a site here: of locals, and of the operands below `count`, which are made
/// to be in their slots. The registers of locals are as the model has them.
u32 FunctionCompiler::references(u32 count) {
  u32 end = chained_;
  while (end < stackReferences_.size() && stackReferences_[end].index < count) ++end;
  // The uppermost first, as locals' lists go.
  for (u32 i = end; i-- > chained_;) settleValue(stackReferences_[i].index);
  for (; chained_ < end; ++chained_) {
    const u32 index = stackReferences_[chained_].index;
    const u32 rest = chained_ == 0 ? localsChain_ : stackReferences_[chained_ - 1].chain;
    stackReferences_[chained_].chain = record_.addReference(rest, stack_[index].slot);
  }
  u32 last = chained_;
  while (last > 0 && stackReferences_[last - 1].index >= count) --last;
  return last == 0 ? localsChain_ : stackReferences_[last - 1].chain;
}

/// The same at a site out of line, which stores registers first: operands stay where they are. Local operands are not
/// in their slots, but their locals are.
u32 FunctionCompiler::lateReferences() {
  const auto kindAt = [&](u32 i) { return stack_[stackReferences_[i].index].kind; };
  const auto chainOf = [&](u32 count) { return count == 0 ? localsChain_ : stackReferences_[count - 1].chain; };
  const u32 size = static_cast<u32>(stackReferences_.size());
  // What is passed over is passed over again by the next such site: no more than a few.
  if (size - chained_ > kMostUnchained) references(stackReferences_[size - kMostUnchained].index);
  for (; chained_ < size && kindAt(chained_) == Value::Slot; ++chained_)
    stackReferences_[chained_].chain =
        record_.addReference(chainOf(chained_), stack_[stackReferences_[chained_].index].slot);
  u32 chain = chainOf(chained_);
  for (u32 i = chained_; i < size; ++i)
    if (kindAt(i) == Value::Slot || kindAt(i) == Value::Register)
      chain = record_.addReference(chain, stack_[stackReferences_[i].index].slot);
  return chain;
}

/// Makes the operand on top be in a register that is its own. Keeps flags.
Reg FunctionCompiler::topInRegister() {
  const Value value = pop();
  Reg reg = value.reg;
  if (value.kind == Value::Register) {
    temporaries_ &= ~bit(reg);
  } else {
    if (value.kind == Value::Local && locals_[value.local].reg != kNoReg) pin(locals_[value.local].reg);
    reg = allocate(classOf(value.type));
    loadInto(value, reg);
  }
  pushRegister(value.type, reg);
  return reg;
}

}  // namespace wasmrun::baseline
