#include "vector_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace wasmrun::interp::testing {

namespace {

bool startsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }
bool endsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

template <class T>
T saturated(__int128 value) {
  if (value < std::numeric_limits<T>::min()) return std::numeric_limits<T>::min();
  if (value > std::numeric_limits<T>::max()) return std::numeric_limits<T>::max();
  return static_cast<T>(value);
}

/// Calls `f(signed, unsigned)` with lane types of `bits`.
template <class F>
auto withLaneType(u32 bits, F f) {
  switch (bits) {
    case 8: return f(i8{}, u8{});
    case 16: return f(i16{}, u16{});
    case 32: return f(i32{}, u32{});
    default: return f(i64{}, u64{});
  }
}

/// One lane of a two-operand (or one-operand, or shift) integer instruction. `s` signed, `u` unsigned values of the
/// lane.
template <class S, class U>
bool integerLane(std::string_view op, U ua, U ub, u32 count, U& result) {
  const __int128 sa = static_cast<S>(ua), sb = static_cast<S>(ub), za = ua, zb = ub;
  const u32 bits = sizeof(U) * 8;
  const bool isSigned = endsWith(op, "_s");
  const __int128 a = isSigned ? sa : za, b = isSigned ? sb : zb;
  const auto mask = [](bool holds) { return holds ? static_cast<U>(~U{0}) : U{0}; };
  if (op == "eq")
    result = mask(ua == ub);
  else if (op == "ne")
    result = mask(ua != ub);
  else if (startsWith(op, "lt_"))
    result = mask(a < b);
  else if (startsWith(op, "gt_"))
    result = mask(a > b);
  else if (startsWith(op, "le_"))
    result = mask(a <= b);
  else if (startsWith(op, "ge_"))
    result = mask(a >= b);
  else if (startsWith(op, "min_"))
    result = static_cast<U>(a < b ? a : b);
  else if (startsWith(op, "max_"))
    result = static_cast<U>(a > b ? a : b);
  else if (op == "add")
    result = static_cast<U>(za + zb);
  else if (op == "sub")
    result = static_cast<U>(za - zb);
  else if (op == "mul")
    result = static_cast<U>(static_cast<unsigned __int128>(za) * static_cast<unsigned __int128>(zb));
  else if (op == "neg")
    result = static_cast<U>(-za);
  else if (op == "abs")
    result = static_cast<U>(sa < 0 ? -sa : sa);
  else if (op == "add_sat_s")
    result = static_cast<U>(saturated<S>(a + b));
  else if (op == "add_sat_u")
    result = saturated<U>(a + b);
  else if (op == "sub_sat_s")
    result = static_cast<U>(saturated<S>(a - b));
  else if (op == "sub_sat_u")
    result = saturated<U>(a - b);
  else if (op == "avgr_u")
    result = static_cast<U>((a + b + 1) / 2);
  else if (op == "shl")
    result = static_cast<U>(za << (count % bits));
  else if (op == "shr_s")
    result = static_cast<U>(sa >> (count % bits));
  else if (op == "shr_u")
    result = static_cast<U>(za >> (count % bits));
  else if (op == "q15mulr_sat_s")
    result = static_cast<U>(saturated<S>((sa * sb + 0x4000) >> 15));
  else if (op == "popcnt") {
    result = 0;
    for (u32 bit = 0; bit < bits; ++bit) result = static_cast<U>(result + (ua >> bit & 1));
  } else
    return false;
  return true;
}

