// Vector operations by AArch64 instructions.
#pragma once

#include <arm_neon.h>

#include "interp/vector_portable.h"

namespace wasmrun::interp::machine {

using namespace portable;

// The types of arm_neon.h are the same vectors under names of their own.
#define WASMRUN_NEON_BINARY(name, type, instruction, suffix, neon)                              \
  WASMRUN_INLINE type name(type a, type b) {                                                    \
    return as<type>(instruction##suffix(reinterpret_cast<neon>(a), reinterpret_cast<neon>(b))); \
  }
#define WASMRUN_NEON_UNARY(name, type, instruction, suffix, neon) \
  WASMRUN_INLINE type name(type a) { return as<type>(instruction##suffix(reinterpret_cast<neon>(a))); }

// -- Integers --------------------------------------------------------------------------------------------------------

WASMRUN_NEON_BINARY(addSat, I8x16, vqaddq, _s8, int8x16_t)
WASMRUN_NEON_BINARY(addSat, U8x16, vqaddq, _u8, uint8x16_t)
WASMRUN_NEON_BINARY(addSat, I16x8, vqaddq, _s16, int16x8_t)
WASMRUN_NEON_BINARY(addSat, U16x8, vqaddq, _u16, uint16x8_t)
WASMRUN_NEON_BINARY(subSat, I8x16, vqsubq, _s8, int8x16_t)
WASMRUN_NEON_BINARY(subSat, U8x16, vqsubq, _u8, uint8x16_t)
WASMRUN_NEON_BINARY(subSat, I16x8, vqsubq, _s16, int16x8_t)
WASMRUN_NEON_BINARY(subSat, U16x8, vqsubq, _u16, uint16x8_t)
WASMRUN_NEON_BINARY(avgr, U8x16, vrhaddq, _u8, uint8x16_t)
WASMRUN_NEON_BINARY(avgr, U16x8, vrhaddq, _u16, uint16x8_t)
WASMRUN_NEON_BINARY(q15mulr, I16x8, vqrdmulhq, _s16, int16x8_t)
WASMRUN_NEON_BINARY(relaxedQ15mulr, I16x8, vqrdmulhq, _s16, int16x8_t)
WASMRUN_NEON_BINARY(swizzle, U8x16, vqtbl1q, _u8, uint8x16_t)
WASMRUN_NEON_BINARY(relaxedSwizzle, U8x16, vqtbl1q, _u8, uint8x16_t)
WASMRUN_NEON_UNARY(popcnt, U8x16, vcntq, _u8, uint8x16_t)

WASMRUN_INLINE U8x16 shuffle(U8x16 a, U8x16 b, U8x16 fromA, U8x16 fromB) {
  return swizzle(a, fromA) | swizzle(b, fromB);
}

template <class To, class V>
WASMRUN_INLINE To narrow(V a, V b) {
  if constexpr (std::is_same_v<To, I8x16>)
    return as<To>(vqmovn_high_s16(vqmovn_s16(reinterpret_cast<int16x8_t>(a)), reinterpret_cast<int16x8_t>(b)));
  else if constexpr (std::is_same_v<To, U8x16>)
    return as<To>(vqmovun_high_s16(vqmovun_s16(reinterpret_cast<int16x8_t>(a)), reinterpret_cast<int16x8_t>(b)));
  else if constexpr (std::is_same_v<To, I16x8>)
    return as<To>(vqmovn_high_s32(vqmovn_s32(reinterpret_cast<int32x4_t>(a)), reinterpret_cast<int32x4_t>(b)));
  else
    return as<To>(vqmovun_high_s32(vqmovun_s32(reinterpret_cast<int32x4_t>(a)), reinterpret_cast<int32x4_t>(b)));
}

WASMRUN_INLINE I32x4 dot(I16x8 a, I16x8 b) {
  const int16x8_t x = reinterpret_cast<int16x8_t>(a), y = reinterpret_cast<int16x8_t>(b);
  return as<I32x4>(vpaddq_s32(vmull_s16(vget_low_s16(x), vget_low_s16(y)), vmull_high_s16(x, y)));
}

WASMRUN_INLINE I16x8 addPairs(I8x16 a) { return as<I16x8>(vpaddlq_s8(reinterpret_cast<int8x16_t>(a))); }
WASMRUN_INLINE U16x8 addPairs(U8x16 a) { return as<U16x8>(vpaddlq_u8(reinterpret_cast<uint8x16_t>(a))); }
WASMRUN_INLINE I32x4 addPairs(I16x8 a) { return as<I32x4>(vpaddlq_s16(reinterpret_cast<int16x8_t>(a))); }
WASMRUN_INLINE U32x4 addPairs(U16x8 a) { return as<U32x4>(vpaddlq_u16(reinterpret_cast<uint16x8_t>(a))); }

// -- Lanes to a number -----------------------------------------------------------------------------------------------

template <class V>
WASMRUN_INLINE u32 anyTrue(V a) {
  return vmaxvq_u32(reinterpret_cast<uint32x4_t>(a)) != 0;
}

/// A bit of its own for each lane that is negative, then their sum.
template <class V>
WASMRUN_INLINE u32 bitmask(V a) {
  if constexpr (kLanes<V> == 16) {
    const U8x16 bit{1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const U8x16 chosen = as<U8x16>(a < V{}) & bit;
    const uint8x16_t lanes = reinterpret_cast<uint8x16_t>(chosen);
    return vaddv_u8(vget_low_u8(lanes)) | static_cast<u32>(vaddv_u8(vget_high_u8(lanes))) << 8;
  } else if constexpr (kLanes<V> == 8) {
    const U16x8 bit{1, 2, 4, 8, 16, 32, 64, 128};
    return vaddvq_u16(reinterpret_cast<uint16x8_t>(as<U16x8>(a < V{}) & bit));
  } else if constexpr (kLanes<V> == 4) {
    const U32x4 bit{1, 2, 4, 8};
    return vaddvq_u32(reinterpret_cast<uint32x4_t>(as<U32x4>(a < V{}) & bit));
  } else {
    const U64x2 bit{1, 2};
    return static_cast<u32>(vaddvq_u64(reinterpret_cast<uint64x2_t>(as<U64x2>(a < V{}) & bit)));
  }
}

// -- Floats: fmin and fmax are wasm's --------------------------------------------------------------------------------

WASMRUN_NEON_BINARY(min, F32x4, vminq, _f32, float32x4_t)
WASMRUN_NEON_BINARY(min, F64x2, vminq, _f64, float64x2_t)
WASMRUN_NEON_BINARY(max, F32x4, vmaxq, _f32, float32x4_t)
WASMRUN_NEON_BINARY(max, F64x2, vmaxq, _f64, float64x2_t)
WASMRUN_NEON_BINARY(relaxedMin, F32x4, vminq, _f32, float32x4_t)
WASMRUN_NEON_BINARY(relaxedMin, F64x2, vminq, _f64, float64x2_t)
WASMRUN_NEON_BINARY(relaxedMax, F32x4, vmaxq, _f32, float32x4_t)
WASMRUN_NEON_BINARY(relaxedMax, F64x2, vmaxq, _f64, float64x2_t)
WASMRUN_NEON_UNARY(sqrt, F32x4, vsqrtq, _f32, float32x4_t)
WASMRUN_NEON_UNARY(sqrt, F64x2, vsqrtq, _f64, float64x2_t)
WASMRUN_NEON_UNARY(nearest, F32x4, vrndnq, _f32, float32x4_t)
WASMRUN_NEON_UNARY(nearest, F64x2, vrndnq, _f64, float64x2_t)
WASMRUN_NEON_UNARY(trunc, F32x4, vrndq, _f32, float32x4_t)
WASMRUN_NEON_UNARY(trunc, F64x2, vrndq, _f64, float64x2_t)
WASMRUN_NEON_UNARY(ceil, F32x4, vrndpq, _f32, float32x4_t)
WASMRUN_NEON_UNARY(ceil, F64x2, vrndpq, _f64, float64x2_t)
WASMRUN_NEON_UNARY(floor, F32x4, vrndmq, _f32, float32x4_t)
WASMRUN_NEON_UNARY(floor, F64x2, vrndmq, _f64, float64x2_t)

WASMRUN_INLINE F32x4 madd(F32x4 a, F32x4 b, F32x4 c) {
  return as<F32x4>(
      vfmaq_f32(reinterpret_cast<float32x4_t>(c), reinterpret_cast<float32x4_t>(a), reinterpret_cast<float32x4_t>(b)));
}
WASMRUN_INLINE F64x2 madd(F64x2 a, F64x2 b, F64x2 c) {
  return as<F64x2>(
      vfmaq_f64(reinterpret_cast<float64x2_t>(c), reinterpret_cast<float64x2_t>(a), reinterpret_cast<float64x2_t>(b)));
}
WASMRUN_INLINE F32x4 nmadd(F32x4 a, F32x4 b, F32x4 c) {
  return as<F32x4>(
      vfmsq_f32(reinterpret_cast<float32x4_t>(c), reinterpret_cast<float32x4_t>(a), reinterpret_cast<float32x4_t>(b)));
}
WASMRUN_INLINE F64x2 nmadd(F64x2 a, F64x2 b, F64x2 c) {
  return as<F64x2>(
      vfmsq_f64(reinterpret_cast<float64x2_t>(c), reinterpret_cast<float64x2_t>(a), reinterpret_cast<float64x2_t>(b)));
}

// -- Floats to integers: the instructions saturate, and give 0 for NaN -----------------------------------------------

template <class To, class V>
WASMRUN_INLINE To truncSat(V a) {
  constexpr bool kSigned = std::is_same_v<To, I32x4>;
  if constexpr (std::is_same_v<V, F32x4>) {
    const float32x4_t x = reinterpret_cast<float32x4_t>(a);
    if constexpr (kSigned)
      return as<To>(vcvtq_s32_f32(x));
    else
      return as<To>(vcvtq_u32_f32(x));
  } else {
    const float64x2_t x = reinterpret_cast<float64x2_t>(a);
    if constexpr (kSigned)
      return as<To>(vcombine_s32(vqmovn_s64(vcvtq_s64_f64(x)), vdup_n_s32(0)));
    else
      return as<To>(vcombine_u32(vqmovn_u64(vcvtq_u64_f64(x)), vdup_n_u32(0)));
  }
}

template <class To, class V>
WASMRUN_INLINE To relaxedTrunc(V a) {
  return truncSat<To>(a);
}

#undef WASMRUN_NEON_BINARY
#undef WASMRUN_NEON_UNARY

}  // namespace wasmrun::interp::machine
