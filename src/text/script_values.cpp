// Values of scripts as text.
#include <cstring>
#include <utility>

#include "support/int.h"
#include "support/text.h"
#include "text/printed_literals.h"
#include "wasmrun/script.h"

namespace wasmrun::script {

using support::concat;

uint32_t Number::laneSize() const {
  switch (shape) {
    case Shape::I8x16: return 1;
    case Shape::I16x8: return 2;
    case Shape::I32:
    case Shape::F32:
    case Shape::I32x4:
    case Shape::F32x4: return 4;
    case Shape::I64:
    case Shape::F64:
    case Shape::I64x2:
    case Shape::F64x2: return 8;
  }
  std::unreachable();
}

uint64_t Number::lane(uint32_t index) const {
  u64 bits = 0;
  std::memcpy(&bits, &bytes[size_t{index} * laneSize()], laneSize());
  return bits;
}

namespace {

std::string_view head(Number::Shape shape) {
  switch (shape) {
    case Number::Shape::I32: return "i32.const";
    case Number::Shape::I64: return "i64.const";
    case Number::Shape::F32: return "f32.const";
    case Number::Shape::F64: return "f64.const";
    case Number::Shape::I8x16: return "v128.const i8x16";
    case Number::Shape::I16x8: return "v128.const i16x8";
    case Number::Shape::I32x4: return "v128.const i32x4";
    case Number::Shape::I64x2: return "v128.const i64x2";
    case Number::Shape::F32x4: return "v128.const f32x4";
    case Number::Shape::F64x2: return "v128.const f64x2";
  }
  std::unreachable();
}

std::string laneText(const Number& number, u32 index) {
  const u64 bits = number.lane(index);
  if (number.isFloat()) {
    if (number.nan[index] == Number::Nan::Canonical) return "nan:canonical";
    if (number.nan[index] == Number::Nan::Arithmetic) return "nan:arithmetic";
    std::string text;
    number.laneSize() == 4 ? text::printF32(text, static_cast<u32>(bits)) : text::printF64(text, bits);
    return text;
  }
  const u32 unused = 64 - number.laneSize() * 8;
  return std::to_string(static_cast<i64>(bits << unused) >> unused);
}

}  // namespace

std::string toString(const Value& value) {
  if (const auto* number = std::get_if<Number>(&value)) {
    std::string text = concat("(", head(number->shape));
    for (u32 i = 0; i < number->laneCount(); i++) text += concat(" ", laneText(*number, i));
    return text + ")";
  }
  const auto& reference = std::get<Reference>(value);
  if (reference.isNull) return reference.heap.empty() ? "(ref.null)" : concat("(ref.null ", reference.heap, ")");
  std::string text = reference.heap.empty() ? "(ref" : concat("(ref.", reference.heap);
  if (reference.number) text += concat(" ", *reference.number);
  return text + ")";
}

}  // namespace wasmrun::script