/// extend, extmul, extadd_pairwise and dot: lanes from lanes of half the width.
template <class Wide, class Narrow>
bool wideningLane(std::string_view op, const Operands& in, u32 i, Wide& result) {
  constexpr u32 kLanes = 16 / sizeof(Wide);
  const auto at = [](const Bytes& bytes, u32 lane) { return static_cast<__int128>(bytes.lane<Narrow>(lane)); };
  if (startsWith(op, "extend_low"))
    result = static_cast<Wide>(at(in.a, i));
  else if (startsWith(op, "extend_high"))
    result = static_cast<Wide>(at(in.a, i + kLanes));
  else if (startsWith(op, "extmul_low"))
    result = static_cast<Wide>(at(in.a, i) * at(in.b, i));
  else if (startsWith(op, "extmul_high"))
    result = static_cast<Wide>(at(in.a, i + kLanes) * at(in.b, i + kLanes));
  else if (startsWith(op, "extadd_pairwise"))
    result = static_cast<Wide>(at(in.a, 2 * i) + at(in.a, 2 * i + 1));
  else if (startsWith(op, "dot"))
    result = static_cast<Wide>(at(in.a, 2 * i) * at(in.b, 2 * i) + at(in.a, 2 * i + 1) * at(in.b, 2 * i + 1));
  else
    return false;
  return true;
}

/// narrow_*: lanes from lanes of twice the width, which are always read as signed.
template <class S, class U, class Wide>
void narrowed(bool isSigned, const Operands& in, Bytes& out) {
  constexpr u32 kWideLanes = 16 / sizeof(Wide);
  for (u32 i = 0; i < 2 * kWideLanes; ++i) {
    const Wide value = i < kWideLanes ? in.a.lane<Wide>(i) : in.b.lane<Wide>(i - kWideLanes);
    out.setLane(i, isSigned ? static_cast<U>(saturated<S>(value)) : saturated<U>(value));
  }
}

template <class S, class U>
bool integer(std::string_view op, const Operands& in, Bytes& out) {
  constexpr u32 kLanes = 16 / sizeof(U);
  using WideU = std::conditional_t<sizeof(U) == 1, u16, std::conditional_t<sizeof(U) == 2, u32, u64>>;
  using WideS = std::make_signed_t<WideU>;
  using HalfU = std::conditional_t<sizeof(U) == 8, u32, std::conditional_t<sizeof(U) == 4, u16, u8>>;
  using HalfS = std::make_signed_t<HalfU>;
  if (op == "all_true" || op == "bitmask") {
    u32 mask = 0, all = 1;
    for (u32 i = 0; i < kLanes; ++i) {
      if (in.a.lane<S>(i) < 0) mask |= 1u << i;
      if (in.a.lane<U>(i) == 0) all = 0;
    }
    out.setLane(0, op == "bitmask" ? mask : all);
    return true;
  }
  if (op == "splat") {
    out = Bytes::splat(in.a.lane<U>(0));
    return true;
  }
  if (startsWith(op, "extract_lane")) {
    const U value = in.a.lane<U>(in.lane);
    if (sizeof(U) == 8)
      out.setLane(0, static_cast<u64>(value));
    else if (endsWith(op, "_s"))
      out.setLane(0, static_cast<u32>(static_cast<i32>(static_cast<S>(value))));
    else
      out.setLane(0, static_cast<u32>(value));
    return true;
  }
  if (op == "replace_lane") {
    out = in.a;
    out.setLane(in.lane, in.b.lane<U>(0));
    return true;
  }
  if (startsWith(op, "narrow_")) {
    narrowed<S, U, WideS>(endsWith(op, "_s"), in, out);
    return true;
  }
  for (u32 i = 0; i < kLanes; ++i) {
    U lane{};
    S wide{};
    const u32 count = in.b.lane<u32>(0);
    if (sizeof(U) > 1 &&
        (endsWith(op, "_s") ? wideningLane<S, HalfS>(op, in, i, wide) : wideningLane<S, HalfU>(op, in, i, wide)))
      lane = static_cast<U>(wide);
    else if (!integerLane<S, U>(op, in.a.lane<U>(i), in.b.lane<U>(i), count, lane))
      return false;
    out.setLane(i, lane);
  }
  return true;
}

