// The translator's model of the operand stack: where each operand is, without having computed more than needed.
//
// local.get and constants push a Local or a Const and emit nothing; an operand whose value was computed is in its own
// slot of the frame, which its height on the stack names. A Local operand must be copied to its slot before the local
// changes: each local has a list of the operands that stand for it, so that this costs no search. Nor does it to find
// that a thousand operands are in their slots, as each of many branches may ask: one run of them is remembered.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "interp/reference_maps.h"
#include "support/check.h"
#include "wasm/types.h"

namespace wasmrun::interp {

/// Two words, so that it is pushed by two stores and popped by two loads: one of 16 bytes that follows two stores soon
/// waits for them to reach the cache.
struct Value {
  enum Kind : u8 { Slot, Local, Const };
  u32 slot = 0;  ///< its own slot, whether or not the value is there
  Kind kind = Slot;
  wasm::TypeKind type = wasm::TypeKind::I32;  ///< Ref only if a collector follows it: functions' references are I64
  u64 bits = 0;                               ///< Const: the value; Local: `local` and `below`

  u32 local() const { return static_cast<u32>(bits); }
  /// The next operand down that stands for the same local.
  u32 below() const { return static_cast<u32>(bits >> 32); }
  /// Whether its own slot holds a reference that a collector follows.
  bool isReferenceInSlot() const { return kind == Slot && type == wasm::TypeKind::Ref; }
  u32 slots() const { return type == wasm::TypeKind::V128 ? 2 : 1; }
  bool isFloatOrVector() const {
    return type == wasm::TypeKind::F32 || type == wasm::TypeKind::F64 || type == wasm::TypeKind::V128;
  }
};

class ValueStack {
 public:
  static constexpr u32 kNone = ~u32{0};

  /// `base`: the frame slot of height 0. `maps`, if not null, is told of references in slots.
  void reset(u32 base, u32 localCount, ReferenceMaps* maps) {
    maps_ = maps;
    base_ = height_ = maxHeight_ = base;
    values_.clear();
    topOfLocal_.assign(localCount, kNone);
    settled_ = withoutConstants_ = placedFrom_ = placedTo_ = 0;
  }

  u32 size() const { return static_cast<u32>(values_.size()); }
  u32 nextSlot() const { return height_; }
  u32 maxSlot() const { return maxHeight_; }
  Value& operator[](u32 index) { return values_[index]; }
  /// The operand `depth` below the top.
  Value& fromTop(u32 depth) { return values_[values_.size() - 1 - depth]; }

  /// An operand in its own slot.
  Value& pushSlot(wasm::TypeKind type) { return push(Value::Slot, type, 0); }
  /// `count` operands in their own slots; `typeAt(i)` is the i-th's type.
  template <class TypeAt>
  void pushSlots(u32 count, TypeAt typeAt) {
    const u32 from = size();
    values_.resize(from + count);
    for (u32 i = 0; i < count; ++i) {
      Value& value = values_[from + i];
      value.type = typeAt(i);
      value.slot = height_;
      height_ += value.slots();
      if (maps_ != nullptr && value.isReferenceInSlot()) maps_->add(value.slot);
    }
    maxHeight_ = std::max(maxHeight_, height_);
    notePlaced(from);
  }
  void pushLocal(u32 local, wasm::TypeKind type) {
    const u64 below = topOfLocal_[local];
    topOfLocal_[local] = size();
    push(Value::Local, type, below << 32 | local);
  }
  void pushConst(wasm::TypeKind type, u64 bits) { push(Value::Const, type, bits); }

  Value pop() {
    const Value value = values_.back();
    values_.pop_back();
    if (maps_ != nullptr && value.isReferenceInSlot()) maps_->remove(value.slot);
    if (value.kind == Value::Local) topOfLocal_[value.local()] = value.below();
    height_ = value.slot;
    if (settled_ > size()) settled_ = size();
    if (withoutConstants_ > size()) withoutConstants_ = size();
    if (placedTo_ > size()) placedTo_ = size();
    return value;
  }

  void truncate(u32 size) {
    while (this->size() > size) {
      // Operands in their slots are on no list.
      if (maps_ == nullptr && placedTo_ == this->size() && placedFrom_ < placedTo_)
        dropPlaced(std::max(size, placedFrom_));
      else
        pop();
    }
  }

  /// Whether the `count` operands on top are in their own slots, and so one after the other.
  bool topIsPlaced(u32 count) {
    const u32 from = size() - count;
    for (const Run& run : notKnownPlaced(from))
      for (u32 i = run.begin; i < run.end; ++i)
        if (values_[i].kind != Value::Slot) return false;
    notePlaced(from);
    return true;
  }

