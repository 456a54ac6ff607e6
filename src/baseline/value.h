// The compiler's model of a frame: operands, locals, and what each register holds.
#pragma once

#include <bit>
#include <vector>

#include "masm/abi.h"
#include "wasm/types.h"

namespace wasmrun::baseline {

using masm::RegisterSet;
using wasm::TypeKind;

/// A register of either kind: general ones are 0 to 15, float ones 16 to 31.
using Reg = u8;
inline constexpr Reg kNoReg = 0xff;
inline constexpr Reg kFirstFp = 16;

constexpr Reg regOf(masm::Gp gp) { return gp.code; }
constexpr Reg regOf(masm::Fp fp) { return static_cast<Reg>(kFirstFp + fp.code); }
constexpr bool isFp(Reg reg) { return reg >= kFirstFp; }
constexpr masm::Gp gp(Reg reg) { return {reg}; }
constexpr masm::Fp fp(Reg reg) { return {static_cast<u8>(reg - kFirstFp)}; }
constexpr RegisterSet bit(Reg reg) { return RegisterSet{1} << reg; }

inline constexpr RegisterSet kGpSet = masm::kAllocatableGp;
inline constexpr RegisterSet kFpSet = masm::kAllocatableFp << kFirstFp;

/// Calls `visit(Reg)` for each register of a set, the lowest first.
template <class Visit>
void forEachRegister(RegisterSet set, Visit&& visit) {
  for (; set != 0; set &= set - 1) visit(static_cast<Reg>(std::countr_zero(set)));
}

/// What the model calls a type: references to functions are I64, mere numbers to a collector; Ref is a collected one.
constexpr bool isFloatKind(TypeKind kind) {
  return kind == TypeKind::F32 || kind == TypeKind::F64 || kind == TypeKind::V128;
}
constexpr RegisterSet classOf(TypeKind kind) { return isFloatKind(kind) ? kFpSet : kGpSet; }
constexpr u32 slotsOf(TypeKind kind) { return kind == TypeKind::V128 ? 2 : 1; }

inline constexpr u32 kNone = ~u32{0};

/// An operand.
struct Value {
  enum Kind : u8 {
    Const,     ///< `bits`, of a vector its number; its slot has nothing
    Slot,      ///< in its slot
    Register,  ///< in `reg`, which is its alone
    Local,     ///< what the local has now
  };
  Kind kind = Const;
  TypeKind type = TypeKind::I32;
  Reg reg = kNoReg;
  u32 slot = 0;  ///< its own, by height
  u32 local = 0;
  u32 previous = kNone;  ///< Local: the next lower operand that stands for the same local
  u64 bits = 0;
};

/// The operands, the lowest first. It grows out of line: what pushes is inlined in many places.
class OperandStack {
 public:
  u32 size() const { return size_; }
  Value& operator[](u32 index) { return values_[index]; }
  const Value& operator[](u32 index) const { return values_[index]; }
  /// What is pushed is the caller's to fill in.
  Value& push() {
    if (size_ == room_) [[unlikely]]
      grow();
    return values_[size_++];
  }
  void pop() { --size_; }
  void clear() { size_ = 0; }

 private:
  [[gnu::noinline]] void grow() {
    room_ = 2 * room_ + 64;
    values_.resize(room_);
  }
  std::vector<Value> values_;
  u32 size_ = 0;
  u32 room_ = 0;  ///< values_.size()
};

struct Local {
  u32 slot;
  u32 top = kNone;  ///< the uppermost operand that stands for it
  TypeKind kind;
  Reg reg = kNoReg;   ///< that holds it; its slot is older if the register is dirty
  Reg home = kNoReg;  ///< where the innermost loop around keeps it
};

/// What the registers hold where ways of control flow meet: locals, and one operand that a branch carries. All else is
/// in slots.
struct LabelState {
  RegisterSet locals = 0;
  RegisterSet dirty = 0;  ///< of `locals`: their slots may be older
  Reg carried = kNoReg;
  u32 owner[32];  ///< of `locals`: which
};

}  // namespace wasmrun::baseline
