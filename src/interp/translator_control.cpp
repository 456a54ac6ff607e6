// The translator's control flow: constructs, branches, returns, exceptions.
#include <algorithm>

#include "interp/translator.h"

namespace wasmrun::interp {

using wasm::ControlKind;
using wasm::Opcode;
using wasm::TypeKind;
using wasm::ValType;

namespace {

u32 low(u64 bits) { return static_cast<u32>(bits); }

}  // namespace

// -- Constructs ------------------------------------------------------------------------------------------------------

void Translator::begin(const wasm::FuncType& type, std::span<const ValType> locals) {
  type_ = &type;
  linkSlot_ = type.paramSlots;
  localSlots_.clear();
  u32 slot = 0;
  for (size_t i = 0; i < locals.size(); ++i) {
    if (i == type.params.size()) slot = linkSlot_ + kLinkSlots;
    localSlots_.push_back(slot);
    slot += locals[i].slots();
  }
  const u32 base = std::max(slot, linkSlot_ + kLinkSlots);
  stack_.reset(base, static_cast<u32>(locals.size()), maps_);
  if (maps_ != nullptr)
    for (size_t i = 0; i < locals.size(); ++i)
      if (kindOf(locals[i]) == TypeKind::Ref) maps_->addLocal(localSlots_[i]);

  // The frame's size is known at the end.
  const u32 firstLocal = linkSlot_ + kLinkSlots, zeros = base - firstLocal;
  emit(zeros <= 8 ? HandlerId::Enter_0 + zeros : HandlerId::Enter_many, {0, firstLocal, zeros});
  if (work_ != nullptr) count(work_->calls);
  beginFuelBlock();

  Frame frame{ControlKind::Function, emitter_.makeLabel()};
  frame.slot = base;
  frame.type.type = &type;
  frames_.push_back(frame);
}

/// Opens a construct whose parameters are on top. Operands that stand for locals are copied, since the construct may
/// change the locals on one way through it only.
Translator::Frame& Translator::pushFrame(const wasm::Control& control, bool settleParams) {
  const u32 params = static_cast<u32>(control.type.params().size());
  if (settleParams) materializeTop(params);
  // Machine code that is entered at a loop takes all operands from slots. Not only where the loop begins: other ways
  // may lead around it.
  if (mayEnterLoops_) settleConstants();
  settle();
  Frame frame{control.kind, emitter_.makeLabel()};
  frame.size = stack_.size() - params;
  frame.slot = topSlot(params);
  frame.outerRange = currentRange_;
  frame.type = control.type;
  return frames_.emplace_back(frame);
}

/// Whether the operands of code that goes on here, `frame`'s outer ones and values of `types`, are all in their own
/// slots: then the stack says so already.
bool Translator::hasInPlace(const Frame& frame, std::span<const ValType> types) {
  return stack_.size() == frame.size + types.size() && stack_.topIsPlaced(static_cast<u32>(types.size()));
}

/// The operands are now `frame`'s outer ones and values of `types` in their own slots.
void Translator::resetTo(const Frame& frame, std::span<const ValType> types) {
  stack_.truncate(frame.size);
  pushResults(types);
}

void Translator::block(const wasm::Control& control) { pushFrame(control, false); }

void Translator::loop(const wasm::Control& control) {
  emitter_.bind(pushFrame(control, true).label);
  if (options_.policy != nullptr) loops_.push_back({emitter_.position(), control.offset});
  if (work_ != nullptr) count(work_->loopIterations);
  beginFuelBlock();
}

void Translator::ifBegin(const wasm::Control& control) {
  const Value condition = pop();
  // A comparison that the branch will absorb is taken back first: the copies below come before the branch.
  if (isLast(condition) && isCompare(emitter_.last())) {
    bool whenTrue = false;
    const Emitter::Last compare = takeCompare(whenTrue);
    Frame& frame = pushFrame(control, true);
    frame.elseLabel = emitter_.makeLabel();
    branchOnCompare(compare, whenTrue, frame.elseLabel);
    return beginFuelBlock();
  }
  const bool inAccumulator = takeInAccumulator(condition);
  // The condition's own slot is above all that is copied; a local cannot change by copying.
  Frame& frame = pushFrame(control, true);
  frame.elseLabel = emitter_.makeLabel();
  branchOnValue(condition, inAccumulator, false, frame.elseLabel);
  beginFuelBlock();
}

void Translator::elseBegin(const wasm::Control&, bool fallsThrough, bool implicit) {
  Frame& frame = frames_.back();
  endArm(frame, fallsThrough && !implicit);
  // Without an else the parameters are the results and lie where these go: both ways meet at the end.
  if (implicit && fallsThrough) moveResults(frame);
  bind(frame.elseLabel);
  frame.kind = ControlKind::Else;
  if (!implicit || !fallsThrough || !hasInPlace(frame, frame.type.params())) resetTo(frame, frame.type.params());
}

/// Leaves an arm of a construct for its end, if it gets there.
void Translator::endArm(Frame& frame, bool fallsThrough) {
  if (!fallsThrough) return;
  moveResults(frame);
  emitJump(frame.label);
}

void Translator::end(const wasm::Control&, bool fallsThrough, bool live) {
  Frame frame = frames_.back();
  if (frame.tryRange != TryRange::kNone) closeRange(frame.tryRange);
  currentRange_ = frame.outerRange;
  if (frame.kind == ControlKind::Function) {
    if (fallsThrough) emitReturn(true);
    // Catch clauses that lead out of the function put the results where a block's would be.
    if (emitter_.isReferenced(frame.label) ||
        std::find(clauseLabelIds_.begin(), clauseLabelIds_.end(), frame.label) != clauseLabelIds_.end()) {
      bind(frame.label);
      resetTo(frame, type_->results);
      emitReturn(true);
    }
    endFuelBlock();
    emitter_.setUnit(0, 0, stack_.maxSlot() + kCallSlack);
    frames_.pop_back();
    return;
  }
  if (fallsThrough) moveResults(frame);
  // Where nothing jumps to, what is known of the accumulators stays true. Blocks of fuel are the same in all tiers.
  if (frame.kind != ControlKind::Loop && (emitter_.isReferenced(frame.label) || !ranges_.empty() || options_.fuel))
    bind(frame.label);
  frames_.pop_back();
  if (!live)
    stack_.truncate(frame.size);
  else if (!fallsThrough || !hasInPlace(frame, frame.type.results()))
    resetTo(frame, frame.type.results());
}

// -- Branches --------------------------------------------------------------------------------------------------------

std::span<const ValType> Translator::labelTypes(const Frame& frame) const {
  return frame.kind == ControlKind::Loop ? frame.type.params() : frame.type.results();
}

/// Whether the operands that a branch to `frame` carries are where its label wants them.
bool Translator::labelIsInPlace(const Frame& frame) {
  const u32 count = static_cast<u32>(labelTypes(frame).size());
  if (count == 0) return true;
  return topSlot(count) == frame.slot && stack_.topIsPlaced(count);
}

/// From so many operands on, a branch moves them by one instruction: a body of branches that each carry a thousand
/// would become thousands of times its size.
constexpr u32 kManyOperands = 8;

/// Before a branch to `frame` that may not be taken: many operands get into their slots once, for all branches to come.
void Translator::settleCarried(const Frame& frame) {
  const u32 count = static_cast<u32>(labelTypes(frame).size());
  if (count > kManyOperands) materializeTop(count);
}

/// Puts the `count` operands on top into the slots from `to` on. If `consume`, nothing else will use them. They move
/// down, lowest first, so none is overwritten before it is moved.
void Translator::moveTop(u32 count, u32 to, bool consume) {
  if (count > kManyOperands) {
    // A branch that may not be taken finds them settled: settleCarried.
    if (consume) materializeTop(count);
    CHECK(stack_.topIsPlaced(count), "what a branch carries is settled before it");
    const u32 from = topSlot(count);
    if (from != to) emit(HandlerId::MoveMany, {from, stack_.nextSlot() - from, to});
    return;
  }
  for (u32 i = count; i-- > 0;) {
    const Value& value = stack_.fromTop(i);
    const u32 slots = value.slots();
    if (value.kind == Value::Const) {
      Value constant = value;
      constant.slot = to;
      materialize(constant);
    } else if (const u32 from = placeOf(value).slot; from != to) {
      if (consume && i == 0 && isLast(value)) {
        emitter_.lastToSlot(to);
      } else {
        noteOrigin();
        if (slots == 2)
          emitter_.emit(HandlerId::Move128_ss, {from, to});
        else
          emitter_.move(from, to);
      }
    }
    to += slots;
  }
}

/// Puts the operands that a branch to `frame` carries where its label wants them.
void Translator::moveToLabel(const Frame& frame, bool consume) {
  moveTop(static_cast<u32>(labelTypes(frame).size()), frame.slot, consume);
}

/// Puts the results of `frame`, whose last instruction this is, where they belong.
void Translator::moveResults(const Frame& frame) {
  moveTop(static_cast<u32>(frame.type.results().size()), frame.slot, true);
}

void Translator::emitJump(LabelId label) {
  const bool back = emitter_.isBound(label);
  const u32 at = emit(back ? HandlerId::Jump_back : HandlerId::Jump_forward, {0});
  emitter_.refer(label, at, 0);
}

/// Jumps to the label `depth` with its operands moved.
void Translator::jumpTo(u32 depth, bool consume) {
  const Frame& target = frame(depth);
  if (target.kind == ControlKind::Function) return emitReturn(consume);
  moveToLabel(target, consume);
  emitJump(target.label);
}

void Translator::br(u32 depth) { jumpTo(depth, true); }

void Translator::ret() { emitReturn(true); }

void Translator::emitReturn(bool consume) {
  samplePoint();
  const std::span<const ValType> results = type_->results;
  if (results.empty()) {
    emit(HandlerId::Return0, {linkSlot_});
    return;
  }
  const u32 count = static_cast<u32>(results.size());
  if (count == 1 && results[0].slots() == 1) {
    const Value& value = stack_.fromTop(0);
    if (consume && fitsAccumulator(value)) {
      emitter_.lastToAccumulator();
      const HandlerId id = value.type == TypeKind::F32   ? HandlerId::Return1F32_a
                           : value.type == TypeKind::F64 ? HandlerId::Return1F64_a
                                                         : HandlerId::Return1_a;
      emit(id, {linkSlot_});
    } else if (value.kind == Value::Const && value.bits >> 32 == 0) {
      emit(HandlerId::Return1_k, {low(value.bits), linkSlot_});
    } else {
      emit(HandlerId::Return1_s, {slotOf(value), linkSlot_});
    }
    return;
  }
  // Into their own slots, one after the other. What they stand for on the stack is left as it is: another way may go
  // on.
  if (!stack_.topIsPlaced(count))
    for (u32 i = count; i-- > 0;) materialize(stack_.fromTop(i));
  emit(HandlerId::ReturnMany, {topSlot(count), stack_.nextSlot() - topSlot(count), linkSlot_});
}

/// Whether a branch can absorb `last`.
bool Translator::isCompare(const Emitter::Last& last) {
  return last.opcode == Opcode::I32Eqz || last.opcode == Opcode::I64Eqz ||
         branchFamily(last.opcode).form != Form::None || last.question.first != HandlerId::kNone;
}

/// Takes the last instruction back, a comparison, and with it the one whose result it only negates: then `whenTrue`
/// flips.
Emitter::Last Translator::takeCompare(bool& whenTrue) {
  const Emitter::Last& last = emitter_.last();
  if (last.opcode != Opcode::I32Eqz || last.at != negatedAt_ || !isCompare(negated_)) return emitter_.takeBack();
  whenTrue = !whenTrue;
  return emitter_.takeBackTo(negated_);
}

/// Branches on a comparison that was taken back.
void Translator::branchOnCompare(const Emitter::Last& compare, bool whenTrue, LabelId label) {
  if (compare.question.first != HandlerId::kNone) return branchOnCast(compare.question, compare.a, whenTrue, label);
  const u32 back = emitter_.isBound(label) ? 1 : 0;
  if (compare.opcode == Opcode::I32Eqz || compare.opcode == Opcode::I64Eqz) {
    const bool whenZero = whenTrue;
    const HandlerId first = compare.opcode == Opcode::I32Eqz
                                ? (whenZero ? HandlerId::BrI32Zero_s_forward : HandlerId::BrI32NonZero_s_forward)
                                : (whenZero ? HandlerId::BrI64Zero_s_forward : HandlerId::BrI64NonZero_s_forward);
    const bool inAccumulator = compare.a.loc == Loc::A;
    const u32 at = inAccumulator ? emit(first + 2 + back, {0}) : emit(first + back, {compare.a.slot, 0});
    return emitter_.refer(label, at, inAccumulator ? 0 : 1);
  }
  Opcode opcode = compare.opcode;
  const TypeKind type = wasm::info(opcode).signature.params[0];
  const bool hasInverse = type != TypeKind::F32 && type != TypeKind::F64 && opcode != Opcode::I32And;
  if (!whenTrue && hasInverse) opcode = inverse(opcode);
  const Family found = branchFamily(opcode);
  u32 index = static_cast<u32>(shapeIndex(Form::Compare, compare.a.loc, compare.b.loc)) * 2 + back;
  if (!whenTrue && !hasInverse) index += kCompareShapes * 2;
  units_.clear();
  appendUnits(units_, compare.a, type);
  appendUnits(units_, compare.b, type);
  const u32 unit = static_cast<u32>(units_.size());
  units_.push_back(0);
  emitter_.refer(label, emit(found.first + index, units_), unit);
}

/// Branches on a popped i32 operand.
void Translator::branchOnValue(const Value& condition, bool inAccumulator, bool whenTrue, LabelId label) {
  if (condition.kind == Value::Const) {
    if ((low(condition.bits) != 0) == whenTrue) emitJump(label);
    return;
  }
  const u32 back = emitter_.isBound(label) ? 1 : 0;
  const HandlerId first = whenTrue ? HandlerId::BrI32NonZero_s_forward : HandlerId::BrI32Zero_s_forward;
  const u32 at = inAccumulator ? emit(first + 2 + back, {0}) : emit(first + back, {placeOf(condition).slot, 0});
  emitter_.refer(label, at, inAccumulator ? 0 : 1);
}

/// Branches on a popped condition, absorbing the comparison that computed it.
void Translator::branch(const Value& condition, bool whenTrue, LabelId label) {
  if (isLast(condition) && isCompare(emitter_.last())) {
    const Emitter::Last compare = takeCompare(whenTrue);
    return branchOnCompare(compare, whenTrue, label);
  }
  const bool inAccumulator = takeInAccumulator(condition);
  branchOnValue(condition, inAccumulator, whenTrue, label);
}

void Translator::brIf(u32 depth) {
  const Value condition = pop();
  const Frame& target = frame(depth);
  settleCarried(target);
  if (target.kind != ControlKind::Function && labelIsInPlace(target)) {
    branch(condition, true, target.label);
  } else {
    const LabelId past = emitter_.makeLabel();
    branch(condition, false, past);
    jumpTo(depth, false);
    emitter_.bind(past);
  }
  beginFuelBlock();
}

void Translator::brTable(std::span<const u32> depths) {
  const Value index = pop();
  const bool inAccumulator = takeInAccumulator(index);
  const u32 arity = static_cast<u32>(labelTypes(frame(depths.back())).size());
  materializeTop(arity);
  const u32 count = static_cast<u32>(depths.size()) - 1;
  u32 at = 0;
  if (inAccumulator)
    at = emit(HandlerId::JumpTable_a, {count});
  else
    at = emit(HandlerId::JumpTable_s, {slotOf(index), count});
  const u32 table = emitter_.position();
  emitter_.addTable(static_cast<u32>(depths.size()));
  // Targets that need no move are jumped to directly; the others get a stub each, which moves and jumps.
  std::vector<std::pair<u32, LabelId>> stubs;
  stubOfDepth_.resize(frames_.size(), kNoStub);
  for (size_t i = 0; i < depths.size(); ++i) {
    const u32 depth = depths[i];
    const Frame& target = frame(depth);
    LabelId label = target.label;
    if (target.kind == ControlKind::Function || !labelIsInPlace(target)) {
      LabelId& stub = stubOfDepth_[depth];
      if (stub == kNoStub) {
        stub = emitter_.makeLabel();
        stubs.emplace_back(depth, stub);
      }
      label = stub;
    }
    emitter_.referWord(label, at, table + static_cast<u32>(i));
  }
  for (const auto& [depth, label] : stubs) {
    bind(label);
    jumpTo(depth, false);
    stubOfDepth_[depth] = kNoStub;
  }
}

/// The comparison with null of the reference in `slot`, which stays there.
Emitter::Last Translator::isNullAt(u32 slot) const {
  Emitter::Last compare;
  compare.opcode = Opcode::I64Eqz;
  compare.a = {emitter_.mirrors(slot, false) ? Loc::A : Loc::S, slot, 0};
  return compare;
}

void Translator::brOnNull(u32 depth) {
  // The reference stays on the stack, and in its slot, if it is not null.
  const Value reference = pop();
  const Frame& target = frame(depth);
  settleCarried(target);
  const Emitter::Last isNull = isNullAt(slotOf(reference));
  if (target.kind != ControlKind::Function && labelIsInPlace(target)) {
    branchOnCompare(isNull, true, target.label);
  } else {
    const LabelId past = emitter_.makeLabel();
    branchOnCompare(isNull, false, past);
    jumpTo(depth, false);
    emitter_.bind(past);
  }
  if (reference.kind == Value::Local)
    stack_.pushLocal(reference.local(), reference.type);
  else
    stack_.pushSlot(reference.type);
  beginFuelBlock();
}

void Translator::brOnNonNull(u32 depth) {
  // The reference goes along with the branch.
  materializeTop(1);
  const Frame& target = frame(depth);
  settleCarried(target);
  const Emitter::Last isNull = isNullAt(stack_.fromTop(0).slot);
  if (target.kind != ControlKind::Function && labelIsInPlace(target)) {
    branchOnCompare(isNull, false, target.label);
  } else {
    const LabelId past = emitter_.makeLabel();
    branchOnCompare(isNull, true, past);
    jumpTo(depth, false);
    emitter_.bind(past);
  }
  pop();
  beginFuelBlock();
}

void Translator::unreachable() { emit(HandlerId::Unreachable, {}); }

// -- Exceptions ------------------------------------------------------------------------------------------------------

u32 Translator::openRange(TryRange::Kind kind) {
  TryRange range;
  range.kind = kind;
  range.begin = emitter_.position();
  range.end = Emitter::kNone;
  range.parent = currentRange_;
  ranges_.push_back(std::move(range));
  currentRange_ = static_cast<u32>(ranges_.size() - 1);
  return currentRange_;
}

void Translator::closeRange(u32 range) {
  if (ranges_[range].end == Emitter::kNone) ranges_[range].end = emitter_.position();
}

void Translator::tryTable(const wasm::Control& control, std::span<const wasm::CatchClause> clauses) {
  pushFrame(control, false);
  const u32 range = openRange(TryRange::Kind::TryTable);
  frames_.back().tryRange = range;
  for (const wasm::CatchClause& clause : clauses) {
    // Labels count from outside the try_table.
    const Frame& target = frame(clause.depth + 1);
    TryRange::Clause caught;
    caught.kind = clause.kind;
    caught.tag = clause.tag;
    caught.payloadSlot = target.slot;
    clauseLabels_.emplace_back(range, static_cast<u32>(ranges_[range].clauses.size()));
    clauseLabelIds_.push_back(target.label);
    ranges_[range].clauses.push_back(caught);
  }
}

void Translator::tryBegin(const wasm::Control& control) {
  pushFrame(control, false);
  frames_.back().tryRange = openRange(TryRange::Kind::Legacy);
}

/// Begins a catch arm. Its lowest operand, which wasm does not see, is the exception, for rethrow.
void Translator::beginCatch(const wasm::Control&, TryRange::Clause clause, bool fallsThrough) {
  Frame& frame = frames_.back();
  endArm(frame, fallsThrough);
  closeRange(frame.tryRange);
  currentRange_ = frame.outerRange;
  frame.isArm = true;
  stack_.truncate(frame.size);
  clause.referenceSlot = stack_.pushSlot(TypeKind::Ref).slot;
  clause.payloadSlot = stack_.nextSlot();
  const LabelId label = emitter_.makeLabel();
  bind(label);
  clause.target = emitter_.positionOf(label);
  ranges_[frame.tryRange].clauses.push_back(clause);
}

void Translator::catchBegin(const wasm::Control& control, wasm::TagIndex tag, const wasm::FuncType& type,
                            bool fallsThrough) {
  TryRange::Clause clause{};
  clause.kind = wasm::CatchClause::Catch;
  clause.tag = tag;
  beginCatch(control, clause, fallsThrough);
  pushResults(type.params);
}

void Translator::catchAllBegin(const wasm::Control& control, bool fallsThrough) {
  TryRange::Clause clause{};
  clause.kind = wasm::CatchClause::CatchAll;
  beginCatch(control, clause, fallsThrough);
}

void Translator::delegateEnd(const wasm::Control& control, u32 depth, bool fallsThrough, bool live) {
  // The label counts from outside the try: the search goes on at that construct's own range if it is a try's body, else
  // at the one around it.
  const Frame& target = frame(depth + 1);
  TryRange& range = ranges_[frames_.back().tryRange];
  range.kind = TryRange::Kind::Delegate;
  range.delegateTo = target.kind == ControlKind::Try && !target.isArm ? target.tryRange : target.outerRange;
  end(control, fallsThrough, live);
}

void Translator::throwTag(wasm::TagIndex tag, const wasm::FuncType& type) {
  const u32 count = static_cast<u32>(type.params.size());
  materializeTop(count);
  noteStop(0);
  emit(HandlerId::Throw, {topSlot(count), tag.value, stack_.nextSlot()});
}

void Translator::throwRef() {
  materializeTop(1);
  emit(HandlerId::Throw, {topSlot(1), kThrowReference, stack_.nextSlot()});
}

void Translator::rethrow(u32 depth) { emit(HandlerId::Throw, {frame(depth).slot, kThrowReference, stack_.nextSlot()}); }

}  // namespace wasmrun::interp