bool bitwise(std::string_view op, const Operands& in, Bytes& out) {
  bool any = false;
  for (u32 i = 0; i < 16; ++i) {
    const u8 a = in.a.bytes[i], b = in.b.bytes[i], c = in.c.bytes[i];
    any |= a != 0;
    if (op == "not")
      out.bytes[i] = static_cast<u8>(~a);
    else if (op == "and")
      out.bytes[i] = a & b;
    else if (op == "andnot")
      out.bytes[i] = static_cast<u8>(a & ~b);
    else if (op == "or")
      out.bytes[i] = a | b;
    else if (op == "xor")
      out.bytes[i] = a ^ b;
    else if (op == "bitselect")
      out.bytes[i] = static_cast<u8>((a & c) | (b & ~c));
    else if (op != "any_true")
      return false;
  }
  if (op == "any_true") out.setLane(0, static_cast<u32>(any));
  return true;
}

template <class T>
T wasmMin(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
  if (a == 0 && b == 0) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}

template <class T>
T wasmMax(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
  if (a == 0 && b == 0) return std::signbit(a) ? b : a;
  return a < b ? b : a;
}

template <class T, class Bits>
bool floatLane(std::string_view op, const Operands& in, u32 i, Bits& result, bool& nanClasses) {
  const T a = in.a.lane<T>(i), b = in.b.lane<T>(i);
  const Bits bitsA = in.a.lane<Bits>(i), bitsB = in.b.lane<Bits>(i);
  const Bits sign = Bits{1} << (sizeof(Bits) * 8 - 1);
  const auto mask = [](bool holds) { return holds ? static_cast<Bits>(~Bits{0}) : Bits{0}; };
  if (op == "eq")
    result = mask(a == b);
  else if (op == "ne")
    result = mask(!(a == b));
  else if (op == "lt")
    result = mask(a < b);
  else if (op == "gt")
    result = mask(a > b);
  else if (op == "le")
    result = mask(a <= b);
  else if (op == "ge")
    result = mask(a >= b);
  else if (op == "abs")
    result = bitsA & ~sign;
  else if (op == "neg")
    result = bitsA ^ sign;
  else if (op == "pmin")
    result = b < a ? bitsB : bitsA;
  else if (op == "pmax")
    result = a < b ? bitsB : bitsA;
  else {
    T value;
    nanClasses = true;
    if (op == "add")
      value = a + b;
    else if (op == "sub")
      value = a - b;
    else if (op == "mul")
      value = a * b;
    else if (op == "div")
      value = a / b;
    else if (op == "sqrt")
      value = std::sqrt(a);
    else if (op == "ceil")
      value = std::ceil(a);
    else if (op == "floor")
      value = std::floor(a);
    else if (op == "trunc")
      value = std::trunc(a);
    else if (op == "nearest")
      value = std::nearbyint(a);
    else if (op == "min")
      value = wasmMin(a, b);
    else if (op == "max")
      value = wasmMax(a, b);
    else
      return false;
    std::memcpy(&result, &value, sizeof result);
  }
  return true;
}

template <class T, class Bits>
bool floats(std::string_view op, const Operands& in, Bytes& out, bool& nanClasses) {
  if (op == "splat")
    out = Bytes::splat(in.a.lane<Bits>(0));
  else if (op == "extract_lane")
    out.setLane(0, in.a.lane<Bits>(in.lane));
  else if (op == "replace_lane") {
    out = in.a;
    out.setLane(in.lane, in.b.lane<Bits>(0));
  } else {
    for (u32 i = 0; i < 16 / sizeof(T); ++i) {
      Bits lane;
      if (!floatLane<T, Bits>(op, in, i, lane, nanClasses)) return false;
      out.setLane(i, lane);
    }
  }
  return true;
}

