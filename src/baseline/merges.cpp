// Where control flow meets: the states of labels, and the code that makes one state another.
#include <cstring>

#include "baseline/function_compiler.h"

namespace wasmrun::baseline {

using wasm::ControlKind;
using wasm::ValType;

// -- Parallel moves --------------------------------------------------------------------------------------------------

/// Emits moves as if all happened at once. `moves.from` of registers in `moves.targets`.
void FunctionCompiler::move(Moves& moves) {
  u8 uses[32] = {};
  RegisterSet pending = 0;
  forEachRegister(moves.targets, [&](Reg to) {
    if (moves.from[to] == to) return;
    pending |= bit(to);
    ++uses[moves.from[to]];
  });
  while (pending != 0) {
    RegisterSet done = 0;
    forEachRegister(pending, [&](Reg to) {
      if (uses[to] != 0) return;
      moveRegister(moves.kind[to], to, moves.from[to]);
      --uses[moves.from[to]];
      done |= bit(to);
    });
    pending &= ~done;
    if (done != 0 || pending == 0) continue;
    // Only circles are left: one value waits in the scratch register.
    const Reg first = static_cast<Reg>(std::countr_zero(pending));
    const Reg scratch = isFp(first) ? regOf(masm::kFloatScratch) : regOf(masm::kScratch);
    moveRegister(isFp(first) ? TypeKind::V128 : TypeKind::I64, scratch, first);
    forEachRegister(pending, [&](Reg to) {
      if (moves.from[to] == first) moves.from[to] = scratch;
    });
    uses[scratch] = uses[first];
    uses[first] = 0;
  }
}

// -- States ----------------------------------------------------------------------------------------------------------

u32 FunctionCompiler::newState() {
  if (freeStates_.empty()) {
    states_.emplace_back();
    return static_cast<u32>(states_.size() - 1);
  }
  const u32 state = freeStates_.back();
  freeStates_.pop_back();
  states_[state].carried = kNoReg;
  return state;
}

void FunctionCompiler::captureState(LabelState& state) const {
  state.locals = localRegisters_;
  state.dirty = dirty_;
  std::memcpy(state.owner, owner_, sizeof state.owner);
}

/// The registers that hold the same local here and in `state`.
RegisterSet FunctionCompiler::sharedWith(const LabelState& state) const {
  RegisterSet shared = 0;
  forEachRegister(state.locals & localRegisters_,
                  [&](Reg reg) { shared |= state.owner[reg] == owner_[reg] ? bit(reg) : 0; });
  return shared;
}

/// Registers hold what `state` says, and nothing else; no operand is in one.
void FunctionCompiler::adoptState(const LabelState& state) {
  const RegisterSet shared = sharedWith(state);
  forEachRegister(localRegisters_ & ~shared, [&](Reg reg) { locals_[owner_[reg]].reg = kNoReg; });
  forEachRegister(state.locals & ~shared, [&](Reg reg) {
    owner_[reg] = state.owner[reg];
    locals_[owner_[reg]].reg = reg;
  });
  localRegisters_ = state.locals;
  dirty_ = state.dirty;
  temporaries_ = pinned_ = 0;
  free_ = (kGpSet | kFpSet) & ~reserved_ & ~state.locals;
}

/// Whether nothing is to be done for registers to be as `state` says.
bool FunctionCompiler::isInState(const LabelState& state) const {
  return (dirty_ & ~state.dirty) == 0 && sharedWith(state) == state.locals;
}

/// Emits what makes registers be as `state` says, with `carried`, if not null, where it says. The model stays.
void FunctionCompiler::mergeInto(const LabelState& state, const Value* carried) {
  const RegisterSet shared = sharedWith(state), wanted = state.locals & ~shared;
  forEachRegister(dirty_ & ~(shared & state.dirty), [&](Reg reg) {
    const u32 local = owner_[reg];
    bool staysDirty = false;
    forEachRegister(state.dirty & wanted, [&](Reg to) { staysDirty |= state.owner[to] == local; });
    if (!staysDirty) storeSlot(locals_[local].kind, locals_[local].slot, reg);
  });
  if (wanted == 0 && carried == nullptr) return;
  Moves moves;
  forEachRegister(wanted, [&](Reg to) {
    const Local& local = locals_[state.owner[to]];
    if (local.reg == kNoReg) return;
    moves.targets |= bit(to);
    moves.from[to] = local.reg;
    moves.kind[to] = local.kind;
  });
  bool loadsCarried = carried != nullptr;
  if (carried != nullptr) {
    const Reg from = carried->kind == Value::Register ? carried->reg
                     : carried->kind == Value::Local  ? locals_[carried->local].reg
                                                      : kNoReg;
    if (from != kNoReg) {
      moves.targets |= bit(state.carried);
      moves.from[state.carried] = from;
      moves.kind[state.carried] = carried->type;
      loadsCarried = false;
    }
  }
  if (moves.targets != 0) move(moves);
  if (loadsCarried) loadInto(*carried, state.carried);
  forEachRegister(wanted, [&](Reg to) {
    const Local& local = locals_[state.owner[to]];
    if (local.reg == kNoReg) loadSlot(local.kind, to, local.slot);
  });
}

// -- Labels ----------------------------------------------------------------------------------------------------------

std::span<const ValType> FunctionCompiler::labelTypes(const Frame& frame) const {
  return frame.kind == ControlKind::Loop ? frame.type.params() : frame.type.results();
}

u32 FunctionCompiler::labelArity(const Frame& frame) const { return static_cast<u32>(labelTypes(frame).size()); }

/// One operand travels in a register, several in slots; to a loop all do.
bool FunctionCompiler::carriesInRegister(const Frame& frame) const {
  return frame.kind != ControlKind::Loop && labelArity(frame) == 1;
}

/// Before a branch that may not be taken: brings the operands that it carries where they travel, and decides the
/// label's state if this is the first way to it. Keeps flags.
void FunctionCompiler::prepareBranch(Frame& frame) {
  if (frame.kind == ControlKind::Function) {
    // Once for all branches, which move them by one instruction then.
    if (const u32 count = static_cast<u32>(type_->results.size()); count > kManyOperands) settleMany(count);
    return;
  }
  const bool inRegister = carriesInRegister(frame);
  if (inRegister) {
    topInRegister();
  } else if (const u32 count = labelArity(frame); count > 0) {
    if (count <= kManyOperands)
      settleTop(count);
    else
      settleMany(count);
    // copySlots counts slots, and vectors have two.
    if (nextSlot_ - top(count - 1).slot > kManyOperands) {
      for (const masm::Gp gp : {masm::kRcx, masm::kRsi, masm::kRdi}) {
        const Reg reg = regOf(gp);
        if (isTemporary(reg)) continue;  // the branch's own operand, which is not wanted once it is taken
        takeRegister(reg);
        free_ |= bit(reg);
      }
    }
  }
  if (frame.state != kNone) return;
  frame.state = newState();
  captureState(states_[frame.state]);
  if (inRegister) states_[frame.state].carried = top(0).reg;
}

/// Whether a prepared branch to `frame` needs no code but the jump.
bool FunctionCompiler::isInPlace(const Frame& frame) {
  const LabelState& state = states_[frame.state];
  if (!isInState(state)) return false;
  const u32 count = labelArity(frame);
  if (count == 0) return true;
  if (carriesInRegister(frame)) return top(0).reg == state.carried;
  return top(count - 1).slot == frame.slot;
}

/// Operands that travel in slots go to those that the label wants: down, or nowhere.
void FunctionCompiler::copyCarried(const Frame& frame) {
  const u32 count = labelArity(frame);
  if (count == 0 || carriesInRegister(frame)) return;
  copySlots(frame.slot, top(count - 1).slot, nextSlot_ - top(count - 1).slot);
}

/// `count` slots, down. rcx, rsi and rdi are lost if there are many.
void FunctionCompiler::copySlots(u32 to, u32 from, u32 count) {
  if (to == from) return;
  if (count > kManyOperands) return masm_.copyWords(slotMem(to), slotMem(from), count);
  for (u32 i = 0; i < count; ++i) {
    masm_.load(Width::W64, masm::kScratch, slotMem(from + i));
    masm_.store(Width::W64, slotMem(to + i), masm::kScratch);
  }
}

/// The code of a prepared branch to `frame`, but the jump. The model stays.
void FunctionCompiler::emitMerge(const Frame& frame) {
  copyCarried(frame);
  mergeInto(states_[frame.state], carriesInRegister(frame) ? &top(0) : nullptr);
}

/// Binds the label at a construct's end, whose operands are gone; its results are there now.
void FunctionCompiler::bindEnd(Frame& frame) {
  masm_.bind(frame.label);
  const LabelState& state = states_[frame.state];
  adoptState(state);
  if (carriesInRegister(frame))
    pushRegister(kindOf(frame.type.results()[0]), state.carried);
  else
    pushTypes(frame.type.results());
}

/// Pushes values that are in their slots.
void FunctionCompiler::pushTypes(std::span<const ValType> types) {
  for (const ValType type : types) pushSlot(kindOf(type));
}

}  // namespace wasmrun::baseline
