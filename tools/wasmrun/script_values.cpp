#include "script_values.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace wasmrun::cli {

using script::Number;
using script::Reference;

// -- Numbers ---------------------------------------------------------------------------------------------------------

template <class T>
static T firstLane(const Number& number) {
  T value;
  std::memcpy(&value, number.bytes.data(), sizeof(T));
  return value;
}

static Value toValue(const Number& number) {
  switch (number.shape) {
    case Number::Shape::I32: return firstLane<int32_t>(number);
    case Number::Shape::I64: return firstLane<int64_t>(number);
    case Number::Shape::F32: return firstLane<float>(number);
    case Number::Shape::F64: return firstLane<double>(number);
    default: return V128{number.bytes};
  }
}

template <class T>
static Number toNumber(Number::Shape shape, const T& value) {
  Number number{.shape = shape};
  std::memcpy(number.bytes.data(), &value, sizeof value);
  return number;
}

/// A number or vector as scripts have it; a vector in the given shape.
static Number toNumber(const Value& value, Number::Shape vectorShape) {
  switch (value.kind()) {
    case ValKind::I64: return toNumber(Number::Shape::I64, value.i64());
    case ValKind::F32: return toNumber(Number::Shape::F32, value.f32());
    case ValKind::F64: return toNumber(Number::Shape::F64, value.f64());
    case ValKind::V128: return toNumber(vectorShape, value.v128());
    default: return toNumber(Number::Shape::I32, value.i32());
  }
}

/// Whether bits are a NaN of the class (spec: syntax/values). Canonical ones have the quiet bit alone in their
/// fraction, arithmetic ones have at least that; their signs may be either.
static bool isNan(uint64_t bits, uint32_t laneSize, Number::Nan nan) {
  const uint64_t quiet = laneSize == 4 ? uint64_t{0x7fc00000} : uint64_t{0x7ff8} << 48;
  const uint64_t sign = uint64_t{1} << (laneSize * 8 - 1);
  return nan == Number::Nan::Canonical ? (bits & ~sign) == quiet : (bits & quiet) == quiet;
}

static bool matches(const Value& result, const Number& expected) {
  const Number::Shape shape = expected.isVector() ? expected.shape : Number::Shape::I8x16;
  if (result.type().isRef() || toNumber(result, shape).shape != expected.shape) return false;
  const Number actual = toNumber(result, shape);
  for (uint32_t i = 0; i < expected.laneCount(); i++) {
    const Number::Nan nan = expected.isFloat() ? expected.nan[i] : Number::Nan::Exact;
    const uint64_t bits = actual.lane(i);
    if (nan == Number::Nan::Exact ? bits != expected.lane(i) : !isNan(bits, expected.laneSize(), nan)) return false;
  }
  return true;
}

// -- References ------------------------------------------------------------------------------------------------------

namespace {

/// What `(ref.extern N)` refers to.
struct NumberedObject {
  uint32_t number;
};

/// What an i31 keeps of a number.
constexpr uint32_t kI31Mask = 0x7fffffff;

/// A word behind `ref.`, and the type at the top of its hierarchy.
struct HeapWord {
  std::string_view word;
  HeapKind heap;
  HeapKind top;
};

constexpr HeapWord kHeapWords[] = {
    {"func", HeapKind::Func, HeapKind::Func},       {"nofunc", HeapKind::NoFunc, HeapKind::Func},
    {"extern", HeapKind::Extern, HeapKind::Extern}, {"noextern", HeapKind::NoExtern, HeapKind::Extern},
    {"exn", HeapKind::Exn, HeapKind::Exn},          {"noexn", HeapKind::NoExn, HeapKind::Exn},
    {"any", HeapKind::Any, HeapKind::Any},          {"eq", HeapKind::Eq, HeapKind::Any},
    {"i31", HeapKind::I31, HeapKind::Any},          {"struct", HeapKind::Struct, HeapKind::Any},
    {"array", HeapKind::Array, HeapKind::Any},      {"none", HeapKind::None, HeapKind::Any},
};

}  // namespace

static const HeapWord* findHeap(std::string_view word) {
  const auto* found =
      std::find_if(std::begin(kHeapWords), std::end(kHeapWords), [&](const HeapWord& row) { return row.word == word; });
  return found == std::end(kHeapWords) ? nullptr : found;
}

/// The host object of a number, as an externref or, for `ref.host`, as wasm has it inside.
static Result<Value> hostObject(StoreRef store, uint32_t number, bool isInternal) {
  auto object = ExternRef::make(store, std::make_shared<NumberedObject>(NumberedObject{number}));
  if (!object) return fail(std::move(object).error());
  if (isInternal) return object->toAny();
  return *std::move(object);
}

