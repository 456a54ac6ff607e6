#include "text/literals.h"

#include <bit>
#include <charconv>
#include <limits>

namespace wasmrun::text {

// -- Strings and names ----------------------------------------------------------------------------------------------

namespace {

u32 hexValue(char c) { return static_cast<u32>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10); }

template <class Bytes>
void appendUtf8(u32 code, Bytes& out) {
  const auto put = [&](u32 byte) { out.push_back(static_cast<typename Bytes::value_type>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) return put(0xc0 | code >> 6), put(0x80 | (code & 63));
  if (code < 0x10000) return put(0xe0 | code >> 12), put(0x80 | (code >> 6 & 63)), put(0x80 | (code & 63));
  put(0xf0 | code >> 18), put(0x80 | (code >> 12 & 63)), put(0x80 | (code >> 6 & 63)), put(0x80 | (code & 63));
}

/// Appends what the escape at `p` (its backslash) stands for; returns the place after it.
template <class Bytes>
const char* appendEscape(const char* p, Bytes& out) {
  const auto put = [&](u32 byte) { out.push_back(static_cast<typename Bytes::value_type>(byte)); };
  switch (p[1]) {
    case 't': return put('\t'), p + 2;
    case 'n': return put('\n'), p + 2;
    case 'r': return put('\r'), p + 2;
    case '"':
    case '\'':
    case '\\': return put(static_cast<u8>(p[1])), p + 2;
    case 'u': {
      u32 code = 0;
      for (p += 3; *p != '}'; ++p)
        if (*p != '_') code = code * 16 + hexValue(*p);
      return appendUtf8(code, out), p + 1;
    }
    default: return put(hexValue(p[1]) * 16 + hexValue(p[2])), p + 3;
  }
}

/// `token` is a string with its quotes.
template <class Bytes>
void appendDecoded(std::string_view token, Bytes& out) {
  const char* p = token.data() + 1;
  const char* const end = token.data() + token.size() - 1;
  while (p < end) {
    const size_t left = static_cast<size_t>(end - p);
    const size_t plain = std::min(std::string_view(p, left).find('\\'), left);
    out.insert(out.end(), p, p + plain);
    p += plain;
    if (p < end) p = appendEscape(p, out);
  }
}

/// `name` may be quoted.
std::string_view unquoted(std::string_view name, std::string& scratch) {
  if (name.empty() || name.front() != '"') return name;
  if (name.find('\\') == std::string_view::npos) return name.substr(1, name.size() - 2);
  scratch.clear();
  appendDecoded(name, scratch);
  return scratch;
}

}  // namespace

void appendString(std::string_view token, std::vector<u8>& out) { appendDecoded(token, out); }

std::string decodeString(std::string_view token) {
  std::string out;
  appendDecoded(token, out);
  return out;
}

std::string_view idName(std::string_view token, std::string& scratch) { return unquoted(token.substr(1), scratch); }

std::string_view annotationName(std::string_view token, std::string& scratch) {
  return unquoted(token.substr(2), scratch);
}

// -- Integers -------------------------------------------------------------------------------------------------------

namespace {

/// Digits with underscores, decimal or 0x; nothing for what is no whole number or past 64 bits.
std::optional<u64> parseMagnitude(std::string_view text) {
  const bool hex = text.starts_with("0x");
  const u64 base = hex ? 16 : 10;
  u64 value = 0;
  for (const char c : hex ? text.substr(2) : text) {
    if (c == '_') continue;
    const u64 digit = hexValue(c);
    if (c < '0' || digit >= base) return std::nullopt;
    u64 next;
    if (__builtin_mul_overflow(value, base, &next) || __builtin_add_overflow(next, digit, &value)) return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<u64> parseNatural(std::string_view token, u32 bits) {
  if (token[0] < '0' || token[0] > '9') return std::nullopt;
  const auto value = parseMagnitude(token);
  if (!value || (bits < 64 && *value >> bits != 0)) return std::nullopt;
  return value;
}

std::optional<u64> parseInteger(std::string_view token, u32 bits) {
  const bool negative = token[0] == '-';
  if (!negative && token[0] != '+') return parseNatural(token, bits);
  const auto value = parseMagnitude(token.substr(1));
  const u64 signBit = u64{1} << (bits - 1);
  if (!value || *value > (negative ? signBit : 2 * (signBit - 1) + 1)) return std::nullopt;
  const u64 mask = 2 * (signBit - 1) + 1;
  return (negative ? ~*value + 1 : *value) & mask;
}

// -- Floating point -------------------------------------------------------------------------------------------------

namespace {

template <class Float>
struct Format;
template <>
struct Format<float> {
  using Bits = u32;
  static constexpr i32 kPrecision = 24;  // with the hidden bit
  static constexpr i32 kMinExponent = -126;
};
template <>
struct Format<double> {
  using Bits = u64;
  static constexpr i32 kPrecision = 53;
  static constexpr i32 kMinExponent = -1022;
};

/// mantissa * 2^exponent (and a little more if `sticky`), rounded to nearest, ties to even. mantissa is not 0.
/// The bits of a number too large are those of infinity.
template <class Float>
u64 roundToFormat(u64 mantissa, i64 exponent, bool sticky) {
  using F = Format<Float>;
  const i32 zeros = std::countl_zero(mantissa);
  mantissa <<= zeros;
  const i64 top = exponent + 63 - zeros;  // the number is 1.xxx * 2^top
  const u64 infinity = static_cast<u64>(2 * (1 - F::kMinExponent) + 1) << (F::kPrecision - 1);
  if (top > 1 - F::kMinExponent) return infinity;
  const i64 kept = top >= F::kMinExponent ? F::kPrecision : F::kPrecision - (F::kMinExponent - top);
  if (kept < 0) return 0;
  u64 bits = kept == 0 ? 0 : mantissa >> (64 - kept);
  const u64 rest = mantissa << kept;
  constexpr u64 kHalf = u64{1} << 63;
  if (rest > kHalf || (rest == kHalf && (sticky || (bits & 1) != 0))) ++bits;
  if (top >= F::kMinExponent) bits += static_cast<u64>(top - F::kMinExponent) << (F::kPrecision - 1);
  return std::min(bits, infinity);  // rounding carries into the exponent by itself
}

/// What follows 0x.
template <class Float>
u64 parseHexMagnitude(std::string_view text) {
  u64 mantissa = 0;
  i64 exponent = 0;
  bool sticky = false, fraction = false;
  size_t i = 0;
  for (; i < text.size() && (text[i] | 0x20) != 'p'; ++i) {
    if (text[i] == '_') continue;
    if (text[i] == '.') {
      fraction = true;
      continue;
    }
    const u32 digit = hexValue(text[i]);
    if (mantissa >> 60 == 0) {
      mantissa = mantissa << 4 | digit;
      if (fraction) exponent -= 4;
    } else {
      sticky |= digit != 0;
      if (!fraction) exponent += 4;
    }
  }
  i64 written = 0;
  bool negative = false;
  for (++i; i < text.size(); ++i) {
    if (text[i] == '-') negative = true;
    if (text[i] < '0' || text[i] > '9') continue;
    if (written < i64{1} << 40) written = written * 10 + (text[i] - '0');  // more digits than any text can make up for
  }
  if (mantissa == 0) return 0;
  return roundToFormat<Float>(mantissa, exponent + (negative ? -written : written), sticky);
}

/// Whether a decimal number that is not 0 is at least 1.
bool isLarge(std::string_view text) {
  const size_t mark = std::min(text.find_first_of("eE"), text.size());
  const std::string_view digits = text.substr(0, mark);
  const size_t point = std::min(digits.find('.'), mark);
  const size_t first = digits.find_first_of("123456789");
  const i64 order =
      first < point ? static_cast<i64>(point - first) : static_cast<i64>(point + 1) - static_cast<i64>(first);
  const bool negative = mark + 1 < text.size() && text[mark + 1] == '-';
  i64 exponent = 0;
  for (const char c : text.substr(mark))
    if (c >= '0' && c <= '9' && exponent < i64{1} << 40) exponent = exponent * 10 + (c - '0');
  return order + (negative ? -exponent : exponent) > 0;
}

/// Decimal digits: the library's conversion rounds right, however many there are.
template <class Float>
u64 parseDecimalMagnitude(std::string_view text) {
  std::string digits;
  if (text.find('_') != std::string_view::npos) {
    for (const char c : text)
      if (c != '_') digits.push_back(c);
    text = digits;
  }
  Float value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  // Out of range either way, it leaves the value alone.
  if (result.ec == std::errc::result_out_of_range && isLarge(text)) value = std::numeric_limits<Float>::infinity();
  return std::bit_cast<typename Format<Float>::Bits>(value);
}

template <class Float>
std::optional<typename Format<Float>::Bits> parseFloat(std::string_view token) {
  using F = Format<Float>;
  using Bits = typename F::Bits;
  constexpr u32 kBits = sizeof(Bits) * 8;
  constexpr u64 kFraction = (u64{1} << (F::kPrecision - 1)) - 1;
  constexpr u64 kInfinity = ((u64{1} << (kBits - 1)) - 1) & ~kFraction;
  const bool negative = token[0] == '-';
  const u64 sign = negative ? u64{1} << (kBits - 1) : 0;
  if (negative || token[0] == '+') token.remove_prefix(1);
  u64 bits;
  if (token == "inf") {
    bits = kInfinity;
  } else if (token == "nan") {
    bits = kInfinity | (kFraction + 1) / 2;
  } else if (token.starts_with("nan:")) {
    const auto payload = parseMagnitude(token.substr(4));
    if (!payload || *payload == 0 || *payload > kFraction) return std::nullopt;
    bits = kInfinity | *payload;
  } else {
    bits = token.starts_with("0x") ? parseHexMagnitude<Float>(token.substr(2)) : parseDecimalMagnitude<Float>(token);
    if (bits >= kInfinity) return std::nullopt;
  }
  return static_cast<Bits>(bits | sign);
}

}  // namespace

std::optional<u32> parseF32(std::string_view token) { return parseFloat<float>(token); }
std::optional<u64> parseF64(std::string_view token) { return parseFloat<double>(token); }

// -- Vectors --------------------------------------------------------------------------------------------------------

const LaneShape* findLaneShape(std::string_view keyword) {
  static constexpr LaneShape kShapes[] = {{"i8x16", 8, 16, false}, {"i16x8", 16, 8, false}, {"i32x4", 32, 4, false},
                                          {"i64x2", 64, 2, false}, {"f32x4", 32, 4, true},  {"f64x2", 64, 2, true}};
  for (const LaneShape& shape : kShapes)
    if (shape.name == keyword) return &shape;
  return nullptr;
}

std::optional<u64> parseLane(const LaneShape& shape, std::string_view token) {
  if (!shape.isFloat) return parseInteger(token, shape.laneBits);
  if (shape.laneBits == 64) return parseF64(token);
  return parseF32(token);
}

}  // namespace wasmrun::text
