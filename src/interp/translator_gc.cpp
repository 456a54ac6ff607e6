// The translator's instructions on objects and i31, and casts. Handlers are found by the order of the rows in
// handlers_gc.def.
#include <algorithm>

#include "gc/cast.h"
#include "gc/heap_core.h"
#include "interp/bodies_gc.h"
#include "interp/translator.h"

namespace wasmrun::interp {

namespace slot_calls = runtime::slot_calls;

using gc::Storage;
using wasm::Opcode;
using wasm::TypeKind;
using wasm::ValType;

namespace {

using enum HandlerId;

u32 low(u64 bits) { return static_cast<u32>(bits); }
u32 high(u64 bits) { return static_cast<u32>(bits >> 32); }

/// The first handler that reads a field or element into a slot. Of those that follow, each shape has one more for the
/// accumulator; but vectors have a single handler.
HandlerId firstGet(HandlerId first8S, u32 shapes, Storage storage, bool isSigned, TypeKind kind) {
  const auto at = [&](u32 row) { return first8S + row * shapes * 2; };
  switch (storage) {
    case Storage::Bits8: return at(isSigned ? 0 : 1);
    case Storage::Bits16: return at(isSigned ? 2 : 3);
    case Storage::Ref: return at(4);
    case Storage::Bits32: return at(kind == TypeKind::F32 ? 6 : 4);
    case Storage::Bits64: return at(kind == TypeKind::F64 ? 7 : 5);
    case Storage::Func: return at(8);
    case Storage::Bits128: return at(9);
  }
  std::unreachable();
}
static_assert(StructGet8S_ss + 9 * 4 == StructGet128_ss && ArrayGet8S_sss + 9 * 10 == ArrayGet128_sss);

/// The first handler that writes one from a slot, of so many for each storage.
HandlerId firstSet(HandlerId first8, u32 shapes, Storage storage) {
  switch (storage) {
    case Storage::Bits8: return first8;
    case Storage::Bits16: return first8 + shapes;
    case Storage::Bits32: return first8 + 2 * shapes;
    case Storage::Bits64: return first8 + 3 * shapes;
    case Storage::Ref: return first8 + 4 * shapes;
    case Storage::Func: return first8 + 5 * shapes;
    case Storage::Bits128: return first8 + (6 * shapes + 2);
  }
  std::unreachable();
}
static_assert(StructSet8_ss + (6 * 5 + 2) == StructSet128_ss && ArraySet8_sss + (6 * 9 + 2) == ArraySet128_sss);

/// The position of an array.set's handler, by where its operands are; they are such that it has one.
u32 arraySetShape(Loc array, Loc index, Loc value) {
  const u32 valueIndex = static_cast<u32>(value);
  if (array == Loc::A) return 8;
  if (index == Loc::K) return 5 + valueIndex;
  return index == Loc::A ? 3 + (value == Loc::K ? 1 : 0) : valueIndex;
}

/// Handlers of NewOfWords by how many values there are and which are constants (bit i: value i); kNone: there is none.
struct WordsHandler {
  u32 count;
  u32 constants;
  HandlerId ofStruct, ofArray;
};
constexpr WordsHandler kWordsHandlers[] = {
    {1, 0b0, StructNew_s, ArrayNewFixed_s},       {1, 0b1, StructNew_k, ArrayNewFixed_k},
    {2, 0b00, StructNew_ss, ArrayNewFixed_ss},    {2, 0b10, StructNew_sk, kNone},
    {2, 0b01, StructNew_ks, ArrayNewFixed_ks},    {2, 0b11, StructNew_kk, kNone},
    {3, 0b000, StructNew_sss, ArrayNewFixed_sss}, {3, 0b100, StructNew_ssk, kNone},
    {3, 0b001, StructNew_kss, ArrayNewFixed_kss}, {4, 0b0000, StructNew_ssss, ArrayNewFixed_ssss},
    {4, 0b0001, kNone, ArrayNewFixed_ksss},       {5, 0b00000, StructNew_sssss, kNone},
};
constexpr u32 kMostWords = 5;

HandlerId wordsHandler(u32 count, u32 constants, bool isArray) {
  for (const WordsHandler& row : kWordsHandlers)
    if (row.count == count && row.constants == constants) return isArray ? row.ofArray : row.ofStruct;
  return kNone;
}

/// Whether a struct's fields are words, one after the other behind the type word.
bool isOfWords(const gc::Layout& layout) {
  for (size_t i = 0; i < layout.fields.size(); ++i) {
    const gc::FieldPlace field = layout.fields[i];
    if (field.storage != Storage::Bits32 && field.storage != Storage::Ref) return false;
    if (field.offset != sizeof(u32) * (i + 1)) return false;
  }
  return true;
}

bool hasVector(const gc::Layout& layout) {
  return std::ranges::any_of(layout.fields, [](gc::FieldPlace field) { return field.storage == Storage::Bits128; });
}

// The order of handlers that ask the same of a reference.
constexpr u32 kCheckedAs = 2, kCheckedSs = 4, kTestSs = 5, kBranch = 9, kBranchNot = 11, kCastHandlers = 13;
static_assert(CheckIsInstance_s + kTestSs == TestIsInstance_ss && CheckIsInstance_s + kBranchNot == BrNotIsInstance_s &&
              CheckIsInstance_s + kCastHandlers == CheckIsIn_s && CheckIsIn_s + kCastHandlers == CheckIsI31_s &&
              CheckIsI31_s + kCastHandlers == CheckIsNotNull_s && CheckIsNotNull_s + kCheckedSs == CheckedIsNotNull_ss);

}  // namespace

void Translator::gc(Opcode opcode, const wasm::GcImmediates& immediates) {
  const u32 type = immediates.type.value, index = immediates.index;
  switch (opcode) {
    case Opcode::RefTest:
    case Opcode::RefTestNull: return refTest(immediates.to);
    case Opcode::RefCast:
    case Opcode::RefCastNull: return refCast(immediates.to);
    case Opcode::BrOnCast: return brOnCast(immediates, true);
    case Opcode::BrOnCastFail: return brOnCast(immediates, false);
    // Conversions between any and extern keep the reference's bits.
    case Opcode::AnyConvertExtern:
    case Opcode::ExternConvertAny: return;
    case Opcode::RefI31: return refI31();
    case Opcode::I31GetS: return convert(I31GetS_ss, TypeKind::I32);
    case Opcode::I31GetU: return convert(I31GetU_ss, TypeKind::I32);
    case Opcode::ArrayLen: return convert(ArrayLen_ss, TypeKind::I32);
    case Opcode::StructNew: return structNew(immediates);
    case Opcode::StructNewDefault: return structNewDefault(immediates);
    case Opcode::StructGet:
    case Opcode::StructGetU: return structGet(immediates, false);
    case Opcode::StructGetS: return structGet(immediates, true);
    case Opcode::StructSet: return structSet(immediates);
    case Opcode::ArrayNew: return arrayNew(immediates);
    case Opcode::ArrayNewDefault: return arrayNewDefault(immediates);
    case Opcode::ArrayNewFixed: return arrayNewFixed(immediates);
    case Opcode::ArrayNewData: return slow(slot_calls::arrayNewData, 2, {TypeKind::Ref}, type, index);
    case Opcode::ArrayNewElem: return slow(slot_calls::arrayNewElem, 2, {TypeKind::Ref}, type, index);
    case Opcode::ArrayGet:
    case Opcode::ArrayGetU: return arrayGet(immediates, false);
    case Opcode::ArrayGetS: return arrayGet(immediates, true);
    case Opcode::ArraySet: return arraySet(immediates);
    case Opcode::ArrayFill: return slow(slot_calls::arrayFill, 4, {}, type, 0);
    case Opcode::ArrayCopy: return slow(slot_calls::arrayCopy, 5, {}, 0, 0);
    case Opcode::ArrayInitData: return slow(slot_calls::arrayInitData, 4, {}, type, index);
    case Opcode::ArrayInitElem: return slow(slot_calls::arrayInitElem, 4, {}, type, index);
    default: CHECK(false, "all instructions of the GC proposal are translated");
  }
}

// -- Operands and results --------------------------------------------------------------------------------------------

const gc::Layout& Translator::layoutOf(wasm::TypeId type) const { return code_.layouts()->of(type); }

/// The kind of a field's or element's value on the stack.
TypeKind Translator::fieldKind(const wasm::GcImmediates& immediates, u32 field) const {
  return kindOf(module_.registry().get(immediates.type).fields[field].storage.unpacked());
}

/// Where to read popped operands from. At most one of them is in an accumulator: the one that the last instruction can
/// leave there, else the first that is there anyway. Constants stay constants.
void Translator::placeOperands(std::span<const Value> values, std::span<Place> places) {
  size_t inAccumulator = values.size();
  for (size_t i = 0; i < values.size(); ++i)
    if (fitsAccumulator(values[i])) inAccumulator = i;
  const bool isLeftThere = inAccumulator != values.size();
  for (size_t i = 0; i < values.size(); ++i) {
    places[i] = bestPlace(values[i], i == inAccumulator);
    if (places[i].loc != Loc::A || i == inAccumulator) continue;
    if (inAccumulator == values.size())
      inAccumulator = i;
    else
      places[i].loc = Loc::S;
  }
  if (isLeftThere) emitter_.lastToAccumulator();
}

/// A constant operand goes to its slot.
void Translator::toSlot(Place& place, const Value& value) {
  if (place.loc == Loc::K) place = {Loc::S, slotOf(value), 0};
}

/// Whether a constant can be written to such a field from an instruction's 32 bits.
bool Translator::fitsField(Storage storage, u64 bits) {
  return gc::sizeLog2(storage) < 3 || fitsConst(TypeKind::I64, bits);
}

/// Emits an instruction of the operands in units_, and its result.
void Translator::emitWithResult(HandlerId id, TypeKind kind, HandlerId toAccumulator) {
  const u32 resultUnit = static_cast<u32>(units_.size());
  units_.push_back(stack_.nextSlot());
  noteResult(emit(id, units_), id, resultUnit, kind, toAccumulator);
}

/// One operand becomes a result: handlers ss sa as aa.
void Translator::convert(HandlerId first, TypeKind result) {
  const Place place = takePlace(pop());
  units_.clear();
  if (place.loc == Loc::S) units_.push_back(place.slot);
  const HandlerId id = first + (place.loc == Loc::A ? 2 : 0);
  emitWithResult(id, result, id + 1);
}

void Translator::refI31() {
  const Value value = stack_.fromTop(0);
  if (value.kind != Value::Const) return convert(RefI31_ss, TypeKind::Ref);
  pop();
  stack_.pushConst(TypeKind::Ref, gc::Ref::i31(low(value.bits)).slot());
}

// -- Fields and elements ---------------------------------------------------------------------------------------------

void Translator::structGet(const wasm::GcImmediates& immediates, bool isSigned) {
  const gc::FieldPlace field = layoutOf(immediates.type).fields[immediates.index];
  const TypeKind kind = fieldKind(immediates, immediates.index);
  const Value object = pop();
  const bool isVector = field.storage == Storage::Bits128;
  const Place place = isVector ? Place{Loc::S, slotOf(object), 0} : takePlace(object);
  units_.clear();
  if (place.loc == Loc::S) units_.push_back(place.slot);
  units_.push_back(field.offset);
  const HandlerId id = firstGet(StructGet8S_ss, 2, field.storage, isSigned, kind) + (place.loc == Loc::A ? 2 : 0);
  emitWithResult(id, kind, isVector ? kNone : id + 1);
}

void Translator::structSet(const wasm::GcImmediates& immediates) {
  const gc::FieldPlace field = layoutOf(immediates.type).fields[immediates.index];
  const Value value = pop(), object = pop();
  if (field.storage == Storage::Bits128) {
    const u32 from = slotOf(value), to = slotOf(object);
    emit(StructSet128_ss, {to, from, field.offset});
    return;
  }
  Place places[2];
  placeOperands(std::array{object, value}, places);
  auto& [to, from] = places;
  toSlot(to, object);
  if (!fitsField(field.storage, from.bits)) toSlot(from, value);
  units_.clear();
  for (const Place& place : places) appendUnits(units_, place, TypeKind::I64);
  units_.push_back(field.offset);
  HandlerId id =
      firstSet(StructSet8_ss, 5, field.storage) + static_cast<u32>(shapeIndex(Form::Compare, to.loc, from.loc));
  if (from.loc == Loc::A && value.isFloatOrVector())
    id = value.type == TypeKind::F32 ? StructSetF32_sa : StructSetF64_sa;
  emit(id, units_);
}

void Translator::arrayGet(const wasm::GcImmediates& immediates, bool isSigned) {
  const Storage storage = layoutOf(immediates.type).element;
  const TypeKind kind = fieldKind(immediates, 0);
  const Value index = pop(), array = pop();
  if (storage == Storage::Bits128) {
    units_ = {slotOf(array), slotOf(index)};
    return emitWithResult(ArrayGet128_sss, kind, kNone);
  }
  Place places[2];
  placeOperands(std::array{array, index}, places);
  toSlot(places[0], array);
  units_.clear();
  for (const Place& place : places) appendUnits(units_, place, TypeKind::I32);
  const u32 shape = static_cast<u32>(shapeIndex(Form::Compare, places[0].loc, places[1].loc));
  const HandlerId id = firstGet(ArrayGet8S_sss, 5, storage, isSigned, kind) + shape * 2;
  emitWithResult(id, kind, id + 1);
}

void Translator::arraySet(const wasm::GcImmediates& immediates) {
  const Storage storage = layoutOf(immediates.type).element;
  const Value value = pop(), index = pop(), array = pop();
  if (storage == Storage::Bits128) {
    const u32 from = slotOf(value), by = slotOf(index), to = slotOf(array);
    emit(ArraySet128_sss, {to, by, from});
    return;
  }
  Place places[3];
  placeOperands(std::array{array, index, value}, places);
  auto& [to, by, from] = places;
  const bool isFloatInAccumulator = from.loc == Loc::A && value.isFloatOrVector();
  toSlot(to, array);
  if (to.loc == Loc::A || isFloatInAccumulator) toSlot(by, index);
  if (to.loc == Loc::A || !fitsField(storage, from.bits)) toSlot(from, value);
  units_.clear();
  for (const Place& place : places) appendUnits(units_, place, TypeKind::I64);
  HandlerId id = firstSet(ArraySet8_sss, 9, storage) + arraySetShape(to.loc, by.loc, from.loc);
  if (isFloatInAccumulator) id = value.type == TypeKind::F32 ? ArraySetF32_ssa : ArraySetF64_ssa;
  emit(id, units_);
}

// -- Making objects --------------------------------------------------------------------------------------------------

/// Begins the operands of an instruction that makes an object: all that may be stopped at have the same beginning.
void Translator::beginNew(const gc::Layout& layout) {
  const u64 address = reinterpret_cast<u64>(&layout);
  units_ = {low(address), high(address), std::max(stack_.maxSlot(), stack_.nextSlot() + 1)};
}

/// An object of the `count` operands on top as words, read where they are; constants that no handler takes get into
/// their slots.
void Translator::newOfWords(const gc::Layout& layout, u32 count) {
  const bool isArray = layout.kind == gc::ObjectKind::Array;
  u32 constants = 0;
  for (u32 i = 0; i < count; ++i)
    if (stack_.fromTop(count - 1 - i).kind == Value::Const) constants |= 1u << i;
  HandlerId id = wordsHandler(count, constants, isArray);
  if (id == kNone) {
    id = wordsHandler(count, 0, isArray);
    for (u32 i = 0; i < count; ++i)
      if (constants >> i & 1) materialize(stack_.fromTop(count - 1 - i));
    constants = 0;
  }
  noteStop(0);
  beginNew(layout);
  for (u32 i = 0; i < count; ++i) {
    const Value& value = stack_.fromTop(count - 1 - i);
    const bool isInOwnSlot = value.kind == Value::Const && (constants >> i & 1) == 0;
    units_.push_back(isInOwnSlot ? value.slot : value.kind == Value::Const ? low(value.bits) : placeOf(value).slot);
  }
  for (u32 i = 0; i < count; ++i) pop();
  emitWithResult(id, TypeKind::Ref, kNone);
}

void Translator::structNew(const wasm::GcImmediates& immediates) {
  const gc::Layout& layout = layoutOf(immediates.type);
  const u32 count = static_cast<u32>(layout.fields.size());
  if (count == 0) return structNewDefault(immediates);
  if (layout.size > gc::kSmallBytes || hasVector(layout))
    return slow(slot_calls::structNew, count, {TypeKind::Ref}, immediates.type.value, 0);
  if (count <= kMostWords && isOfWords(layout)) return newOfWords(layout, count);
  materializeTop(count);
  noteStop(0);
  beginNew(layout);
  units_.push_back(topSlot(count));
  for (u32 i = 0; i < count; ++i) pop();
  emitWithResult(StructNewAny, TypeKind::Ref, kNone);
}

void Translator::structNewDefault(const wasm::GcImmediates& immediates) {
  const gc::Layout& layout = layoutOf(immediates.type);
  if (layout.size > kFilledInline)
    return slow(slot_calls::structNewDefault, 0, {TypeKind::Ref}, immediates.type.value, 0);
  noteStop(0);
  beginNew(layout);
  emitWithResult(HandlerId::StructNewDefault, TypeKind::Ref, kNone);
}

void Translator::arrayNew(const wasm::GcImmediates& immediates) {
  const gc::Layout& layout = layoutOf(immediates.type);
  if (layout.element == Storage::Bits128 || layout.element == Storage::Func)
    return slow(slot_calls::arrayNew, 2, {TypeKind::Ref}, immediates.type.value, 0);
  // The element is read from a slot, after what may collect.
  const Value length = stack_.fromTop(0), element = stack_.fromTop(1);
  const bool isInAccumulator = takeInAccumulator(length);
  if (element.kind == Value::Const) materialize(element);
  noteStop(0);
  pop();
  pop();
  beginNew(layout);
  units_.push_back(element.kind == Value::Local ? placeOf(element).slot : element.slot);
  emitArrayNew(ArrayNew_s, length, isInAccumulator);
}

void Translator::arrayNewDefault(const wasm::GcImmediates& immediates) {
  const gc::Layout& layout = layoutOf(immediates.type);
  const Value length = stack_.fromTop(0);
  const bool isInAccumulator = takeInAccumulator(length);
  noteStop(0);
  pop();
  beginNew(layout);
  emitArrayNew(ArrayNewDefault_s, length, isInAccumulator);
}

/// The last operand, and the instruction: handlers s a k of the length.
void Translator::emitArrayNew(HandlerId first, const Value& length, bool isInAccumulator) {
  const Loc loc = isInAccumulator ? Loc::A : placeOf(length).loc;
  if (loc != Loc::A) units_.push_back(loc == Loc::K ? low(length.bits) : placeOf(length).slot);
  emitWithResult(first + static_cast<u32>(loc), TypeKind::Ref, kNone);
}

void Translator::arrayNewFixed(const wasm::GcImmediates& immediates) {
  const gc::Layout& layout = layoutOf(immediates.type);
  const u32 count = immediates.index;
  if (layout.element == Storage::Bits128 || layout.element == Storage::Func)
    return slow(slot_calls::arrayNewFixed, count, {TypeKind::Ref}, immediates.type.value, count);
  if (gc::sizeLog2(layout.element) == 2 && wordsHandler(count, 0, true) != kNone) return newOfWords(layout, count);
  materializeTop(count);
  noteStop(0);
  beginNew(layout);
  units_.push_back(topSlot(count));
  units_.push_back(count);
  for (u32 i = 0; i < count; ++i) pop();
  emitWithResult(ArrayNewFixedAny, TypeKind::Ref, kNone);
}

// -- Casts -----------------------------------------------------------------------------------------------------------

/// How handlers ask whether a reference is of a type. None for functions' types, and where there may be no heap to look
/// at: then C++ does it.
std::optional<Translator::Question> Translator::questionFor(ValType type) const {
  const wasm::HeapType heap = type.heap();
  if (module_.registry().topOf(heap) == wasm::HeapType::Func) return {};
  if (heap == wasm::HeapType::I31 && !type.isNullable()) return Question{CheckIsI31_s, {}, 0};
  if (code_.layouts() == nullptr) return {};
  if (!heap.isConcrete()) return Question{CheckIsIn_s, {gc::abstractSet(type)}, 1};
  const gc::CastTarget target = gc::CastTarget::of(module_.registry(), heap);
  return Question{CheckIsInstance_s, {target.type, target.depth << 1 | (type.isNullable() ? 1u : 0u)}, 2};
}

void Translator::appendQuestion(const Question& question) {
  units_.insert(units_.end(), question.asked, question.asked + question.count);
}

/// Traps unless the answer is yes. The reference stays where it is; what the last instruction computed goes through the
/// accumulator, so that it can still be put elsewhere.
void Translator::check(const Question& question) {
  const Value value = stack_.fromTop(0);
  units_.clear();
  if (fitsAccumulator(value)) {
    pop();
    emitter_.lastToAccumulator();
    appendQuestion(question);
    const HandlerId id = question.first + kCheckedAs;
    return emitWithResult(id, value.type, id + 1);
  }
  Place place = bestPlace(value, false);
  toSlot(place, value);
  if (place.loc == Loc::S) units_.push_back(place.slot);
  appendQuestion(question);
  const HandlerId id = question.first + (place.loc == Loc::A ? 1 : 0);
  Emitter::Last& last = emitter_.noteLast(emit(id, units_), id, Emitter::kNone);
  if (place.loc == Loc::S) last.toSlot = question.first + kCheckedSs;
  last.a = place;
}

void Translator::refCast(ValType type) {
  const std::optional<Question> question = questionFor(type);
  if (!question) return slow(slot_calls::refCast, 1, {kindOf(type)}, type.bits(), 0);
  check(*question);
}

void Translator::refAsNonNull() { check({CheckIsNotNull_s, {}, 0}); }

void Translator::refTest(ValType type) {
  const std::optional<Question> question = questionFor(type);
  if (!question) return slow(slot_calls::refTest, 1, {TypeKind::I32}, type.bits(), 0);
  const Place place = takePlace(pop());
  units_.clear();
  if (place.loc == Loc::S) units_.push_back(place.slot);
  appendQuestion(*question);
  const HandlerId id = question->first + kTestSs + (place.loc == Loc::A ? 2 : 0);
  emitWithResult(id, TypeKind::I32, id + 1);
  emitter_.last().a = place;
  emitter_.last().question = *question;
}

/// Branches on the answer of a question about the reference at `place`.
void Translator::branchOnCast(const Question& question, const Place& place, bool whenTrue, LabelId label) {
  // Handlers branch forward only.
  if (emitter_.isBound(label)) {
    const LabelId past = emitter_.makeLabel();
    branchOnCast(question, place, !whenTrue, past);
    emitJump(label);
    return emitter_.bind(past);
  }
  units_.clear();
  if (place.loc == Loc::S) units_.push_back(place.slot);
  appendQuestion(question);
  const u32 unit = static_cast<u32>(units_.size());
  units_.push_back(0);
  const HandlerId id = question.first + (whenTrue ? kBranch : kBranchNot) + (place.loc == Loc::A ? 1 : 0);
  emitter_.refer(label, emit(id, units_), unit);
}

/// The reference stays on the stack either way. A branch that is expected to be taken goes to its label at once; one
/// that is not skips the moves of its operands.
void Translator::brOnCast(const wasm::GcImmediates& immediates, bool whenMatches) {
  const std::optional<Question> question = questionFor(immediates.to);
  if (!question) return brOnCastSlow(immediates, whenMatches);
  const Frame& target = frame(immediates.depth);
  settleCarried(target);
  Place place = bestPlace(stack_.fromTop(0), false);
  toSlot(place, stack_.fromTop(0));
  if (whenMatches) materializeTop(1);
  if (target.kind != wasm::ControlKind::Function && labelIsInPlace(target)) {
    branchOnCast(*question, place, whenMatches, target.label);
  } else {
    const LabelId past = emitter_.makeLabel();
    branchOnCast(*question, place, !whenMatches, past);
    jumpTo(immediates.depth, false);
    emitter_.bind(past);
  }
  beginFuelBlock();
}

/// A copy of the reference is tested.
void Translator::brOnCastSlow(const wasm::GcImmediates& immediates, bool whenMatches) {
  materializeTop(1);
  settleCarried(frame(immediates.depth));
  const u32 reference = stack_.fromTop(0).slot;
  const u32 copy = stack_.pushSlot(stack_.fromTop(0).type).slot;
  emitter_.move(reference, copy);
  slow(slot_calls::refTest, 1, {TypeKind::I32}, immediates.to.bits(), 0);
  const Value matches = pop();
  const LabelId past = emitter_.makeLabel();
  branchOnValue(matches, false, !whenMatches, past);
  jumpTo(immediates.depth, false);
  emitter_.bind(past);
  beginFuelBlock();
}

}  // namespace wasmrun::interp
