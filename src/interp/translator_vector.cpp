// Vectors beyond what translator.cpp's families cover, atomic accesses, and wide arithmetic.
#include <algorithm>

#include "interp/bodies_atomic.h"
#include "interp/translator.h"

namespace wasmrun::interp {

using wasm::Opcode;
using wasm::TypeKind;

namespace {

u32 low(u64 bits) { return static_cast<u32>(bits); }
u32 high(u64 bits) { return static_cast<u32>(bits >> 32); }

const wasm::OpcodeSignature& signature(Opcode opcode) { return wasm::info(opcode).signature; }

}  // namespace

/// Where to read a popped operand: from the accumulator if it can be had there. A constant is put into its slot.
Place Translator::takePlace(const Value& value) {
  const bool last = fitsAccumulator(value);
  const Place place = bestPlace(value, last);
  if (last) emitter_.lastToAccumulator();
  return place.loc == Loc::K ? Place{Loc::S, slotOf(value), 0} : place;
}

/// The same for two operands, of which one may be in its accumulator: one that has no slot, if any.
void Translator::takePlaces(const Value& a, const Value& b, Place (&places)[2]) {
  const bool isALast = fitsAccumulator(a);
  if (isALast) places[0] = takePlace(a);
  places[1] = takePlace(b);
  if (!isALast) places[0] = takePlace(a);
  if (places[0].loc == Loc::A && places[1].loc == Loc::A) (isALast ? places[1] : places[0]).loc = Loc::S;
}

// -- Vectors ---------------------------------------------------------------------------------------------------------

void Translator::ternary(Opcode opcode, Family found) {
  const Value c = pop(), b = pop(), a = pop();
  // The accumulator may hold the first or the last operand.
  Place places[2];
  takePlaces(a, c, places);
  const bool inA = places[0].loc == Loc::A, inC = places[1].loc == Loc::A;
  units_.clear();
  if (!inA) units_.push_back(slotOf(a));
  units_.push_back(slotOf(b));
  if (!inC) units_.push_back(slotOf(c));
  const u32 resultUnit = static_cast<u32>(units_.size());
  units_.push_back(stack_.nextSlot());
  const HandlerId id = found.first + (inC ? 2 : inA ? 4 : 0);
  const u32 at = emit(id, units_);
  noteResult(at, id, resultUnit, TypeKind::V128, id + 1);
}

void Translator::lane(Opcode opcode, u8 lane) {
  const Family found = family(opcode);
  const TypeKind result = signature(opcode).results[0];
  if (found.form == Form::ExtractLane) {
    const u32 vector = slotOf(pop());
    const u32 at = emit(found.first, {vector, lane, stack_.nextSlot()});
    return noteResult(at, found.first, 2, result, found.first + 1);
  }
  const Value value = pop(), vector = pop();
  Place places[2];
  takePlaces(vector, value, places);
  units_.clear();
  for (const Place& place : places) appendUnits(units_, place, result);
  units_.push_back(lane);
  const u32 resultUnit = static_cast<u32>(units_.size());
  units_.push_back(stack_.nextSlot());
  const HandlerId id = found.first + static_cast<u32>(shapeIndex(found.form, places[0].loc, places[1].loc)) * 2;
  const u32 at = emit(id, units_);
  noteResult(at, id, resultUnit, result, id + 1);
}

void Translator::shuffle(const u8* lanes) {
  const Value b = pop(), a = pop();
  const bool isSame = a.kind == Value::Local && b.kind == Value::Local && a.local() == b.local();
  if (isSame || std::all_of(lanes, lanes + 16, [](u8 lane) { return lane < 16; })) return permute(a, lanes);
  if (std::all_of(lanes, lanes + 16, [](u8 lane) { return lane >= 16; })) return permute(b, lanes);
  // Lanes of the other operand get a number past all lanes.
  u8 numbers[32];
  for (u32 i = 0; i < 16; ++i) {
    numbers[i] = lanes[i] < 16 ? lanes[i] : 0x80;
    numbers[16 + i] = lanes[i] < 16 ? 0x80 : static_cast<u8>(lanes[i] - 16);
  }
  Place places[2];
  takePlaces(a, b, places);
  units_.clear();
  for (const Place& place : places) appendUnits(units_, place, TypeKind::V128);
  const u32 first = static_cast<u32>(units_.size());
  units_.resize(first + 8);
  std::memcpy(units_.data() + first, numbers, sizeof numbers);
  units_.push_back(stack_.nextSlot());
  const HandlerId id =
      HandlerId::I8x16Shuffle_sss + static_cast<u32>(shapeIndex(Form::Vector, places[0].loc, places[1].loc)) * 2;
  const u32 at = emit(id, units_);
  noteResult(at, id, first + 8, TypeKind::V128, id + 1);
}

/// A shuffle of one vector's lanes.
void Translator::permute(const Value& value, const u8* lanes) {
  const Place place = takePlace(value);
  u8 numbers[16];
  for (u32 i = 0; i < 16; ++i) numbers[i] = lanes[i] & 15;
  units_.clear();
  appendUnits(units_, place, TypeKind::V128);
  const u32 first = static_cast<u32>(units_.size());
  units_.resize(first + 4);
  std::memcpy(units_.data() + first, numbers, sizeof numbers);
  units_.push_back(stack_.nextSlot());
  const HandlerId id = HandlerId::I8x16Permute_ss + (place.loc == Loc::A ? 2 : 0);
  const u32 at = emit(id, units_);
  noteResult(at, id, first + 4, TypeKind::V128, id + 1);
}

void Translator::loadLane(Opcode opcode, const wasm::MemArg& arg, u8 lane) {
  const Family found = family(opcode);
  const Value vector = pop(), base = pop();
  if (!isFast(arg)) {
    const HandlerId id = found.first + 4;
    const u32 from = slotOf(base), old = slotOf(vector);
    const u32 at = emit(id, {from, arg.memory.value, low(arg.offset), high(arg.offset), old, lane, stack_.nextSlot()});
    return noteResult(at, id, 6, TypeKind::V128, HandlerId::kNone);
  }
  const Place place = takePlace(vector);
  units_.clear();
  units_.push_back(slotOf(base));
  units_.push_back(low(arg.offset));
  appendUnits(units_, place, TypeKind::V128);
  units_.push_back(lane);
  const u32 resultUnit = static_cast<u32>(units_.size());
  units_.push_back(stack_.nextSlot());
  const HandlerId id = found.first + (place.loc == Loc::A ? 2 : 0);
  const u32 at = emit(id, units_);
  noteResult(at, id, resultUnit, TypeKind::V128, id + 1);
}

void Translator::storeLane(Opcode opcode, const wasm::MemArg& arg, u8 lane) {
  const Family found = family(opcode);
  const Value vector = pop(), base = pop();
  const u32 from = slotOf(vector), to = slotOf(base);
  if (isFast(arg))
    emit(found.first, {to, low(arg.offset), from, lane});
  else
    emit(found.first + 1, {to, arg.memory.value, low(arg.offset), high(arg.offset), from, lane});
}

// -- Atomic accesses -------------------------------------------------------------------------------------------------

void Translator::atomic(Opcode opcode, const wasm::MemArg& arg) {
  switch (opcode) {
    case Opcode::MemoryAtomicNotify: return waitOrNotify(atomicNotify, 2, arg);
    case Opcode::MemoryAtomicWait32: return waitOrNotify(atomicWait32, 3, arg);
    case Opcode::MemoryAtomicWait64: return waitOrNotify(atomicWait64, 3, arg);
    default: break;
  }
  const HandlerId id = family(opcode).first;
  const u32 values = signature(opcode).paramCount - 1u;
  u32 slots[2] = {};
  for (u32 i = values; i-- > 0;) slots[i] = slotOf(pop());
  const u32 base = slotOf(pop());
  units_ = {base, arg.memory.value, low(arg.offset), high(arg.offset)};
  for (u32 i = 0; i < values; ++i) units_.push_back(slots[i]);
  if (signature(opcode).resultCount == 0) {
    emit(id, units_);
    return;
  }
  units_.push_back(stack_.nextSlot());
  const u32 at = emit(id, units_);
  noteResult(at, id, 4 + values, signature(opcode).results[0], HandlerId::kNone);
}

void Translator::waitOrNotify(AtomicFunction function, u32 operands, const wasm::MemArg& arg) {
  materializeTop(operands);
  const u32 slot = topSlot(operands);
  noteStop(0);
  for (u32 i = 0; i < operands; ++i) pop();
  stack_.pushSlot(TypeKind::I32);
  const u64 address = reinterpret_cast<u64>(function);
  emit(HandlerId::CallSlowAtomic,
       {slot, stack_.maxSlot(), low(address), high(address), arg.memory.value, low(arg.offset), high(arg.offset)});
}

// -- Wide arithmetic -------------------------------------------------------------------------------------------------

void Translator::wide(Opcode opcode, Family found) {
  const u32 operands = signature(opcode).paramCount;
  units_.assign(operands, 0);
  for (u32 i = operands; i-- > 0;) units_[i] = slotOf(pop());
  // Two results, one above the other.
  units_.push_back(stack_.nextSlot());
  emit(found.first, units_);
  stack_.pushSlot(TypeKind::I64);
  stack_.pushSlot(TypeKind::I64);
}

}  // namespace wasmrun::interp
