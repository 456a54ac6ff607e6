// Vector operations by x86-64 instructions: of SSE2, and of SSSE3, SSE4.1 and FMA where the compiler may use them.
#pragma once

#include <immintrin.h>

#include "interp/vector_portable.h"

namespace wasmrun::interp::machine {

using namespace portable;

template <class V>
WASMRUN_INLINE __m128i bits(V a) {
  return reinterpret_cast<__m128i>(a);
}
template <class To>
WASMRUN_INLINE To from(__m128i a) {
  return reinterpret_cast<To>(a);
}

// -- Integers --------------------------------------------------------------------------------------------------------

WASMRUN_INLINE I8x16 addSat(I8x16 a, I8x16 b) { return from<I8x16>(_mm_adds_epi8(bits(a), bits(b))); }
WASMRUN_INLINE U8x16 addSat(U8x16 a, U8x16 b) { return from<U8x16>(_mm_adds_epu8(bits(a), bits(b))); }
WASMRUN_INLINE I16x8 addSat(I16x8 a, I16x8 b) { return from<I16x8>(_mm_adds_epi16(bits(a), bits(b))); }
WASMRUN_INLINE U16x8 addSat(U16x8 a, U16x8 b) { return from<U16x8>(_mm_adds_epu16(bits(a), bits(b))); }
WASMRUN_INLINE I8x16 subSat(I8x16 a, I8x16 b) { return from<I8x16>(_mm_subs_epi8(bits(a), bits(b))); }
WASMRUN_INLINE U8x16 subSat(U8x16 a, U8x16 b) { return from<U8x16>(_mm_subs_epu8(bits(a), bits(b))); }
WASMRUN_INLINE I16x8 subSat(I16x8 a, I16x8 b) { return from<I16x8>(_mm_subs_epi16(bits(a), bits(b))); }
WASMRUN_INLINE U16x8 subSat(U16x8 a, U16x8 b) { return from<U16x8>(_mm_subs_epu16(bits(a), bits(b))); }
WASMRUN_INLINE U8x16 avgr(U8x16 a, U8x16 b) { return from<U8x16>(_mm_avg_epu8(bits(a), bits(b))); }
WASMRUN_INLINE U16x8 avgr(U16x8 a, U16x8 b) { return from<U16x8>(_mm_avg_epu16(bits(a), bits(b))); }
WASMRUN_INLINE I32x4 dot(I16x8 a, I16x8 b) { return from<I32x4>(_mm_madd_epi16(bits(a), bits(b))); }

template <class To, class V>
WASMRUN_INLINE To narrow(V a, V b) {
  if constexpr (std::is_same_v<To, I8x16>)
    return from<To>(_mm_packs_epi16(bits(a), bits(b)));
  else if constexpr (std::is_same_v<To, U8x16>)
    return from<To>(_mm_packus_epi16(bits(a), bits(b)));
  else if constexpr (std::is_same_v<To, I16x8>)
    return from<To>(_mm_packs_epi32(bits(a), bits(b)));
#ifdef __SSE4_1__
  else
    return from<To>(_mm_packus_epi32(bits(a), bits(b)));
#else
  else
    return portable::narrow<To>(a, b);
#endif
}

WASMRUN_INLINE U16x8 addPairs(U8x16 a) { return portable::addPairs(a); }
WASMRUN_INLINE U32x4 addPairs(U16x8 a) { return portable::addPairs(a); }
WASMRUN_INLINE I32x4 addPairs(I16x8 a) { return dot(a, splat<I16x8>(1)); }

#ifdef __SSSE3__
WASMRUN_INLINE U8x16 relaxedSwizzle(U8x16 a, U8x16 index) {
  return from<U8x16>(_mm_shuffle_epi8(bits(a), bits(index)));
}

/// pshufb looks at the low four bits and the highest: make the highest say whether the others are too large.
WASMRUN_INLINE U8x16 swizzle(U8x16 a, U8x16 index) { return relaxedSwizzle(a, addSat(index, splat<U8x16>(0x70))); }

WASMRUN_INLINE U8x16 shuffle(U8x16 a, U8x16 b, U8x16 fromA, U8x16 fromB) {
  return relaxedSwizzle(a, fromA) | relaxedSwizzle(b, fromB);
}

WASMRUN_INLINE U8x16 popcnt(U8x16 a) {
  const U8x16 counts{0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};
  const U8x16 nibble = splat<U8x16>(0x0f);
  return relaxedSwizzle(counts, a & nibble) + relaxedSwizzle(counts, as<U8x16>(as<U16x8>(a) >> 4) & nibble);
}

WASMRUN_INLINE I16x8 relaxedQ15mulr(I16x8 a, I16x8 b) { return from<I16x8>(_mm_mulhrs_epi16(bits(a), bits(b))); }

/// pmulhrsw overflows for -1 * -1 alone, and then gives the one value that is no other product.
WASMRUN_INLINE I16x8 q15mulr(I16x8 a, I16x8 b) {
  const I16x8 product = relaxedQ15mulr(a, b);
  return product ^ (product == splat<I16x8>(-0x8000));
}

/// pmaddubsw takes the lanes of one operand, here the one that should be small, as unsigned, and saturates.
WASMRUN_INLINE I16x8 relaxedDot(I8x16 a, I8x16 b) { return from<I16x8>(_mm_maddubs_epi16(bits(b), bits(a))); }

WASMRUN_INLINE I16x8 addPairs(I8x16 a) { return from<I16x8>(_mm_maddubs_epi16(bits(splat<I8x16>(1)), bits(a))); }
#else
WASMRUN_INLINE I16x8 addPairs(I8x16 a) { return portable::addPairs(a); }
#endif

// -- Lanes to a number -----------------------------------------------------------------------------------------------

template <class V>
WASMRUN_INLINE u32 anyTrue(V a) {
#ifdef __SSE4_1__
  return !_mm_testz_si128(bits(a), bits(a));
#else
  return _mm_movemask_epi8(_mm_cmpeq_epi8(bits(a), _mm_setzero_si128())) != 0xffff;
#endif
}

template <class V>
WASMRUN_INLINE u32 bitmask(V a) {
  if constexpr (kLanes<V> == 16)
    return static_cast<u32>(_mm_movemask_epi8(bits(a)));
  else if constexpr (kLanes<V> == 8)
    return static_cast<u32>(_mm_movemask_epi8(_mm_packs_epi16(bits(a), _mm_setzero_si128())));
  else if constexpr (kLanes<V> == 4)
    return static_cast<u32>(_mm_movemask_ps(reinterpret_cast<__m128>(a)));
  else
    return static_cast<u32>(_mm_movemask_pd(reinterpret_cast<__m128d>(a)));
}

// -- Floats ----------------------------------------------------------------------------------------------------------

WASMRUN_INLINE F32x4 relaxedMin(F32x4 a, F32x4 b) { return _mm_min_ps(a, b); }
WASMRUN_INLINE F64x2 relaxedMin(F64x2 a, F64x2 b) { return _mm_min_pd(a, b); }
WASMRUN_INLINE F32x4 relaxedMax(F32x4 a, F32x4 b) { return _mm_max_ps(a, b); }
WASMRUN_INLINE F64x2 relaxedMax(F64x2 a, F64x2 b) { return _mm_max_pd(a, b); }
WASMRUN_INLINE F32x4 sqrt(F32x4 a) { return _mm_sqrt_ps(a); }
WASMRUN_INLINE F64x2 sqrt(F64x2 a) { return _mm_sqrt_pd(a); }

/// All bits below the quiet bit of the lanes that are `nan` (all ones) to zero: the canonical NaN, negative.
template <class V>
WASMRUN_INLINE V canonicalNans(V a, BitsVector<V> nan) {
  constexpr int kPayloadStart = sizeof(Lane<V>) * 8 - (std::numeric_limits<Lane<V>>::digits - 2);
  return as<V>(as<BitsVector<V>>(a) & ~(nan >> kPayloadStart));
}

/// minps gives its second operand if either is a NaN or both are zeros: ask both ways. Or-ing the answers finds -0, and
/// makes some NaN of the lanes with one.
template <class V>
WASMRUN_INLINE V min(V a, V b) {
  using Bits = BitsVector<V>;
  const V one = relaxedMin(a, b), other = relaxedMin(b, a);
  const Bits either = as<Bits>(one) | as<Bits>(other);
  const Bits nan = ~as<Bits>((a == a) & (b == b));
  return canonicalNans(as<V>(either | nan), nan);
}

/// The same with maxps: and-ing the answers finds +0.
template <class V>
WASMRUN_INLINE V max(V a, V b) {
  using Bits = BitsVector<V>;
  const V one = relaxedMax(a, b), other = relaxedMax(b, a);
  const Bits both = as<Bits>(one) & as<Bits>(other);
  const Bits nan = ~as<Bits>((a == a) & (b == b));
  return canonicalNans(as<V>(both | nan), nan);
}

#ifdef __SSE4_1__
template <int kMode>
WASMRUN_INLINE F32x4 rounded(F32x4 a) {
  return _mm_round_ps(a, kMode | _MM_FROUND_NO_EXC);
}
template <int kMode>
WASMRUN_INLINE F64x2 rounded(F64x2 a) {
  return _mm_round_pd(a, kMode | _MM_FROUND_NO_EXC);
}
template <class V>
WASMRUN_INLINE V nearest(V a) {
  return rounded<_MM_FROUND_TO_NEAREST_INT>(a);
}
template <class V>
WASMRUN_INLINE V trunc(V a) {
  return rounded<_MM_FROUND_TO_ZERO>(a);
}
template <class V>
WASMRUN_INLINE V ceil(V a) {
  return rounded<_MM_FROUND_TO_POS_INF>(a);
}
template <class V>
WASMRUN_INLINE V floor(V a) {
  return rounded<_MM_FROUND_TO_NEG_INF>(a);
}
#endif

#ifdef __FMA__
WASMRUN_INLINE F32x4 madd(F32x4 a, F32x4 b, F32x4 c) { return _mm_fmadd_ps(a, b, c); }
WASMRUN_INLINE F64x2 madd(F64x2 a, F64x2 b, F64x2 c) { return _mm_fmadd_pd(a, b, c); }
WASMRUN_INLINE F32x4 nmadd(F32x4 a, F32x4 b, F32x4 c) { return _mm_fnmadd_ps(a, b, c); }
WASMRUN_INLINE F64x2 nmadd(F64x2 a, F64x2 b, F64x2 c) { return _mm_fnmadd_pd(a, b, c); }
#endif

// -- Floats to integers. cvttps2dq gives 0x80000000 for whatever does not fit ----------------------------------------

WASMRUN_INLINE I32x4 truncF32S(F32x4 a) {
  const I32x4 ordered = a == a;
  const I32x4 tooLarge = a >= splat<F32x4>(0x1p31f);
  return (from<I32x4>(_mm_cvttps_epi32(a)) & ordered) ^ tooLarge;
}

WASMRUN_INLINE U32x4 truncF32U(F32x4 a) {
  a = _mm_max_ps(a, F32x4{});  // NaNs become 0
  const U32x4 large = as<U32x4>(a >= splat<F32x4>(0x1p31f));
  const U32x4 tooLarge = as<U32x4>(a >= splat<F32x4>(0x1p32f));
  const U32x4 low = from<U32x4>(_mm_cvttps_epi32(a));
  const U32x4 above = from<U32x4>(_mm_cvttps_epi32(a - splat<F32x4>(0x1p31f)));
  // `low` is 2^31 where `large`; `above` is 2^31, so one too large, where `tooLarge`.
  return low + ((above ^ tooLarge) & large);
}

WASMRUN_INLINE I32x4 truncF64S(F64x2 a) {
  const F64x2 ordered = bitselect(a == a, a, F64x2{});
  return from<I32x4>(_mm_cvttpd_epi32(_mm_min_pd(ordered, splat<F64x2>(0x7fffffff))));
}

WASMRUN_INLINE U32x4 truncF64U(F64x2 a) {
  a = _mm_min_pd(_mm_max_pd(a, F64x2{}), splat<F64x2>(0xffffffff));
  // The lowest bit of 2^52 + x is worth 1.
  const U32x4 sum = as<U32x4>(trunc(a) + splat<F64x2>(0x1p52));
  return __builtin_shufflevector(sum, U32x4{}, 0, 2, 4, 4);
}

template <class To, class V>
WASMRUN_INLINE To truncSat(V a) {
  if constexpr (std::is_same_v<V, F32x4>) {
    if constexpr (std::is_same_v<To, I32x4>)
      return truncF32S(a);
    else
      return truncF32U(a);
  } else {
    if constexpr (std::is_same_v<To, I32x4>)
      return truncF64S(a);
    else
      return truncF64U(a);
  }
}

template <class To, class V>
WASMRUN_INLINE To relaxedTrunc(V a) {
  if constexpr (std::is_same_v<To, U32x4>)
    return truncSat<To>(a);
  else if constexpr (std::is_same_v<V, F32x4>)
    return from<To>(_mm_cvttps_epi32(a));
  else
    return from<To>(_mm_cvttpd_epi32(a));
}

}  // namespace wasmrun::interp::machine
