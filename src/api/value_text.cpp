// Values as text: what the command line reads and prints.
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "support/int.h"
#include "support/text.h"
#include "wasmrun/func.h"
#include "wasmrun/value.h"

namespace wasmrun {

using support::concat;

namespace {

bool isHexPrefixed(std::string_view text) { return text.starts_with("0x") || text.starts_with("0X"); }

/// Takes a leading sign; true for '-'.
bool takeSign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

/// A natural number in decimal or, after 0x, hexadecimal; all of `text`.
std::optional<u64> parseNatural(std::string_view text) {
  const bool isHex = isHexPrefixed(text);
  if (isHex) text.remove_prefix(2);
  u64 value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value, isHex ? 16 : 10);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

/// An integer of the signed or unsigned range; its bits.
template <class Bits>
std::optional<Bits> parseInteger(std::string_view text) {
  const bool negative = takeSign(text);
  const auto magnitude = parseNatural(text);
  constexpr u64 kMost = std::numeric_limits<Bits>::max();
  if (!magnitude || *magnitude > (negative ? kMost / 2 + 1 : kMost)) return std::nullopt;
  return static_cast<Bits>(negative ? u64{0} - *magnitude : *magnitude);
}

template <class Float>
struct Layout;
template <>
struct Layout<float> {
  using Bits = u32;
  static constexpr u32 kFraction = 23;
};
template <>
struct Layout<double> {
  using Bits = u64;
  static constexpr u32 kFraction = 52;
};

template <class Float>
constexpr typename Layout<Float>::Bits kFractionMask =
    (typename Layout<Float>::Bits{1} << Layout<Float>::kFraction) - 1;
template <class Float>
constexpr typename Layout<Float>::Bits kQuietBit = typename Layout<Float>::Bits{1} << (Layout<Float>::kFraction - 1);
template <class Float>
constexpr auto kInfinityBits = std::bit_cast<typename Layout<Float>::Bits>(std::numeric_limits<Float>::infinity());

/// The bits of a number without a sign.
template <class Float>
std::optional<typename Layout<Float>::Bits> parseMagnitude(std::string_view text) {
  using Bits = typename Layout<Float>::Bits;
  if (text == "inf") return kInfinityBits<Float>;
  if (text == "nan") return kInfinityBits<Float> | kQuietBit<Float>;
  if (text.starts_with("nan:0x")) {
    const auto payload = parseNatural(text.substr(4));
    if (!payload || *payload == 0 || *payload > kFractionMask<Float>) return std::nullopt;
    return kInfinityBits<Float> | static_cast<Bits>(*payload);
  }
  const bool isHex = isHexPrefixed(text);
  if (isHex) text.remove_prefix(2);
  const bool startsRight = !text.empty() && (isHex ? std::isxdigit(static_cast<u8>(text[0])) != 0
                                                   : (text[0] >= '0' && text[0] <= '9') || text[0] == '.');
  if (!startsRight) return std::nullopt;  // from_chars takes words of its own
  Float value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] =
      std::from_chars(text.data(), end, value, isHex ? std::chars_format::hex : std::chars_format::general);
  if (error != std::errc() || rest != end) return std::nullopt;
  return std::bit_cast<Bits>(value);
}

template <class Float>
std::optional<Float> parseFloat(std::string_view text) {
  using Bits = typename Layout<Float>::Bits;
  const bool negative = takeSign(text);
  const auto bits = parseMagnitude<Float>(text);
  if (!bits) return std::nullopt;
  return std::bit_cast<Float>(negative ? static_cast<Bits>(*bits | Bits{1} << (sizeof(Bits) * 8 - 1)) : *bits);
}

template <class Float>
std::string floatText(Float value) {
  using Bits = typename Layout<Float>::Bits;
  if (std::isnan(value)) {
    const Bits bits = std::bit_cast<Bits>(value), payload = bits & kFractionMask<Float>;
    const char* const sign = std::signbit(value) ? "-" : "";
    return payload == kQuietBit<Float> ? concat(sign, "nan") : concat(sign, "nan:", support::Hex{payload});
  }
  char digits[64];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

/// Four i32 in lane order.
std::optional<V128> parseLanes(std::string_view text) {
  V128 value;
  for (size_t lane = 0; lane < 4; ++lane) {
    const size_t comma = text.find(',');
    if ((comma == std::string_view::npos) != (lane == 3)) return std::nullopt;
    const auto bits = parseInteger<u32>(text.substr(0, comma));
    if (!bits) return std::nullopt;
    std::memcpy(&value.bytes[4 * lane], &*bits, 4);
    text.remove_prefix(lane == 3 ? text.size() : comma + 1);
  }
  return value;
}

std::optional<V128> parseVector(std::string_view text) {
  if (!isHexPrefixed(text)) return parseLanes(text);
  text.remove_prefix(2);
  constexpr size_t kDigits = 32;
  if (text.empty() || text.size() > kDigits) return std::nullopt;
  std::string digits(kDigits - text.size(), '0');
  digits += text;
  const auto high = parseNatural("0x" + digits.substr(0, 16)), low = parseNatural("0x" + digits.substr(16));
  if (!high || !low) return std::nullopt;
  V128 value;
  std::memcpy(&value.bytes[0], &*low, 8);
  std::memcpy(&value.bytes[8], &*high, 8);
  return value;
}

std::string vectorText(const V128& value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "0x";
  for (size_t i = value.bytes.size(); i-- > 0;) {
    text += kDigits[value.bytes[i] >> 4];
    text += kDigits[value.bytes[i] & 15];
  }
  return text;
}

template <class T>
std::optional<Value> asValue(const std::optional<T>& parsed) {
  return parsed ? std::optional<Value>(*parsed) : std::nullopt;
}

std::optional<Value> parseAs(const ValType& type, std::string_view text) {
  switch (type.kind()) {
    case ValKind::I32: return asValue(parseInteger<u32>(text));
    case ValKind::I64: return asValue(parseInteger<u64>(text));
    case ValKind::F32: return asValue(parseFloat<float>(text));
    case ValKind::F64: return asValue(parseFloat<double>(text));
    case ValKind::V128: return asValue(parseVector(text));
    case ValKind::Ref: break;
  }
  return text == "null" && type.isNullable() ? std::optional(Value::zero(type)) : std::nullopt;
}

}  // namespace

Result<Value> Value::parse(const ValType& type, std::string_view text) {
  auto value = parseAs(type, text);
  if (!value) return fail(ErrorKind::Usage, concat(support::quoted(text), " is no value of type ", type.toString()));
  return *std::move(value);
}

std::string Value::toString() const {
  switch (kind()) {
    case ValKind::I32: return std::to_string(i32());
    case ValKind::I64: return std::to_string(i64());
    case ValKind::F32: return floatText(f32());
    case ValKind::F64: return floatText(f64());
    case ValKind::V128: return vectorText(v128());
    case ValKind::Ref: break;
  }
  if (isNull()) return "null";
  if (std::holds_alternative<Handle>(data_)) return concat("func ", func().name());
  const Ref& ref = std::get<Ref>(data_);
  const ValType object = ref.type();
  return object.heap() == HeapKind::Extern ? "extern" : object.toString();
}

}  // namespace wasmrun