template <class To, class From>
To truncSat(From a) {
  if (std::isnan(a)) return 0;
  const From whole = std::trunc(a);
  if (whole < static_cast<From>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
  if (whole >= std::ldexp(From{1}, std::numeric_limits<To>::digits)) return std::numeric_limits<To>::max();
  return static_cast<To>(whole);
}

bool conversion(std::string_view text, const Operands& in, Bytes& out, u32& nanLaneBytes) {
  for (u32 i = 0; i < 4; ++i) {
    const float f = in.a.lane<float>(i);
    const double d = in.a.lane<double>(i % 2);
    const bool low = i < 2;
    if (text == "f32x4.convert_i32x4_s")
      out.setLane(i, static_cast<float>(in.a.lane<i32>(i)));
    else if (text == "f32x4.convert_i32x4_u")
      out.setLane(i, static_cast<float>(in.a.lane<u32>(i)));
    else if (text == "i32x4.trunc_sat_f32x4_s")
      out.setLane(i, truncSat<i32>(f));
    else if (text == "i32x4.trunc_sat_f32x4_u")
      out.setLane(i, truncSat<u32>(f));
    else if (text == "i32x4.trunc_sat_f64x2_s_zero")
      out.setLane(i, low ? truncSat<i32>(d) : 0);
    else if (text == "i32x4.trunc_sat_f64x2_u_zero")
      out.setLane(i, low ? truncSat<u32>(d) : 0);
    else if (text == "f32x4.demote_f64x2_zero") {
      out.setLane(i, low ? static_cast<float>(d) : 0.0f);
      nanLaneBytes = 4;
    } else if (!low)
      continue;
    else if (text == "f64x2.convert_low_i32x4_s")
      out.setLane(i, static_cast<double>(in.a.lane<i32>(i)));
    else if (text == "f64x2.convert_low_i32x4_u")
      out.setLane(i, static_cast<double>(in.a.lane<u32>(i)));
    else if (text == "f64x2.promote_low_f32x4") {
      out.setLane(i, static_cast<double>(f));
      nanLaneBytes = 8;
    } else
      return false;
  }
  return true;
}

/// Lanes chosen by number.
bool choice(std::string_view op, const Operands& in, Bytes& out) {
  for (u32 i = 0; i < 16; ++i) {
    const u8 number = op == "shuffle" ? in.lanes[i] : in.b.bytes[i];
    if (op == "swizzle")
      out.bytes[i] = number < 16 ? in.a.bytes[number] : 0;
    else if (op == "shuffle")
      out.bytes[i] = number < 16 ? in.a.bytes[number] : in.b.bytes[number - 16];
    else
      return false;
  }
  return true;
}

// -- Relaxed instructions (spec: exec/numerics, relaxed operations): all results that are allowed --------------------

template <class T>
Expected relaxedFloats(std::string_view op, const Operands& in) {
  Expected result;
  result.nanLaneBytes = result.choiceBytes = sizeof(T);
  for (const int variant : {0, 1, 2, 3}) {
    Bytes out;
    for (u32 i = 0; i < 16 / sizeof(T); ++i) {
      const T a = in.a.lane<T>(i), b = in.b.lane<T>(i), c = in.c.lane<T>(i);
      T value;
      if (op == "relaxed_madd")
        value = variant % 2 == 0 ? a * b + c : std::fma(a, b, c);
      else if (op == "relaxed_nmadd")
        value = variant % 2 == 0 ? -(a * b) + c : std::fma(-a, b, c);
      else if (op == "relaxed_min")
        value = variant == 0 ? wasmMin(a, b) : a == b || a != a || b != b ? (variant == 1 ? a : b) : wasmMin(a, b);
      else if (op == "relaxed_max")
        value = variant == 0 ? wasmMax(a, b) : a == b || a != a || b != b ? (variant == 1 ? a : b) : wasmMax(a, b);
      else
        return Expected();
      out.setLane(i, value);
    }
    result.anyOf.push_back(out);
  }
  return result;
}

Expected relaxed(std::string_view text, const Operands& in) {
  const std::string_view op = text.substr(text.find('.') + 1);
  if (startsWith(text, "f32x4.")) return relaxedFloats<float>(op, in);
  if (startsWith(text, "f64x2.")) return relaxedFloats<double>(op, in);
  Expected result;
  const auto add = [&](const Bytes& bytes) { result.anyOf.push_back(bytes); };
  if (op == "relaxed_swizzle") {
    result.choiceBytes = 1;
    Bytes zero, modulo;
    for (u32 i = 0; i < 16; ++i) {
      const u8 number = in.b.bytes[i];
      zero.bytes[i] = number < 16 ? in.a.bytes[number] : 0;
      modulo.bytes[i] = number < 128 ? in.a.bytes[number % 16] : 0;
    }
    add(zero), add(modulo);
  } else if (endsWith(op, "laneselect")) {
    const u32 width = startsWith(text, "i8") ? 1 : startsWith(text, "i16") ? 2 : startsWith(text, "i32") ? 4 : 8;
    Bytes bits, lanes;
    for (u32 i = 0; i < 16; ++i) {
      const u8 a = in.a.bytes[i], b = in.b.bytes[i], m = in.c.bytes[i];
      bits.bytes[i] = static_cast<u8>((a & m) | (b & ~m));
      lanes.bytes[i] = in.c.bytes[i / width * width + width - 1] >= 0x80 ? a : b;
    }
    result.choiceBytes = width;
    add(bits), add(lanes);
  } else if (startsWith(op, "relaxed_trunc")) {
    result.choiceBytes = 4;
    const bool isSigned = op.find("_s") != std::string_view::npos, isDouble = op.find("f64") != std::string_view::npos;
    Bytes exact, other;
    for (u32 i = 0; i < 4; ++i) {
      if (isDouble && i >= 2) continue;
      const double value = isDouble ? in.a.lane<double>(i) : static_cast<double>(in.a.lane<float>(i));
      const double whole = std::trunc(value);
      const bool fits = isSigned ? whole >= -0x1p31 && whole < 0x1p31 : whole >= 0 && whole < 0x1p32;
      const u32 saturating = isSigned ? static_cast<u32>(truncSat<i32>(value)) : truncSat<u32>(value);
      exact.setLane(i, saturating);
      other.setLane(i, fits ? saturating : isSigned ? 0x80000000u : 0xffffffffu);
    }
    add(exact), add(other);
  } else if (op == "relaxed_q15mulr_s") {
    result.choiceBytes = 2;
    Bytes saturating, wrapping;
    for (u32 i = 0; i < 8; ++i) {
      const i32 product = (in.a.lane<i16>(i) * in.b.lane<i16>(i) + 0x4000) >> 15;
      saturating.setLane(i, saturated<i16>(product));
      wrapping.setLane(i, static_cast<i16>(product));
    }
    add(saturating), add(wrapping);
  } else if (startsWith(op, "relaxed_dot")) {
    const bool adds = endsWith(op, "_add_s");
    result.choiceBytes = adds ? 4 : 2;
    for (const bool isUnsigned : {false, true})
      for (const bool saturates : {false, true}) {
        Bytes pairs, sums;
        for (u32 i = 0; i < 8; ++i) {
          i32 sum = 0;
          for (u32 j = 2 * i; j < 2 * i + 2; ++j)
            sum += in.a.lane<i8>(j) * (isUnsigned ? in.b.lane<u8>(j) : in.b.lane<i8>(j));
          pairs.setLane(i, saturates ? saturated<i16>(sum) : static_cast<i16>(sum));
        }
        for (u32 i = 0; i < 4; ++i)
          sums.setLane(i, static_cast<u32>(pairs.lane<i16>(2 * i) + pairs.lane<i16>(2 * i + 1)) + in.c.lane<u32>(i));
        add(adds ? sums : pairs);
      }
  }
  return result;
}

// -- NaNs ------------------------------------------------------------------------------------------------------------

template <class Bits>
struct FloatBits {
  static constexpr u32 kMantissa = sizeof(Bits) == 4 ? 23 : 52;
  static constexpr Bits kQuiet = Bits{1} << (kMantissa - 1);
  static constexpr Bits kPayload = (Bits{1} << kMantissa) - 1;
  static constexpr Bits kExponent =
      static_cast<Bits>(~kPayload) & static_cast<Bits>(~(Bits{1} << (sizeof(Bits) * 8 - 1)));
  static bool isNan(Bits bits) { return (bits & kExponent) == kExponent && (bits & kPayload) != 0; }
  static bool isCanonical(Bits bits) { return isNan(bits) && (bits & kPayload) == kQuiet; }
  static bool isArithmetic(Bits bits) { return isNan(bits) && (bits & kQuiet) != 0; }
};

template <class Bits>
bool sameOrNan(Bits wanted, Bits got, bool canonicalOperands) {
  using F = FloatBits<Bits>;
  if (!F::isNan(wanted)) return wanted == got;
  return canonicalOperands ? F::isCanonical(got) : F::isArithmetic(got) || got == wanted;
}

/// Whether all NaNs among the operands are canonical, seen as lanes of both widths (conversions change it).
bool nansAreCanonical(const Operands& in) {
  for (const Bytes* operand : {&in.a, &in.b, &in.c}) {
    for (u32 i = 0; i < 4; ++i) {
      const u32 bits = operand->lane<u32>(i);
      if (FloatBits<u32>::isNan(bits) && !FloatBits<u32>::isCanonical(bits)) return false;
    }
    for (u32 i = 0; i < 2; ++i) {
      const u64 bits = operand->lane<u64>(i);
      if (FloatBits<u64>::isNan(bits) && !FloatBits<u64>::isCanonical(bits)) return false;
    }
  }
  return true;
}

}  // namespace

