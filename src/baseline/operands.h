// What almost every instruction does to FunctionCompiler's model, inlined where it is done. The rest of the model is in
// operands.cpp. function_compiler.h includes this at its end, and nobody else does.
#pragma once

namespace wasmrun::baseline {

// -- Events ----------------------------------------------------------------------------------------------------------

/// Every event begins with this, or with atFlags if it takes a comparison's result: false if there is nothing to do any
/// more, since the code is too large.
inline bool FunctionCompiler::at() {
  cleanUp();
  if (hasFlags_) [[unlikely]]
    materializeFlags();
  return !masm_.failed();
}

inline bool FunctionCompiler::atFlags() {
  cleanUp();
  return !masm_.failed();
}

inline void FunctionCompiler::cleanUp() {
  freeTemporaries();
  pinned_ = 0;
}

inline void FunctionCompiler::freeTemporaries() {
  free_ |= temporaries_;
  temporaries_ = 0;
}

// -- The stack -------------------------------------------------------------------------------------------------------

inline Value& FunctionCompiler::push(Value::Kind kind, TypeKind type) {
  if (type == TypeKind::Ref) pushReference();
  Value& value = stack_.push();
  value = {.kind = kind, .type = type, .slot = nextSlot_};
  nextSlot_ += slotsOf(type);
  if (nextSlot_ > maxSlot_) maxSlot_ = nextSlot_;
  return value;
}

inline void FunctionCompiler::pushRegister(TypeKind type, Reg reg) {
  owner_[reg] = stack_.size();
  free_ &= ~bit(reg);
  temporaries_ &= ~bit(reg);
  push(Value::Register, type).reg = reg;
}

inline void FunctionCompiler::pushLocal(u32 local) {
  Local& source = locals_[local];
  const u32 index = stack_.size();
  Value& value = push(Value::Local, source.kind);
  value.local = local;
  value.previous = source.top;
  source.top = index;
}

/// The register of a popped operand stays its own until the instruction is done (or freeTemporaries).
inline Value FunctionCompiler::pop() {
  const Value value = stack_[stack_.size() - 1];
  if (value.kind == Value::Local) locals_[value.local].top = value.previous;
  stack_.pop();
  nextSlot_ = value.slot;
  if (settled_ > stack_.size()) settled_ = stack_.size();
  if (value.kind == Value::Register) temporaries_ |= bit(value.reg);
  if (value.type == TypeKind::Ref) popReference();
  return value;
}

// -- Registers -------------------------------------------------------------------------------------------------------

inline void FunctionCompiler::setOwner(Reg reg, u32 local) {
  owner_[reg] = local;
  locals_[local].reg = reg;
  localRegisters_ |= bit(reg);
  free_ &= ~bit(reg);
  temporaries_ &= ~bit(reg);
}

/// A register for this instruction only.
inline Reg FunctionCompiler::temporary(RegisterSet among) {
  const Reg reg = allocate(among);
  temporaries_ |= bit(reg);
  return reg;
}

inline Reg FunctionCompiler::useLocal(u32 local) {
  Local& source = locals_[local];
  if (source.reg == kNoReg) {
    const Reg home = source.home;
    const Reg reg = home != kNoReg && (free_ & bit(home)) ? home : allocate(classOf(source.kind));
    loadSlot(source.kind, reg, source.slot);
    setOwner(reg, local);
  }
  pin(source.reg);
  return source.reg;
}

/// The register that a popped operand is in, or is put into. It is not to be changed unless it is a temporary.
inline Reg FunctionCompiler::use(const Value& value) {
  if (value.kind == Value::Local) return useLocal(value.local);
  if (value.kind == Value::Register) {
    pin(value.reg);
    return value.reg;
  }
  const Reg reg = temporary(classOf(value.type));
  loadInto(value, reg);
  return reg;
}

inline void FunctionCompiler::moveRegister(TypeKind kind, Reg to, Reg from) {
  if (to == from) return;
  if (isFp(to))
    masm_.move(fp(to), fp(from));
  else
    masm_.move(kind == TypeKind::I32 || kind == TypeKind::Ref ? Width::W32 : Width::W64, gp(to), gp(from));
}

}  // namespace wasmrun::baseline
