// Writes threaded instructions, binds labels, and remembers the last instruction so that the next one can absorb it.
#pragma once

#include <algorithm>
#include <bit>
#include <initializer_list>
#include <span>
#include <vector>

#include "interp/dispatch.h"
#include "interp/families.h"
#include "support/check.h"
#include "wasm/opcodes.h"

namespace wasmrun::interp {

/// Where an operand is read from.
struct Place {
  Loc loc = Loc::S;
  u32 slot = kNoSlot;  ///< Loc::S; Loc::A too, if the value is also in a slot
  u64 bits = 0;        ///< Loc::K
  static constexpr u32 kNoSlot = ~u32{0};

  bool isInSlot() const { return slot != kNoSlot; }
};

using LabelId = u32;

class Emitter {
 public:
  static constexpr u32 kNone = ~u32{0};

  /// What an instruction asks of a reference: the first of the handlers that do (handlers_gc.def), and their operands
  /// for it.
  struct Question {
    HandlerId first = HandlerId::kNone;
    u32 asked[2] = {};
    u32 count = 0;
  };

  /// What is known of the last instruction, if it computes one value into a slot. Valid until anything else is emitted
  /// or a label is bound.
  struct Last {
    u32 at = kNone;  ///< its first word
    HandlerId id = HandlerId::kNone;
    u32 slot = kNone;                            ///< its result
    u32 resultUnit = 0;                          ///< the operand that names it, the last
    HandlerId toAccumulator = HandlerId::kNone;  ///< the same with the result in the accumulator
    bool isFloat = false;                        ///< which is then the float and vector accumulator
    wasm::Opcode opcode = wasm::Opcode::kCount;  ///< the instruction it stands for, if `a` and `b` are valid
    Place a, b;                                  ///< its operands
    u32 shift = 0;                               ///< I32AddShifted
    bool isAddShifted = false;
    Question question;                    ///< RefTest, of `a`; a branch can absorb it
    HandlerId toSlot = HandlerId::kNone;  ///< Check of `a`, without a result: the same with the reference as result
    u32 accSlotBefore = kNone, vaccSlotBefore = kNone;  ///< what the accumulators mirrored
  };

  /// Whether the accumulator for such values holds what is in `slot`: instructions that write a slot leave the value
  /// there too.
  bool mirrors(u32 slot, bool isFloat) const { return slot != kNone && slot == (isFloat ? vaccSlot_ : accSlot_); }

  struct Instruction {
    u32 at;
    HandlerId id;
  };

  void reset() {
    used_ = 0;
    instructions_.clear();
    labels_.clear();
    fixups_.clear();
    forgetLast();
    lastMove_ = kNone;
    accSlot_ = vaccSlot_ = kNone;
  }

  u32 position() const { return used_; }
  std::span<Word> words() { return {words_.data(), used_}; }
  /// A table of `count` words, all zero, after the last instruction.
  void addTable(u32 count) { std::fill_n(take(count), count, 0); }
  /// All instructions, in order.
  const std::vector<Instruction>& instructions() const { return instructions_; }
  Last& last() { return last_; }

  /// The instruction `id` that was just emitted at `at` is the last, and its result goes to `slot`. The caller writes
  /// the rest of what is known of it.
  Last& noteLast(u32 at, HandlerId id, u32 slot) {
    last_.at = at;
    last_.id = id;
    last_.slot = slot;
    last_.accSlotBefore = accSlotBefore_;
    last_.vaccSlotBefore = vaccSlotBefore_;
    // Handlers that change one accumulator leave their result in it.
    const Clobbers clobbers = info(id).clobbers;
    if (clobbers == kAccumulator) accSlot_ = slot;
    if (clobbers == kVectorAccumulator) vaccSlot_ = slot;
    return last_;
  }

  void forgetLast() { last_ = Last(); }

  /// Takes the last instruction back.
  Last takeBack() { return takeBackTo(last_); }

