// Vectors of 128 bits by lane, and what every lane type shares. They are the compilers' own vector types: plain
// operators work on all lanes, and comparisons give lanes of all ones or zero.
#pragma once

#include <type_traits>

#include "interp/registers.h"

namespace wasmrun::interp {

using I8x16 = i8 __attribute__((vector_size(16)));
using U8x16 = u8 __attribute__((vector_size(16)));
using I16x8 = i16 __attribute__((vector_size(16)));
using U16x8 = u16 __attribute__((vector_size(16)));
using I32x4 = i32 __attribute__((vector_size(16)));
using U32x4 = u32 __attribute__((vector_size(16)));
using I64x2 = i64 __attribute__((vector_size(16)));
using U64x2 = u64 __attribute__((vector_size(16)));
using F32x4 = float __attribute__((vector_size(16)));

// Half vectors, on the way between lanes of two widths.
using I8x8 = i8 __attribute__((vector_size(8)));
using U8x8 = u8 __attribute__((vector_size(8)));
using I16x4 = i16 __attribute__((vector_size(8)));
using U16x4 = u16 __attribute__((vector_size(8)));
using I32x2 = i32 __attribute__((vector_size(8)));
using U32x2 = u32 __attribute__((vector_size(8)));
using F32x2 = float __attribute__((vector_size(8)));

template <class V>
using Lane = std::remove_cvref_t<decltype(std::declval<V&>()[0])>;
template <class V>
inline constexpr u32 kLanes = sizeof(V) / sizeof(Lane<V>);

/// The same bits in other lanes.
template <class To, class From>
WASMRUN_INLINE To as(From a) {
  static_assert(sizeof(To) == sizeof(From));
  return reinterpret_cast<To>(a);
}

template <class V>
WASMRUN_INLINE V splat(Lane<V> x) {
  if constexpr (kLanes<V> == 16)
    return V{x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
  else if constexpr (kLanes<V> == 8)
    return V{x, x, x, x, x, x, x, x};
  else if constexpr (kLanes<V> == 4)
    return V{x, x, x, x};
  else
    return V{x, x};
}

/// The lanes' numbers.
template <class V>
WASMRUN_INLINE V iota() {
  if constexpr (kLanes<V> == 16)
    return V{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  else if constexpr (kLanes<V> == 8)
    return V{0, 1, 2, 3, 4, 5, 6, 7};
  else if constexpr (kLanes<V> == 4)
    return V{0, 1, 2, 3};
  else
    return V{0, 1};
}

/// `mask` ? a : b, bit by bit.
template <class V, class Mask>
WASMRUN_INLINE V bitselect(Mask mask, V a, V b) {
  const U64x2 m = as<U64x2>(mask);
  return as<V>((as<U64x2>(a) & m) | (as<U64x2>(b) & ~m));
}

/// Lanes as an integer of the same width, for arithmetic on the bits of floats.
template <class V>
using BitsVector = std::conditional_t<sizeof(Lane<V>) == 4, U32x4, U64x2>;

// The lower and the upper half of a vector, its lanes widened to those of To.

template <class To, class V>
WASMRUN_INLINE To extendLow(V a) {
  if constexpr (kLanes<V> == 16)
    return __builtin_convertvector(__builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7), To);
  else if constexpr (kLanes<V> == 8)
    return __builtin_convertvector(__builtin_shufflevector(a, a, 0, 1, 2, 3), To);
  else
    return __builtin_convertvector(__builtin_shufflevector(a, a, 0, 1), To);
}

template <class To, class V>
WASMRUN_INLINE To extendHigh(V a) {
  if constexpr (kLanes<V> == 16)
    return __builtin_convertvector(__builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15), To);
  else if constexpr (kLanes<V> == 8)
    return __builtin_convertvector(__builtin_shufflevector(a, a, 4, 5, 6, 7), To);
  else
    return __builtin_convertvector(__builtin_shufflevector(a, a, 2, 3), To);
}

}  // namespace wasmrun::interp
