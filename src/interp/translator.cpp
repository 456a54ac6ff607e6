#include "interp/translator.h"

#include <bit>

#include "interp/fusion.h"
#include "runtime/collected.h"
#include "runtime/instance.h"

namespace wasmrun::interp {

using wasm::Opcode;
using wasm::TypeKind;
using wasm::ValType;

namespace {

u32 low(u64 bits) { return static_cast<u32>(bits); }
u32 high(u64 bits) { return static_cast<u32>(bits >> 32); }

TypeKind resultType(Opcode opcode) { return wasm::info(opcode).signature.results[0]; }
TypeKind operandType(Opcode opcode) { return wasm::info(opcode).signature.params[0]; }

bool isFloatKind(TypeKind type) { return type == TypeKind::F32 || type == TypeKind::F64 || type == TypeKind::V128; }

}  // namespace

Translator::Translator(ModuleCode& code, TranslateOptions options)
    : code_(code),
      module_(code.module()),
      options_(options),
      profile_(code.profile != nullptr && code.profile->countsWork() ? code.profile.get() : nullptr),
      reader_(module_, scratch_, *this) {}

FunctionCode Translator::translate(wasm::DefinedFuncIndex index, std::vector<Origin>* origins, ReferenceMaps* maps) {
  origins_ = origins;
  maps_ = maps;
  emitter_.reset();
  frames_.clear();
  ranges_.clear();
  clauseLabels_.clear();
  clauseLabelIds_.clear();
  loops_.clear();
  mayEnterLoops_ = options_.policy != nullptr && module_.bodies[index.value].hasLoop;
  currentRange_ = TryRange::kNone;
  negatedAt_ = fuelSite_ = Emitter::kNone;
  work_ = profile_ == nullptr ? nullptr : &profile_->of(index).interpreted;
  const Result<void> result = reader_.readBody(index);
  CHECK(result.has_value(), "a body that is translated has been validated");
  for (size_t i = 0; i < clauseLabels_.size(); ++i) {
    const auto [range, clause] = clauseLabels_[i];
    ranges_[range].clauses[clause].target = emitter_.positionOf(clauseLabelIds_[i]);
  }
  fuse(emitter_.words(), emitter_.instructions());
  FunctionCode function;
  function.words.assign(emitter_.words().begin(), emitter_.words().end());
  function.tryRanges = std::move(ranges_);
  function.loops = loops_;
  return function;
}

// -- Origins and fuel ------------------------------------------------------------------------------------------------

void Translator::noteOrigin() {
  if (origins_ == nullptr) return;
  // Instructions that were taken back took their origin with them.
  while (!origins_->empty() && origins_->back().word >= emitter_.position()) origins_->pop_back();
  origins_->push_back({emitter_.position(), reader_.offset()});
}

/// Code can be stopped at the instruction emitted next, and a collector look through the frame: but for the `taken`
/// operands on top, which are its callee's by then.
void Translator::noteStop(u32 taken) {
  if (maps_ == nullptr) return;
  stack_.hideTop(taken);
  maps_->point(emitter_.position());
  stack_.showTop(taken);
}

/// The block of instructions that ends here is charged where it began; another begins.
void Translator::beginFuelBlock() {
  if (!options_.fuel) return;
  endFuelBlock();
  noteOrigin();
  fuelSite_ = emitter_.emit(HandlerId::ChargeFuel, {0});
}

void Translator::endFuelBlock() {
  const u32 instructions = reader_.liveInstructions();
  if (fuelSite_ != Emitter::kNone) emitter_.setUnit(fuelSite_, 0, instructions - fuelBegin_);
  fuelSite_ = Emitter::kNone;
  fuelBegin_ = instructions;
}

/// Before the function is left for another.
void Translator::samplePoint() {
  if (options_.sampled) emit(HandlerId::Sample, {});
}

/// What runs here adds one to the counter.
void Translator::count(const std::atomic<u64>& counter) {
  const u64 address = reinterpret_cast<u64>(&counter);
  emit(HandlerId::CountWork, {static_cast<u32>(address), static_cast<u32>(address >> 32)});
}

u32 Translator::emit(HandlerId id, std::initializer_list<u32> units) {
  noteOrigin();
  return emitter_.emit(id, units);
}

u32 Translator::emit(HandlerId id, const std::vector<u32>& units) {
  noteOrigin();
  return emitter_.emit(id, units.data(), units.size());
}

void Translator::bind(LabelId label) {
  emitter_.bind(label);
  beginFuelBlock();
}

// -- Operands --------------------------------------------------------------------------------------------------------

/// What the model of operands calls a reference type: references to functions are pointers, mere numbers to a
/// collector.
TypeKind Translator::kindOfReference(ValType type) const {
  return runtime::isCollected(module_.registry(), type) ? TypeKind::Ref : TypeKind::I64;
}

/// Pushes values of `types` that are in their own slots.
void Translator::pushResults(std::span<const ValType> types) {
  stack_.pushSlots(static_cast<u32>(types.size()), [&](u32 i) { return kindOf(types[i]); });
}

Place Translator::placeOf(const Value& value) const {
  switch (value.kind) {
    case Value::Local: return {Loc::S, localSlots_[value.local()], 0};
    case Value::Const: return {Loc::K, Place::kNoSlot, value.bits};
    default: return {Loc::S, value.slot, 0};
  }
}

/// The place to read a popped operand from, the accumulator if it can be had there. If `last`, the last instruction
/// computed it and is to leave it there.
Place Translator::bestPlace(const Value& value, bool last) const {
  Place place = placeOf(value);
  if (last) return {Loc::A, Place::kNoSlot, 0};
  if (place.loc == Loc::S && emitter_.mirrors(place.slot, value.isFloatOrVector())) place.loc = Loc::A;
  return place;
}

void Translator::copyLocalTo(const Value& value) {
  noteOrigin();
  if (value.type == TypeKind::V128)
    emitter_.emit(HandlerId::Move128_ss, {localSlots_[value.local()], value.slot});
  else
    emitter_.move(localSlots_[value.local()], value.slot);
}

/// Puts an operand that was popped, or will be, into its own slot.
void Translator::materialize(const Value& value) {
  if (value.kind == Value::Local) return copyLocalTo(value);
  if (value.kind != Value::Const) return;
  noteOrigin();
  if (high(value.bits) == 0)
    emitter_.moveConst(low(value.bits), value.slot);
  else
    emitter_.emit(HandlerId::Const64_s, {low(value.bits), high(value.bits), value.slot});
}

/// Puts the `count` operands on top into their own slots; they stay on the stack.
void Translator::materializeTop(u32 count) {
  stack_.placeTop(count, [this](const Value& value) { materialize(value); });
}

/// Before control flow splits or joins: no operand stands for a local any more.
void Translator::settle() {
  stack_.settleAll([this](const Value& value) { copyLocalTo(value); });
}

/// No operand is a constant any more.
void Translator::settleConstants() {
  stack_.settleConstants([this](const Value& value) { materialize(value); });
}

/// Before `local` changes: the operands that stand for it get its old value.
void Translator::preserveLocal(u32 local) {
  while (stack_.topOfLocal(local) != ValueStack::kNone) {
    const u32 index = stack_.topOfLocal(local);
    copyLocalTo(stack_[index]);
    stack_.settle(index);
  }
}

/// The slot to read a popped operand from; a constant is put into its own.
u32 Translator::slotOf(const Value& value) {
  if (value.kind == Value::Const) materialize(value);
  return value.kind == Value::Local ? localSlots_[value.local()] : value.slot;
}

/// The slot of the lowest of the `count` operands on top, or the next free one.
u32 Translator::topSlot(u32 count) { return count == 0 ? stack_.nextSlot() : stack_.fromTop(count - 1).slot; }

/// The instruction at `at`, just emitted, computes an operand, which is pushed. It may be redirected by the next.
void Translator::noteResult(u32 at, HandlerId id, u32 resultUnit, TypeKind type, HandlerId toAccumulator) {
  Emitter::Last& last = emitter_.noteLast(at, id, stack_.pushSlot(type).slot);
  last.resultUnit = resultUnit;
  last.toAccumulator = toAccumulator;
  last.isFloat = isFloatKind(type);
}

/// Whether a popped integer or reference is in the accumulator; if the last instruction computed it, it is from now on.
bool Translator::takeInAccumulator(const Value& value) {
  if (value.isFloatOrVector()) return false;
  const bool last = fitsAccumulator(value);
  const Place place = bestPlace(value, last);
  if (last) emitter_.lastToAccumulator();
  return place.loc == Loc::A;
}

void Translator::drop(ValType) { pop(); }

void Translator::localGet(wasm::LocalIndex index, ValType type) { stack_.pushLocal(index.value, kindOf(type)); }

void Translator::setLocal(u32 local, const Value& value) {
  const u32 slot = localSlots_[local];
  if (value.kind == Value::Local && value.local() == local) return;
  if (stack_.topOfLocal(local) == ValueStack::kNone && isLast(value)) return emitter_.lastToSlot(slot);
  preserveLocal(local);
  if (value.kind == Value::Const) {
    Value constant = value;
    constant.slot = slot;
    return materialize(constant);
  }
  const u32 from = slotOf(value);
  if (emitter_.last().toSlot != HandlerId::kNone && emitter_.last().a.slot == from) return emitter_.lastMovesTo(slot);
  noteOrigin();
  if (value.type == TypeKind::V128)
    emitter_.emit(HandlerId::Move128_ss, {from, slot});
  else
    emitter_.move(from, slot);
}

void Translator::localSet(wasm::LocalIndex index, ValType) { setLocal(index.value, pop()); }

void Translator::localTee(wasm::LocalIndex index, ValType type) {
  const Value value = pop();
  setLocal(index.value, value);
  // A constant stays one; all else is in the local now.
  if (value.kind == Value::Const)
    stack_.pushConst(value.type, value.bits);
  else
    stack_.pushLocal(index.value, kindOf(type));
}

void Translator::constant(ValType type, u64 bits) { stack_.pushConst(type.kind(), bits); }

void Translator::constantV128(const u8* bytes) {
  u32 units[4];
  std::memcpy(units, bytes, 16);
  const u32 at = emit(HandlerId::ConstV128_s, {units[0], units[1], units[2], units[3], stack_.nextSlot()});
  noteResult(at, HandlerId::ConstV128_s, 4, TypeKind::V128, HandlerId::ConstV128_a);
}

// -- Operations ------------------------------------------------------------------------------------------------------

/// Whether a constant can be an operand of an instruction: 64-bit integers are kept as 32 bits and sign-extended.
bool Translator::fitsConst(TypeKind type, u64 bits) {
  return type != TypeKind::I64 || static_cast<i64>(static_cast<i32>(low(bits))) == static_cast<i64>(bits);
}

void Translator::appendUnits(std::vector<u32>& units, const Place& place, TypeKind type) {
  if (place.loc == Loc::S) units.push_back(place.slot);
  if (place.loc != Loc::K) return;
  units.push_back(low(place.bits));
  if (type == TypeKind::F64) units.push_back(high(place.bits));
}

void Translator::simple(Opcode opcode) {
  const Family found = family(opcode);
  CHECK(found.form != Form::None, "every opcode with a simple signature has handlers");
  switch (found.form) {
    case Form::Unary: return unary(opcode, found);
    case Form::VectorTernary: return ternary(opcode, found);
    case Form::Wide: return wide(opcode, found);
    default: return binary(opcode, found);
  }
}

/// a + (b << k), when the shift is what was last emitted.
bool Translator::foldAddShifted(const Value& a, const Value& b) {
  const bool shiftIsB = isLast(b);
  const Emitter::Last& last = emitter_.last();
  if (!shiftIsB && !isLast(a)) return false;
  if (last.opcode != Opcode::I32Shl || !last.a.isInSlot() || last.b.loc != Loc::K) return false;
  const Value& other = shiftIsB ? a : b;
  if (other.kind == Value::Const) return false;
  const Emitter::Last shift = emitter_.takeBack();
  const u32 base = placeOf(other).slot, shifted = shift.a.slot, by = low(shift.b.bits) & 31;
  const u32 at = emit(HandlerId::I32AddShifted_s, {base, shifted, by, stack_.nextSlot()});
  noteResult(at, HandlerId::I32AddShifted_s, 3, TypeKind::I32, HandlerId::I32AddShifted_a);
  Emitter::Last& sum = emitter_.last();
  sum.isAddShifted = true;
  sum.a.slot = base;
  sum.b.slot = shifted;
  sum.shift = by;
  return true;
}

void Translator::binary(Opcode opcode, Family found) {
  Value b = pop(), a = pop();
  const TypeKind type = operandType(opcode);
  if (opcode == Opcode::I32Add && foldAddShifted(a, b)) return;

  // The places to read from if nothing is emitted in between.
  const auto exists = [&](const Place& x, const Place& y) {
    const auto fits = [&](const Place& place) { return place.loc != Loc::K || fitsConst(type, place.bits); };
    return shapeIndex(found.form, x.loc, y.loc) >= 0 && fits(x) && fits(y);
  };
  const bool lastA = fitsAccumulator(a), lastB = fitsAccumulator(b);
  Place placeA = bestPlace(a, lastA), placeB = bestPlace(b, lastB);
  // There is one accumulator: what has no slot gets it.
  if (placeA.loc == Loc::A && placeB.loc == Loc::A) (lastA ? placeB : placeA).loc = Loc::S;
  const bool mayswap =
      found.form == Form::Commutative || found.form == Form::Compare || found.form == Form::VectorCommutative;
  if (!exists(placeA, placeB) && mayswap && exists(placeB, placeA)) {
    std::swap(placeA, placeB);
    if (found.form == Form::Compare) {
      opcode = swapped(opcode);
      found = family(opcode);
    }
  }
  // What was last emitted leaves its result in the accumulator before anything else comes between.
  if (lastA || lastB) emitter_.lastToAccumulator();
  if (!exists(placeA, placeB)) {
    // A constant that does not fit goes to its own slot.
    const auto toSlot = [&](Place& place, const Value& value) {
      if (place.loc != Loc::K) return;
      place = {Loc::S, slotOf(value), 0};
    };
    // Nor has every family a handler for every shape with the accumulator.
    if (placeA.loc == Loc::A && placeA.isInSlot()) placeA.loc = Loc::S;
    if (placeB.loc == Loc::A && placeB.isInSlot()) placeB.loc = Loc::S;

    if (placeB.loc == Loc::K && !(placeA.loc == Loc::K && exists({Loc::S, 0, 0}, placeB))) toSlot(placeB, b);
    if (!exists(placeA, placeB)) toSlot(placeA, a);
    if (!exists(placeA, placeB)) toSlot(placeB, b);
    if (!exists(placeA, placeB)) {
      CHECK(mayswap && exists(placeB, placeA), "a two-operand family has a handler for slots and for the accumulator");
      std::swap(placeA, placeB);
      if (found.form == Form::Compare) {
        opcode = swapped(opcode);
        found = family(opcode);
      }
    }
  }
  units_.clear();
  appendUnits(units_, placeA, type);
  appendUnits(units_, placeB, type);
  const u32 resultUnit = static_cast<u32>(units_.size());
  units_.push_back(stack_.nextSlot());
  const HandlerId id = found.first + static_cast<u32>(shapeIndex(found.form, placeA.loc, placeB.loc)) * 2;
  const u32 at = emit(id, units_);
  noteResult(at, id, resultUnit, resultType(opcode), id + 1);
  emitter_.last().opcode = opcode;
  emitter_.last().a = placeA;
  emitter_.last().b = placeB;
}

/// Conversions that change no bit of a slot, since 32-bit values lie zero-extended there.
bool Translator::noOperation(Opcode opcode) {
  switch (opcode) {
    case Opcode::I64ExtendI32U:
    case Opcode::I32ReinterpretF32:
    case Opcode::I64ReinterpretF64:
    case Opcode::F32ReinterpretI32:
    case Opcode::F64ReinterpretI64: return true;
    default: return false;
  }
}

/// eqz of an integer comparison is the inverse comparison.
bool Translator::foldEqz(Opcode opcode) {
  const Emitter::Last& last = emitter_.last();
  if (opcode != Opcode::I32Eqz || last.opcode == Opcode::kCount) return false;
  const Family compare = family(last.opcode);
  if (compare.form != Form::Compare || isFloatKind(operandType(last.opcode))) return false;
  const Emitter::Last taken = emitter_.takeBack();
  const Opcode opposite = inverse(taken.opcode);
  const TypeKind type = operandType(opposite);
  units_.clear();
  appendUnits(units_, taken.a, type);
  appendUnits(units_, taken.b, type);
  const u32 resultUnit = static_cast<u32>(units_.size());
  units_.push_back(stack_.nextSlot());
  const HandlerId id =
      family(opposite).first + static_cast<u32>(shapeIndex(Form::Compare, taken.a.loc, taken.b.loc)) * 2;
  const u32 at = emit(id, units_);
  noteResult(at, id, resultUnit, TypeKind::I32, id + 1);
  emitter_.last().opcode = opposite;
  emitter_.last().a = taken.a;
  emitter_.last().b = taken.b;
  return true;
}

void Translator::unary(Opcode opcode, Family found) {
  const Value a = pop();
  const TypeKind result = resultType(opcode);
  if (noOperation(opcode)) {
    // The accumulators differ, so a result that is in its slot stays there.
    if (isLast(a) && emitter_.last().isFloat != isFloatKind(result))
      emitter_.forgetLast();
    else if (isLast(a))
      emitter_.last().opcode = Opcode::kCount, emitter_.last().isAddShifted = false;
    if (a.kind == Value::Local)
      stack_.pushLocal(a.local(), result);
    else if (a.kind == Value::Const)
      stack_.pushConst(result, a.bits);
    else
      stack_.pushSlot(result);
    return;
  }
  if (isLast(a) && foldEqz(opcode)) return;
  units_.clear();
  const bool last = fitsAccumulator(a);
  if (last && opcode == Opcode::I32Eqz) negated_ = emitter_.last();
  Place place = bestPlace(a, last);
  if (last) emitter_.lastToAccumulator();
  if (place.loc == Loc::K) place = {Loc::S, slotOf(a), 0};
  if (place.loc == Loc::S) units_.push_back(place.slot);
  const u32 resultUnit = static_cast<u32>(units_.size());
  units_.push_back(stack_.nextSlot());
  const HandlerId id = found.first + (place.loc == Loc::A ? 2 : 0);
  const u32 at = emit(id, units_);
  noteResult(at, id, resultUnit, result, id + 1);
  emitter_.last().opcode = opcode;
  emitter_.last().a = place;
  if (opcode != Opcode::I32Eqz) return;
  negatedAt_ = last ? at : Emitter::kNone;
}

void Translator::select(ValType type) {
  const Value condition = pop(), b = pop(), a = pop();
  const bool isVector = type.isVector();
  const bool inAccumulator = takeInAccumulator(condition);
  const u32 slotB = slotOf(b), slotA = slotOf(a);
  const u32 to = stack_.nextSlot();
  HandlerId id = isVector ? HandlerId::SelectV128_s : HandlerId::Select_s;
  u32 at = 0, resultUnit = 2;
  if (inAccumulator) {
    id = id + 1;
    at = emit(id, {slotA, slotB, to});
  } else {
    at = emit(id, {slotA, slotB, slotOf(condition), to});
    resultUnit = 3;
  }
  noteResult(at, id, resultUnit, kindOf(type), HandlerId::kNone);
}

// -- Globals ---------------------------------------------------------------------------------------------------------

void Translator::globalGet(wasm::GlobalIndex index, ValType type) {
  const bool isVector = type.isVector();
  const u32 to = stack_.nextSlot();
  if (index.value < module_.importedGlobals) {
    const HandlerId id = isVector ? HandlerId::GlobalGetImported128 : HandlerId::GlobalGetImported64;
    noteResult(emit(id, {index.value, to}), id, 1, kindOf(type), HandlerId::kNone);
    return;
  }
  const u32 offset = support::narrow<u32>(runtime::globalCellOffset(index.value - module_.importedGlobals));
  const HandlerId id = isVector ? HandlerId::GlobalGet128 : HandlerId::GlobalGet64_s;
  const u32 at = emit(id, {offset, to});
  noteResult(at, id, 1, kindOf(type), isFloatKind(type.kind()) ? HandlerId::kNone : HandlerId::GlobalGet64_a);
}

void Translator::globalSet(wasm::GlobalIndex index, ValType type) {
  const Value value = pop();
  const bool isVector = type.isVector();
  if (index.value < module_.importedGlobals) {
    const u32 from = slotOf(value);
    emit(isVector ? HandlerId::GlobalSetImported128 : HandlerId::GlobalSetImported64, {from, index.value});
    return;
  }
  const u32 offset = support::narrow<u32>(runtime::globalCellOffset(index.value - module_.importedGlobals));
  if (takeInAccumulator(value)) {
    emit(HandlerId::GlobalSet64_a, {offset});
    return;
  }
  const u32 from = slotOf(value);
  emit(isVector ? HandlerId::GlobalSet128 : HandlerId::GlobalSet64_s, {from, offset});
}

// -- Memory ----------------------------------------------------------------------------------------------------------

/// How to compute an access's address: from the accumulator only if that is free.
Translator::Address Translator::takeAddress(const Value& value, u64& offset, bool accumulatorIsFree) {
  Address address{AddressShape::Slot, {}, placeOf(value)};
  if (value.kind == Value::Const) {
    const u64 whole = low(value.bits) + offset;
    if (high(whole) == 0) {
      offset = whole;
      address.shape = AddressShape::Const;
      return address;
    }
    address.place = {Loc::S, slotOf(value), 0};
    return address;
  }
  if (!isLast(value)) {
    if (accumulatorIsFree && emitter_.mirrors(address.place.slot, false)) address.shape = AddressShape::Accumulator;
    return address;
  }
  const Emitter::Last& last = emitter_.last();
  const bool isSum = last.opcode == Opcode::I32Add && last.a.isInSlot();
  if (last.isAddShifted)
    address.shape = AddressShape::Element;
  else if (isSum && last.b.isInSlot())
    address.shape = AddressShape::Sum;
  else if (isSum && last.b.loc == Loc::K)
    address.shape = AddressShape::PlusConst;
  if (address.shape != AddressShape::Slot) {
    address.sum = emitter_.takeBack();
    return address;
  }
  if (!fitsAccumulator(value)) return address;
  emitter_.lastToAccumulator();
  address.shape = AddressShape::Accumulator;
  return address;
}

void Translator::appendAddress(std::vector<u32>& units, const Address& address) const {
  switch (address.shape) {
    case AddressShape::Slot: units.push_back(address.place.slot); break;
    case AddressShape::Accumulator:
    case AddressShape::Const: break;
    case AddressShape::PlusConst:
      units.push_back(address.sum.a.slot);
      units.push_back(low(address.sum.b.bits));
      break;
    case AddressShape::Sum:
      units.push_back(address.sum.a.slot);
      units.push_back(address.sum.b.slot);
      break;
    case AddressShape::Element:
      units.push_back(address.sum.a.slot);
      units.push_back(address.sum.b.slot);
      units.push_back(address.sum.shift);
      break;
  }
}

void Translator::load(Opcode opcode, const wasm::MemArg& arg) {
  const Family found = family(opcode);
  const TypeKind type = resultType(opcode);
  const Value value = pop();
  u64 offset = arg.offset;
  if (!isFast(arg)) {
    const HandlerId id = found.first + kAddressShapes * 2;
    const u32 from = slotOf(value);
    const u32 at = emit(id, {from, arg.memory.value, low(offset), high(offset), stack_.nextSlot()});
    return noteResult(at, id, 4, type, HandlerId::kNone);
  }
  const Address address = takeAddress(value, offset, true);
  units_.clear();
  appendAddress(units_, address);
  units_.push_back(low(offset));
  const u32 resultUnit = static_cast<u32>(units_.size());
  units_.push_back(stack_.nextSlot());
  const HandlerId id = found.first + static_cast<u32>(address.shape) * 2;
  const u32 at = emit(id, units_);
  noteResult(at, id, resultUnit, type, id + 1);
}

void Translator::store(Opcode opcode, const wasm::MemArg& arg) {
  const Family found = family(opcode);
  const u32 places = found.form == Form::VectorStore ? 2 : 3;  // that the value may be in
  const Value value = pop(), base = pop();
  u64 offset = arg.offset;
  if (!isFast(arg)) {
    const u32 from = slotOf(value), to = slotOf(base);
    emit(found.first + kAddressShapes * places, {to, arg.memory.value, low(offset), high(offset), from});
    return;
  }
  const bool last = fitsAccumulator(value);
  Place from = bestPlace(value, last);
  if (last) emitter_.lastToAccumulator();
  const bool accumulatorIsFree = from.loc != Loc::A || value.isFloatOrVector();
  const Address address = takeAddress(base, offset, accumulatorIsFree);
  // A constant that does not fit goes to its slot after the address was taken, and leaves the accumulator alone.
  if (from.loc == Loc::K && !fitsConst(value.type, value.bits)) from = {Loc::S, slotOf(value), 0};
  units_.clear();
  appendAddress(units_, address);
  units_.push_back(low(offset));
  appendUnits(units_, from, value.type);
  const u32 variant = from.loc == Loc::S ? 0 : from.loc == Loc::A ? 1 : 2;
  emit(found.first + static_cast<u32>(address.shape) * places + variant, units_);
}

void Translator::atomicFence() { emit(HandlerId::Fence, {}); }

void Translator::memorySize(wasm::MemoryIndex memory) {
  const u32 at = emit(HandlerId::MemorySize, {memory.value, stack_.nextSlot()});
  noteResult(at, HandlerId::MemorySize, 1, module_.memories[memory.value].limits.addressType().kind(),
             HandlerId::kNone);
}

}  // namespace wasmrun::interp