  /// Takes back everything from `last` on, which the last instruction absorbed.
  Last takeBackTo(Last last) {
    used_ = last.at;
    forgetLast();
    lastMove_ = kNone;
    accSlot_ = last.accSlotBefore;
    vaccSlot_ = last.vaccSlotBefore;
    return last;
  }

  /// Emits and returns the instruction's first word. Units as instruction.h's letters say; a 64-bit operand is two, low
  /// first.
  u32 emit(HandlerId id, std::initializer_list<u32> units) { return emit(id, units.begin(), units.size()); }

  u32 emit(HandlerId id, const u32* units, size_t count) {
    DCHECK(info(id).units == count, "an instruction has the operands its handler reads");
    forgetLast();
    lastMove_ = kNone;
    const u32 at = position();
    // What was taken back is no longer there.
    while (!instructions_.empty() && instructions_.back().at >= at) instructions_.pop_back();
    instructions_.push_back({at, id});
    Word* word = take(static_cast<u32>(1 + (count + 1) / 2));
    *word++ = handlers_[static_cast<u32>(id)];
    for (size_t i = 0; i < count; i += 2)
      *word++ = units[i] | (i + 1 < count ? static_cast<u64>(units[i + 1]) << 32 : 0);
    updateMirrors(id, units);
    return at;
  }

  void setUnit(u32 at, u32 unit, u32 value) {
    Word& word = words_[at + 1 + unit / 2];
    const u32 shift = unit % 2 * 32;
    word = (word & ~(u64{0xffffffff} << shift)) | static_cast<u64>(value) << shift;
  }

  /// Makes the last instruction leave its result in the accumulator.
  void lastToAccumulator() {
    (last_.isFloat ? vaccSlot_ : accSlot_) = kNone;
    words_[last_.at] = handlers_[static_cast<u32>(last_.toAccumulator)];
    instructions_.back().id = last_.toAccumulator;
    used_ = last_.at + 1 + (last_.resultUnit + 1) / 2;
    if (last_.resultUnit % 2 == 1) words_[used_ - 1] &= 0xffffffff;
    forgetLast();
  }

  /// Makes the last instruction, a Check, put the reference that it checks into `slot`.
  void lastMovesTo(u32 slot) {
    const u32 unit = info(last_.id).units;
    instructions_.back().id = last_.toSlot;
    if (last_.at + info(last_.toSlot).words() > used_) *take(1) = 0;
    words_[last_.at] = handlers_[static_cast<u32>(last_.toSlot)];
    setUnit(last_.at, unit, slot);
    forgetSlot(slot);
    accSlot_ = slot;
    forgetLast();
  }

  /// Makes the last instruction put its result elsewhere.
  void lastToSlot(u32 slot) {
    setUnit(last_.at, last_.resultUnit, slot);
    const Clobbers clobbers = info(last_.id).clobbers;
    forgetSlot(slot);
    if (clobbers == kAccumulator) accSlot_ = slot;
    if (clobbers == kVectorAccumulator) vaccSlot_ = slot;
    forgetLast();
  }

  /// Moves one slot.
  void move(u32 from, u32 to) { move(from, to, false); }
  /// Puts a 32-bit constant into a slot.
  void moveConst(u32 bits, u32 to) { move(bits, to, true); }

  // -- Labels --------------------------------------------------------------------------------------------------------

  LabelId makeLabel() {
    labels_.push_back({});
    return static_cast<LabelId>(labels_.size() - 1);
  }
  bool isBound(LabelId label) const { return labels_[label].at != kNone; }
  u32 positionOf(LabelId label) const { return labels_[label].at; }
  bool isReferenced(LabelId label) const { return labels_[label].fixups != kNone; }

  /// The label is here. Control may come from elsewhere: what was last emitted is forgotten.
  void bind(LabelId label) {
    Label& bound = labels_[label];
    bound.at = position();
    forgetLast();
    lastMove_ = kNone;
    accSlot_ = vaccSlot_ = kNone;
    for (u32 i = bound.fixups; i != kNone; i = fixups_[i].next) patch(fixups_[i], bound.at);
  }