  /// Calls `put(value)` for each of the `count` operands on top that is not in its own slot, lowest first, and settles
  /// it.
  template <class Put>
  void placeTop(u32 count, Put put) {
    const u32 from = size() - count;
    const std::array<Run, 2> runs = notKnownPlaced(from);
    for (const Run& run : runs) {
      for (u32 i = run.begin; i < run.end; ++i) {
        if (values_[i].kind == Value::Slot) continue;
        put(values_[i]);
        if (values_[i].kind == Value::Const) settle(i);
      }
    }
    // The uppermost of a local's operands must be settled first.
    for (size_t run = runs.size(); run-- > 0;)
      for (u32 i = runs[run].end; i-- > runs[run].begin;)
        if (values_[i].kind == Value::Local) settle(i);
    notePlaced(from);
  }

  /// The uppermost operand that stands for `local`, or kNone.
  u32 topOfLocal(u32 local) const { return topOfLocal_[local]; }

  /// The operand `index`, a constant or the uppermost that stands for its local, is in its own slot now.
  void settle(u32 index) {
    Value& value = values_[index];
    if (value.kind == Value::Local) topOfLocal_[value.local()] = value.below();
    value.kind = Value::Slot;
    if (maps_ != nullptr && value.isReferenceInSlot()) maps_->add(value.slot);
  }

  /// The `count` operands on top are no references for a while, as far as maps are concerned.
  void hideTop(u32 count) {
    for (u32 i = 0; i < count; ++i)
      if (fromTop(i).isReferenceInSlot()) maps_->remove(fromTop(i).slot);
  }
  void showTop(u32 count) {
    for (u32 i = count; i-- > 0;)
      if (fromTop(i).isReferenceInSlot()) maps_->add(fromTop(i).slot);
  }

  /// Calls `copy(value)` for each operand that stands for a local, and settles it. Those below the last call's are not
  /// looked at again.
  template <class Copy>
  void settleAll(Copy copy) {
    for (u32 i = size(); i-- > settled_;) {
      if (values_[i].kind != Value::Local) continue;
      copy(values_[i]);
      settle(i);
    }
    settled_ = size();
  }

  /// The same for constants.
  template <class Store>
  void settleConstants(Store store) {
    for (u32 i = size(); i-- > withoutConstants_;) {
      if (values_[i].kind != Value::Const) continue;
      store(values_[i]);
      settle(i);
    }
    withoutConstants_ = size();
  }

 private:
  struct Run {
    u32 begin, end;
  };

  /// The operands from `from` on that are not known to be in their slots: below the known run, and above it.
  std::array<Run, 2> notKnownPlaced(u32 from) const {
    if (placedTo_ <= from || placedFrom_ >= placedTo_) return {{{from, size()}, {size(), size()}}};
    return {{{from, std::max(from, placedFrom_)}, {placedTo_, size()}}};
  }
  /// All operands from `from` on are in their slots: more of the known run, or one to know instead if it is longer.
  void notePlaced(u32 from) {
    if (placedFrom_ < placedTo_ && from <= placedTo_)
      placedFrom_ = std::min(placedFrom_, from);
    else if (placedFrom_ >= placedTo_ || size() - from > placedTo_ - placedFrom_)
      placedFrom_ = from;
    else
      return;
    placedTo_ = size();
  }
  /// Drops the operands from `size` on, which are known to be in their slots.
  void dropPlaced(u32 size) {
    height_ = values_[size].slot;
    values_.resize(size);
    settled_ = std::min(settled_, size);
    withoutConstants_ = std::min(withoutConstants_, size);
    placedTo_ = size;
  }

  Value& push(Value::Kind kind, wasm::TypeKind type, u64 bits) {
    const Value value{height_, kind, type, bits};
    height_ += value.slots();
    if (height_ > maxHeight_) maxHeight_ = height_;
    if (maps_ != nullptr && value.isReferenceInSlot()) maps_->add(value.slot);
    return values_.emplace_back(value);
  }

  ReferenceMaps* maps_ = nullptr;
  std::vector<Value> values_;
  std::vector<u32> topOfLocal_;
  u32 base_ = 0;
  u32 height_ = 0;
  u32 maxHeight_ = 0;
  u32 settled_ = 0;           ///< operands below this one are no Locals
  u32 withoutConstants_ = 0;  ///< operands below this one are no constants
  u32 placedFrom_ = 0;        ///< operands from this one on ...
  u32 placedTo_ = 0;          ///< ... and below this one are in their own slots
};

}  // namespace wasmrun::interp