Expected expected(std::string_view text, const Operands& in) {
  const size_t dot = text.find('.');
  const std::string_view shape = text.substr(0, dot), op = text.substr(dot + 1);
  if (startsWith(op, "relaxed_")) return relaxed(text, in);
  Expected result;
  Bytes out;
  bool known = false, nanClasses = false;
  if (conversion(text, in, out, result.nanLaneBytes))
    known = true;
  else if (shape == "v128")
    known = bitwise(op, in, out);
  else if (shape == "f32x4")
    known = floats<float, u32>(op, in, out, nanClasses);
  else if (shape == "f64x2")
    known = floats<double, u64>(op, in, out, nanClasses);
  else if (shape == "i8x16" && choice(op, in, out))
    known = true;
  else
    known = withLaneType(shape == "i8x16"   ? 8
                         : shape == "i16x8" ? 16
                         : shape == "i32x4" ? 32
                                            : 64,
                         [&](auto s, auto u) { return integer<decltype(s), decltype(u)>(op, in, out); });
  if (nanClasses) result.nanLaneBytes = shape == "f32x4" ? 4 : 8;
  if (known) result.anyOf.push_back(out);
  return result;
}

bool allowed(const Expected& expected, const Operands& in, const Bytes& got, u32 size) {
  const bool canonical = nansAreCanonical(in);
  // Lane by lane: some alternative has it. Results shorter than a lane are compared as far as they go.
  const u32 step = std::min(expected.choiceBytes, size);
  for (u32 at = 0; at < size; at += step) {
    bool found = false;
    for (const Bytes& wanted : expected.anyOf) {
      bool same = true;
      if (expected.nanLaneBytes == 0)
        same = std::memcmp(wanted.bytes.data() + at, got.bytes.data() + at, step) == 0;
      else
        for (u32 i = at; i < at + step; i += expected.nanLaneBytes)
          same &= expected.nanLaneBytes == 4 ? sameOrNan(wanted.lane<u32>(i / 4), got.lane<u32>(i / 4), canonical)
                                             : sameOrNan(wanted.lane<u64>(i / 8), got.lane<u64>(i / 8), canonical);
      found |= same;
    }
    if (!found) return false;
  }
  return true;
}

}  // namespace wasmrun::interp::testing
