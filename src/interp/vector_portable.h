// Vector operations that instruction sets have instructions for, written without them: what x64/ and
// a64/vector_machine.h take for instructions that they lack, and all that any other architecture has.
#pragma once

#include <cmath>
#include <limits>

#include "interp/vector_types.h"

namespace wasmrun::interp::portable {

// -- Lanes moved -----------------------------------------------------------------------------------------------------

/// Lane i is a[index[i]], or 0 past the end.
WASMRUN_INLINE U8x16 swizzle(U8x16 a, U8x16 index) {
  U8x16 result;
  for (u32 i = 0; i < 16; ++i) result[i] = index[i] < 16 ? a[index[i] & 15] : 0;
  return result;
}

/// The same, with any of the spec's results for lanes past the end.
WASMRUN_INLINE U8x16 relaxedSwizzle(U8x16 a, U8x16 index) { return swizzle(a, index); }

/// Lanes of a chosen by `fromA` or of b by `fromB`; the other's number is at least 128.
WASMRUN_INLINE U8x16 shuffle(U8x16 a, U8x16 b, U8x16 fromA, U8x16 fromB) {
  return relaxedSwizzle(a, fromA) | relaxedSwizzle(b, fromB);
}

// -- Integers --------------------------------------------------------------------------------------------------------

template <class V>
WASMRUN_INLINE V clamped(V a, Lane<V> low, Lane<V> high) {
  a = a < splat<V>(low) ? splat<V>(low) : a;
  return a > splat<V>(high) ? splat<V>(high) : a;
}

template <class V>
WASMRUN_INLINE V addSat(V a, V b) {
  using T = Lane<V>;
  using U = std::conditional_t<sizeof(T) == 1, U8x16, U16x8>;
  const V sum = as<V>(as<U>(a) + as<U>(b));
  if constexpr (std::is_unsigned_v<T>)
    return sum < a ? splat<V>(std::numeric_limits<T>::max()) : sum;
  else {
    // Both of one sign, the sum of the other: the limit is on the side of a.
    const V limit = (a >> (sizeof(T) * 8 - 1)) ^ splat<V>(std::numeric_limits<T>::max());
    return ((a ^ sum) & (b ^ sum)) < V{} ? limit : sum;
  }
}

template <class V>
WASMRUN_INLINE V subSat(V a, V b) {
  using T = Lane<V>;
  using U = std::conditional_t<sizeof(T) == 1, U8x16, U16x8>;
  const V difference = as<V>(as<U>(a) - as<U>(b));
  if constexpr (std::is_unsigned_v<T>)
    return a < b ? V{} : difference;
  else {
    const V limit = (a >> (sizeof(T) * 8 - 1)) ^ splat<V>(std::numeric_limits<T>::max());
    return ((a ^ b) & (a ^ difference)) < V{} ? limit : difference;
  }
}

/// (a + b + 1) / 2 without overflow.
template <class V>
WASMRUN_INLINE V avgr(V a, V b) {
  return (a | b) - ((a ^ b) >> 1);
}

/// Two vectors to one of half the lane width, each lane clamped to what fits To's lanes.
template <class To, class V>
WASMRUN_INLINE To narrow(V a, V b) {
  using T = Lane<To>;
  a = clamped<V>(a, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  b = clamped<V>(b, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  // The lower half of every lane: lanes lie in little-endian order.
  if constexpr (kLanes<To> == 16)
    return __builtin_shufflevector(as<To>(a), as<To>(b), 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  else
    return __builtin_shufflevector(as<To>(a), as<To>(b), 0, 2, 4, 6, 8, 10, 12, 14);
}

/// (a * b + 0x4000) >> 15, saturating.
WASMRUN_INLINE I16x8 q15mulr(I16x8 a, I16x8 b) {
  const I32x4 rounding = splat<I32x4>(0x4000);
  const I32x4 low = (extendLow<I32x4>(a) * extendLow<I32x4>(b) + rounding) >> 15;
  const I32x4 high = (extendHigh<I32x4>(a) * extendHigh<I32x4>(b) + rounding) >> 15;
  return narrow<I16x8>(low, high);
}

WASMRUN_INLINE I16x8 relaxedQ15mulr(I16x8 a, I16x8 b) { return q15mulr(a, b); }

/// Products of signed lanes, added in pairs (wrapping).
WASMRUN_INLINE I32x4 dot(I16x8 a, I16x8 b) {
  const I32x4 even = (as<I32x4>(as<U32x4>(a) << 16) >> 16) * (as<I32x4>(as<U32x4>(b) << 16) >> 16);
  const I32x4 odd = (as<I32x4>(a) >> 16) * (as<I32x4>(b) >> 16);
  return as<I32x4>(as<U32x4>(even) + as<U32x4>(odd));
}

WASMRUN_INLINE I16x8 relaxedDot(I8x16 a, I8x16 b) {
  const U16x8 even = as<U16x8>((as<I16x8>(as<U16x8>(a) << 8) >> 8) * (as<I16x8>(as<U16x8>(b) << 8) >> 8));
  const U16x8 odd = as<U16x8>((as<I16x8>(a) >> 8) * (as<I16x8>(b) >> 8));
  return as<I16x8>(even + odd);
}

/// Lanes added in pairs, as lanes of twice the width.
WASMRUN_INLINE I16x8 addPairs(I8x16 a) { return (as<I16x8>(as<U16x8>(a) << 8) >> 8) + (as<I16x8>(a) >> 8); }
WASMRUN_INLINE U16x8 addPairs(U8x16 a) { return (as<U16x8>(a) & splat<U16x8>(0xff)) + (as<U16x8>(a) >> 8); }
WASMRUN_INLINE I32x4 addPairs(I16x8 a) { return (as<I32x4>(as<U32x4>(a) << 16) >> 16) + (as<I32x4>(a) >> 16); }
WASMRUN_INLINE U32x4 addPairs(U16x8 a) { return (as<U32x4>(a) & splat<U32x4>(0xffff)) + (as<U32x4>(a) >> 16); }

WASMRUN_INLINE U8x16 popcnt(U8x16 a) {
  a = a - ((a >> 1) & splat<U8x16>(0x55));
  a = (a & splat<U8x16>(0x33)) + ((a >> 2) & splat<U8x16>(0x33));
  return (a + (a >> 4)) & splat<U8x16>(0x0f);
}

/// All lanes shifted by the same count, which is below their width.
template <class V>
WASMRUN_INLINE V shiftLeft(V a, u32 count) {
  if constexpr (kLanes<V> == 16)
    return as<V>((as<U16x8>(a) << splat<U16x8>(static_cast<u16>(count))) &
                 as<U16x8>(splat<U8x16>(static_cast<u8>(0xff << count))));
  else
    return a << splat<V>(static_cast<Lane<V>>(count));
}

template <class V>
WASMRUN_INLINE V shiftRight(V a, u32 count) {
  if constexpr (std::is_same_v<V, U8x16>) {
    return as<V>((as<U16x8>(a) >> splat<U16x8>(static_cast<u16>(count))) &
                 as<U16x8>(splat<U8x16>(static_cast<u8>(0xff >> count))));
  } else if constexpr (std::is_same_v<V, I8x16>) {
    const I16x8 counts = splat<I16x8>(static_cast<i16>(count));
    const U16x8 odd = as<U16x8>(as<I16x8>(a) >> counts) & splat<U16x8>(0xff00);
    const U16x8 even = as<U16x8>(as<I16x8>(as<U16x8>(a) << 8) >> counts) >> 8;
    return as<V>(odd | even);
  } else {
    return a >> splat<V>(static_cast<Lane<V>>(count));
  }
}

// -- Lanes to a number -----------------------------------------------------------------------------------------------

template <class V>
WASMRUN_INLINE u32 anyTrue(V a) {
  const U64x2 halves = as<U64x2>(a);
  return (halves[0] | halves[1]) != 0;
}

/// The sign bit of every lane, that of lane 0 lowest.
template <class V>
WASMRUN_INLINE u32 bitmask(V a) {
  u32 mask = 0;
  for (u32 i = 0; i < kLanes<V>; ++i) mask |= static_cast<u32>(a[i] < 0) << i;
  return mask;
}

// -- Floats ----------------------------------------------------------------------------------------------------------

/// A NaN among the operands gives a NaN; -0 is less than +0.
template <class V>
WASMRUN_INLINE V min(V a, V b) {
  using Bits = BitsVector<V>;
  // Equal operands differ at most in the sign of zero.
  const V equal = as<V>(as<Bits>(a) | as<Bits>(b));
  const V ordered = a < b ? a : b;
  const V result = a == b ? equal : ordered;
  return bitselect((a == a) & (b == b), result, a + b);
}

template <class V>
WASMRUN_INLINE V max(V a, V b) {
  using Bits = BitsVector<V>;
  const V equal = as<V>(as<Bits>(a) & as<Bits>(b));
  const V ordered = a > b ? a : b;
  const V result = a == b ? equal : ordered;
  return bitselect((a == a) & (b == b), result, a + b);
}

template <class V>
WASMRUN_INLINE V relaxedMin(V a, V b) {
  return a < b ? a : b;
}

template <class V>
WASMRUN_INLINE V relaxedMax(V a, V b) {
  return a > b ? a : b;
}

template <class V>
WASMRUN_INLINE V sqrt(V a) {
  for (u32 i = 0; i < kLanes<V>; ++i) a[i] = std::sqrt(a[i]);
  return a;
}

template <class V>
WASMRUN_INLINE V madd(V a, V b, V c) {
  return a * b + c;
}

template <class V>
WASMRUN_INLINE V nmadd(V a, V b, V c) {
  return c - a * b;
}

// Rounding: adding and taking away 2^(digits-1) leaves an integer, by the rounding mode the nearest one, ties to even.
// Larger values are integers already.

/// `magnitude` with the sign of `sign`.
template <class V>
WASMRUN_INLINE V withSign(V magnitude, V sign) {
  return bitselect(splat<BitsVector<V>>(Lane<BitsVector<V>>{1} << (sizeof(Lane<V>) * 8 - 1)), sign, magnitude);
}

/// round(nearest integer of |a|, |a|) with a's sign; NaNs become quiet.
template <class V, class Round>
WASMRUN_INLINE V roundedMagnitude(V a, Round round) {
  using T = Lane<V>;
  const V integers = splat<V>(static_cast<T>(u64{1} << (std::numeric_limits<T>::digits - 1)));
  const V magnitude = withSign(a, V{});
  const V result = withSign(round((magnitude + integers) - integers, magnitude), a);
  return bitselect(magnitude < integers, result, a + V{});
}

template <class V>
WASMRUN_INLINE V nearest(V a) {
  return roundedMagnitude(a, [](V near, V) __attribute__((always_inline)) { return near; });
}

template <class V>
WASMRUN_INLINE V trunc(V a) {
  return roundedMagnitude(a, [](V near, V magnitude) __attribute__((always_inline)) {
    return near > magnitude ? near - splat<V>(1) : near;
  });
}

template <class V>
WASMRUN_INLINE V ceil(V a) {
  const V near = nearest(a);
  return withSign(near < a ? near + splat<V>(1) : near, a);
}

template <class V>
WASMRUN_INLINE V floor(V a) {
  const V near = nearest(a);
  return withSign(near > a ? near - splat<V>(1) : near, a);
}

// -- Floats to integers: NaN gives 0, what does not fit the nearest that does ----------------------------------------

template <class To, class From>
WASMRUN_INLINE To truncSatLane(From a) {
  constexpr From kUpper = static_cast<From>(std::numeric_limits<To>::max() / 2 + 1) * 2;
  if (!(a == a)) return 0;
  if (a >= kUpper) return std::numeric_limits<To>::max();
  if (a <= static_cast<From>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
  return static_cast<To>(a);
}

/// Lanes of To past those of `a` are 0.
template <class To, class V>
WASMRUN_INLINE To truncSat(V a) {
  To result{};
  for (u32 i = 0; i < kLanes<V>; ++i) result[i] = truncSatLane<Lane<To>>(a[i]);
  return result;
}

template <class To, class V>
WASMRUN_INLINE To relaxedTrunc(V a) {
  return truncSat<To>(a);
}

}  // namespace wasmrun::interp::portable