static Result<Value> toValue(StoreRef store, const Instance& instance, const Reference& reference) {
  if (reference.isNull) {
    if (const HeapWord* heap = findHeap(reference.heap)) return Value::zero(ValType::ref(heap->heap, true));
  } else if (reference.number && (reference.heap == "extern" || reference.heap == "host")) {
    return hostObject(store, *reference.number, reference.heap == "host");
  } else if (reference.number && reference.heap == "i31") {
    return AnyRef::i31(store, *reference.number);
  } else if (reference.number && reference.heap == "func") {
    auto function = instance.functionAt(*reference.number);
    if (!function) return fail(std::move(function).error());
    return *function;
  }
  return fail(ErrorKind::Usage, script::toString(reference) + " is no value to pass");
}

static bool isNumbered(const ExternRef& object, uint32_t number) {
  auto held = object.get<NumberedObject>();
  return held && held->number == number;
}

/// A reference that is not null, by the word and the number it is expected to have.
static bool matchesObject(const Engine& engine, const Instance& instance, const Value& result,
                          const Reference& expected) {
  if (expected.heap == "host") {
    const ExternRef object = result.anyref().toExtern();
    return expected.number ? isNumbered(object, *expected.number) : object.get<NumberedObject>() != nullptr;
  }
  const HeapWord* heap = findHeap(expected.heap);
  if (!heap || !engine.matches(result.type(), ValType::ref(heap->top, true))) return false;
  if (heap->heap == HeapKind::I31 && expected.number) return result.anyref().asI31() == (*expected.number & kI31Mask);
  if (heap->top == HeapKind::Any) return engine.matches(result.anyref().type(), ValType::ref(heap->heap, false));
  if (!expected.number) return true;
  if (heap->top == HeapKind::Extern) return isNumbered(result.externref(), *expected.number);
  auto function = instance.functionAt(*expected.number);
  return function && *function == result.func();
}

static bool matches(const Engine& engine, const Instance& instance, const Value& result, const Reference& expected) {
  if (!result.type().isRef() || result.isNull() != expected.isNull) return false;
  if (expected.heap.empty()) return true;
  if (!expected.isNull) return matchesObject(engine, instance, result, expected);
  const HeapWord* heap = findHeap(expected.heap);
  return heap && engine.matches(result.type(), ValType::ref(heap->top, true));
}

// -- Either ----------------------------------------------------------------------------------------------------------

Result<Value> toValue(StoreRef store, const Instance& instance, const script::Value& argument) {
  if (const auto* number = std::get_if<Number>(&argument)) return toValue(*number);
  return toValue(store, instance, std::get<Reference>(argument));
}

bool matches(StoreRef store, const Instance& instance, const Value& result, const script::Expected& expected) {
  return std::any_of(expected.begin(), expected.end(), [&](const script::Value& arm) {
    if (const auto* number = std::get_if<Number>(&arm)) return matches(result, *number);
    return matches(store.engine(), instance, result, std::get<Reference>(arm));
  });
}

/// A reference that is not null, if scripts have a way to say which one it is.
static std::optional<Reference> toNumbered(const Engine& engine, const Value& result) {
  if (engine.matches(result.type(), ValType::ref(HeapKind::Extern, true))) {
    auto held = result.externref().get<NumberedObject>();
    return held ? std::optional(Reference{false, "extern", held->number}) : std::nullopt;
  }
  if (!engine.matches(result.type(), ValType::ref(HeapKind::Any, true))) return std::nullopt;
  if (auto payload = result.anyref().asI31()) return Reference{false, "i31", *payload};
  auto held = result.anyref().toExtern().get<NumberedObject>();
  return held ? std::optional(Reference{false, "host", held->number}) : std::nullopt;
}

std::string shownLike(const Engine& engine, const Value& result, const script::Expected& expected) {
  if (result.type().isRef() && !result.isNull()) {
    if (auto numbered = toNumbered(engine, result)) return script::toString(*numbered);
  }
  if (result.type().isRef()) return "(" + result.type().toString() + " " + result.toString() + ")";
  const auto* like = std::get_if<Number>(&expected.front());
  return script::toString(toNumber(result, like && like->isVector() ? like->shape : Number::Shape::I32x4));
}

std::string toString(const script::Expected& expected) {
  constexpr size_t kShownArms = 8;
  std::string text;
  for (size_t i = 0; i < std::min(expected.size(), kShownArms); i++) {
    text += (i ? " " : "") + script::toString(expected[i]);
  }
  if (expected.size() > kShownArms) text += " ...";
  return expected.size() == 1 ? text : "(either " + text + ")";
}

}  // namespace wasmrun::cli