  /// Operand `unit` of the instruction at `at` is the distance to `label`.
  void refer(LabelId label, u32 at, u32 unit) { refer(label, Fixup{at, unit, kNone}); }
  /// The word at `word` is the distance from the instruction at `at` to `label`.
  void referWord(LabelId label, u32 at, u32 word) { refer(label, Fixup{at, kWordFixup | (word - at), kNone}); }

 private:
  static constexpr u32 kWordFixup = 1u << 31;

  struct Label {
    u32 at = kNone;
    u32 fixups = kNone;
  };
  struct Fixup {
    u32 at;    ///< the instruction
    u32 unit;  ///< its operand; or kWordFixup + words from `at`
    u32 next;
  };

  /// Two moves in a row become one instruction.
  void move(u32 source, u32 to, bool isConst) {
    if (lastMove_ == kNone) {
      const u32 at = emit(isConst ? HandlerId::Const32_s : HandlerId::Move64_ss, {source, to});
      lastMove_ = at;
      lastMoveIsConst_ = isConst;
      return;
    }
    const u64 first = words_[lastMove_ + 1];
    used_ = lastMove_;
    const u32 kinds = (lastMoveIsConst_ ? 2 : 0) + (isConst ? 1 : 0);
    emit(HandlerId::Move2_ss + kinds, {static_cast<u32>(first), static_cast<u32>(first >> 32), source, to});
  }

  /// Room for `count` more words, which are anything.
  Word* take(u32 count) {
    if (u64{used_} + count > words_.size()) [[unlikely]]
      words_.resize(std::max<size_t>(2 * words_.size(), u64{used_} + count));
    Word* const taken = words_.data() + used_;
    used_ += count;
    return taken;
  }

  void refer(LabelId label, Fixup fixup) {
    if (isBound(label)) return patch(fixup, labels_[label].at);
    fixup.next = labels_[label].fixups;
    labels_[label].fixups = static_cast<u32>(fixups_.size());
    fixups_.push_back(fixup);
  }

  /// `slot` gets another value. A vector that begins there covers the next one too.
  void forgetSlot(u32 slot) {
    if (accSlot_ == slot || accSlot_ == slot + 1) accSlot_ = kNone;
    if (vaccSlot_ == slot || vaccSlot_ == slot + 1 || vaccSlot_ + 1 == slot) vaccSlot_ = kNone;
  }

  void updateMirrors(HandlerId id, const u32* units) {
    accSlotBefore_ = accSlot_;
    vaccSlotBefore_ = vaccSlot_;
    const HandlerInfo& handler = info(id);
    if (handler.clobbers & kAccumulator) accSlot_ = kNone;
    if (handler.clobbers & kVectorAccumulator) vaccSlot_ = kNone;
    for (u32 writes = handler.writes; writes != 0; writes &= writes - 1) forgetSlot(units[std::countr_zero(writes)]);
  }

  void patch(const Fixup& fixup, u32 target) {
    const i64 distance = static_cast<i64>(target) - static_cast<i64>(fixup.at);
    if (fixup.unit & kWordFixup)
      words_[fixup.at + (fixup.unit & ~kWordFixup)] = static_cast<Word>(distance);
    else
      setUnit(fixup.at, fixup.unit, static_cast<u32>(support::narrow<i32>(distance)));
  }

  const Word* const handlers_ = dispatch().handlers;
  std::vector<Word> words_;  // the first `used_` count
  u32 used_ = 0;
  std::vector<Instruction> instructions_;
  std::vector<Label> labels_;
  std::vector<Fixup> fixups_;
  Last last_;
  u32 lastMove_ = kNone;  ///< the last instruction, if it moves one slot or a 32-bit constant
  bool lastMoveIsConst_ = false;
  u32 accSlot_ = kNone, vaccSlot_ = kNone;              ///< the slot whose value the accumulator has
  u32 accSlotBefore_ = kNone, vaccSlotBefore_ = kNone;  ///< before the last instruction
};

}  // namespace wasmrun::interp
