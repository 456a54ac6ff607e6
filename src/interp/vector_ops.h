// The vector instructions (spec: exec/numerics, exec/instructions): a struct each, named as in opcodes.def. A struct
// has the type T of its vector operands and `apply`. Shifts have the count, which `apply` takes modulo the lane width,
// as second operand; instructions on one lane are templates of bodies_vector.h. Floats are in vector_float_ops.h.
#pragma once

#include "interp/vector_machine.h"

namespace wasmrun::interp::op {

#define WASMRUN_VECTOR_UNARY(name, type, ...)                     \
  struct name {                                                   \
    using T = type;                                               \
    WASMRUN_INLINE static auto apply(T a) { return __VA_ARGS__; } \
  };
#define WASMRUN_VECTOR_BINARY(name, type, ...)                         \
  struct name {                                                        \
    using T = type;                                                    \
    WASMRUN_INLINE static auto apply(T a, T b) { return __VA_ARGS__; } \
  };
#define WASMRUN_VECTOR_TERNARY(name, type, ...)                             \
  struct name {                                                             \
    using T = type;                                                         \
    WASMRUN_INLINE static auto apply(T a, T b, T c) { return __VA_ARGS__; } \
  };
#define WASMRUN_VECTOR_SHIFT(name, type, function)                                                                    \
  struct name {                                                                                                       \
    using T = type;                                                                                                   \
    WASMRUN_INLINE static T apply(T a, u32 count) { return machine::function(a, count & (sizeof(Lane<T>) * 8 - 1)); } \
  };

// -- Bits ------------------------------------------------------------------------------------------------------------

WASMRUN_VECTOR_UNARY(V128Not, U64x2, ~a)
WASMRUN_VECTOR_BINARY(V128And, U64x2, a& b)
WASMRUN_VECTOR_BINARY(V128Andnot, U64x2, a & ~b)
WASMRUN_VECTOR_BINARY(V128Or, U64x2, a | b)
WASMRUN_VECTOR_BINARY(V128Xor, U64x2, a ^ b)
WASMRUN_VECTOR_TERNARY(V128Bitselect, U64x2, bitselect(c, a, b))
WASMRUN_VECTOR_UNARY(V128AnyTrue, U64x2, machine::anyTrue(a))

// -- Integer lanes ---------------------------------------------------------------------------------------------------

// What all widths have; `u` and `s` are the lanes as unsigned and signed. Sums are of unsigned lanes, which wrap.
#define WASMRUN_VECTOR_INTEGER(prefix, u, s)                                           \
  WASMRUN_VECTOR_BINARY(prefix##Eq, u, a == b)                                         \
  WASMRUN_VECTOR_BINARY(prefix##Ne, u, a != b)                                         \
  WASMRUN_VECTOR_BINARY(prefix##LtS, s, a < b)                                         \
  WASMRUN_VECTOR_BINARY(prefix##GtS, s, a > b)                                         \
  WASMRUN_VECTOR_BINARY(prefix##LeS, s, a <= b)                                        \
  WASMRUN_VECTOR_BINARY(prefix##GeS, s, a >= b)                                        \
  WASMRUN_VECTOR_UNARY(prefix##Abs, u, as<s>(a) < s{} ? u{} - a : a)                   \
  WASMRUN_VECTOR_UNARY(prefix##Neg, u, u{} - a)                                        \
  WASMRUN_VECTOR_UNARY(prefix##AllTrue, u, u32{1} ^ machine::anyTrue(as<s>(a == u{}))) \
  WASMRUN_VECTOR_UNARY(prefix##Bitmask, s, machine::bitmask(a))                        \
  WASMRUN_VECTOR_SHIFT(prefix##Shl, u, shiftLeft)                                      \
  WASMRUN_VECTOR_SHIFT(prefix##ShrS, s, shiftRight)                                    \
  WASMRUN_VECTOR_SHIFT(prefix##ShrU, u, shiftRight)                                    \
  WASMRUN_VECTOR_BINARY(prefix##Add, u, a + b)                                         \
  WASMRUN_VECTOR_BINARY(prefix##Sub, u, a - b)
WASMRUN_VECTOR_INTEGER(I8x16, U8x16, I8x16)
WASMRUN_VECTOR_INTEGER(I16x8, U16x8, I16x8)
WASMRUN_VECTOR_INTEGER(I32x4, U32x4, I32x4)
WASMRUN_VECTOR_INTEGER(I64x2, U64x2, I64x2)
#undef WASMRUN_VECTOR_INTEGER

// Lanes of up to 32 bits.
#define WASMRUN_VECTOR_SMALL_INTEGER(prefix, u, s)      \
  WASMRUN_VECTOR_BINARY(prefix##LtU, u, a < b)          \
  WASMRUN_VECTOR_BINARY(prefix##GtU, u, a > b)          \
  WASMRUN_VECTOR_BINARY(prefix##LeU, u, a <= b)         \
  WASMRUN_VECTOR_BINARY(prefix##GeU, u, a >= b)         \
  WASMRUN_VECTOR_BINARY(prefix##MinS, s, a < b ? a : b) \
  WASMRUN_VECTOR_BINARY(prefix##MinU, u, a < b ? a : b) \
  WASMRUN_VECTOR_BINARY(prefix##MaxS, s, a > b ? a : b) \
  WASMRUN_VECTOR_BINARY(prefix##MaxU, u, a > b ? a : b)
WASMRUN_VECTOR_SMALL_INTEGER(I8x16, U8x16, I8x16)
WASMRUN_VECTOR_SMALL_INTEGER(I16x8, U16x8, I16x8)
WASMRUN_VECTOR_SMALL_INTEGER(I32x4, U32x4, I32x4)
#undef WASMRUN_VECTOR_SMALL_INTEGER

// Lanes of 8 and 16 bits saturate.
#define WASMRUN_VECTOR_SATURATING(prefix, u, s)                    \
  WASMRUN_VECTOR_BINARY(prefix##AddSatS, s, machine::addSat(a, b)) \
  WASMRUN_VECTOR_BINARY(prefix##AddSatU, u, machine::addSat(a, b)) \
  WASMRUN_VECTOR_BINARY(prefix##SubSatS, s, machine::subSat(a, b)) \
  WASMRUN_VECTOR_BINARY(prefix##SubSatU, u, machine::subSat(a, b)) \
  WASMRUN_VECTOR_BINARY(prefix##AvgrU, u, machine::avgr(a, b))
WASMRUN_VECTOR_SATURATING(I8x16, U8x16, I8x16)
WASMRUN_VECTOR_SATURATING(I16x8, U16x8, I16x8)
#undef WASMRUN_VECTOR_SATURATING

WASMRUN_VECTOR_BINARY(I16x8Mul, U16x8, a* b)
WASMRUN_VECTOR_BINARY(I32x4Mul, U32x4, a* b)
WASMRUN_VECTOR_BINARY(I64x2Mul, U64x2, a* b)
WASMRUN_VECTOR_UNARY(I8x16Popcnt, U8x16, machine::popcnt(a))
WASMRUN_VECTOR_BINARY(I8x16Swizzle, U8x16, machine::swizzle(a, b))
WASMRUN_VECTOR_BINARY(I16x8Q15mulrSatS, I16x8, machine::q15mulr(a, b))
WASMRUN_VECTOR_BINARY(I32x4DotI16x8S, I16x8, machine::dot(a, b))

// -- Lanes to lanes of another width ---------------------------------------------------------------------------------

WASMRUN_VECTOR_BINARY(I8x16NarrowI16x8S, I16x8, machine::narrow<I8x16>(a, b))
WASMRUN_VECTOR_BINARY(I8x16NarrowI16x8U, I16x8, machine::narrow<U8x16>(a, b))
WASMRUN_VECTOR_BINARY(I16x8NarrowI32x4S, I32x4, machine::narrow<I16x8>(a, b))
WASMRUN_VECTOR_BINARY(I16x8NarrowI32x4U, I32x4, machine::narrow<U16x8>(a, b))
WASMRUN_VECTOR_UNARY(I16x8ExtaddPairwiseI8x16S, I8x16, machine::addPairs(a))
WASMRUN_VECTOR_UNARY(I16x8ExtaddPairwiseI8x16U, U8x16, machine::addPairs(a))
WASMRUN_VECTOR_UNARY(I32x4ExtaddPairwiseI16x8S, I16x8, machine::addPairs(a))
WASMRUN_VECTOR_UNARY(I32x4ExtaddPairwiseI16x8U, U16x8, machine::addPairs(a))

#define WASMRUN_VECTOR_WIDENING(to, from, toU, fromU, toS, fromS)                                \
  WASMRUN_VECTOR_UNARY(to##ExtendLow##from##S, fromS, extendLow<toS>(a))                         \
  WASMRUN_VECTOR_UNARY(to##ExtendHigh##from##S, fromS, extendHigh<toS>(a))                       \
  WASMRUN_VECTOR_UNARY(to##ExtendLow##from##U, fromU, extendLow<toU>(a))                         \
  WASMRUN_VECTOR_UNARY(to##ExtendHigh##from##U, fromU, extendHigh<toU>(a))                       \
  WASMRUN_VECTOR_BINARY(to##ExtmulLow##from##S, fromS, extendLow<toS>(a) * extendLow<toS>(b))    \
  WASMRUN_VECTOR_BINARY(to##ExtmulHigh##from##S, fromS, extendHigh<toS>(a) * extendHigh<toS>(b)) \
  WASMRUN_VECTOR_BINARY(to##ExtmulLow##from##U, fromU, extendLow<toU>(a) * extendLow<toU>(b))    \
  WASMRUN_VECTOR_BINARY(to##ExtmulHigh##from##U, fromU, extendHigh<toU>(a) * extendHigh<toU>(b))
WASMRUN_VECTOR_WIDENING(I16x8, I8x16, U16x8, U8x16, I16x8, I8x16)
WASMRUN_VECTOR_WIDENING(I32x4, I16x8, U32x4, U16x8, I32x4, I16x8)
WASMRUN_VECTOR_WIDENING(I64x2, I32x4, U64x2, U32x4, I64x2, I32x4)
#undef WASMRUN_VECTOR_WIDENING

// -- A number to all lanes -------------------------------------------------------------------------------------------

WASMRUN_VECTOR_UNARY(I8x16Splat, u32, splat<U8x16>(static_cast<u8>(a)))
WASMRUN_VECTOR_UNARY(I16x8Splat, u32, splat<U16x8>(static_cast<u16>(a)))
WASMRUN_VECTOR_UNARY(I32x4Splat, u32, splat<U32x4>(a))
WASMRUN_VECTOR_UNARY(I64x2Splat, u64, splat<U64x2>(a))
WASMRUN_VECTOR_UNARY(F32x4Splat, float, splat<F32x4>(a))
WASMRUN_VECTOR_UNARY(F64x2Splat, double, splat<F64x2>(a))

// -- Relaxed: the machine's fastest result of those allowed. All are functions of their operands ---------------------

WASMRUN_VECTOR_BINARY(I8x16RelaxedSwizzle, U8x16, machine::relaxedSwizzle(a, b))
WASMRUN_VECTOR_BINARY(I16x8RelaxedQ15mulrS, I16x8, machine::relaxedQ15mulr(a, b))
WASMRUN_VECTOR_BINARY(I16x8RelaxedDotI8x16I7x16S, I8x16, machine::relaxedDot(a, b))
WASMRUN_VECTOR_TERNARY(I32x4RelaxedDotI8x16I7x16AddS, I8x16,
                       as<U32x4>(machine::addPairs(machine::relaxedDot(a, b))) + as<U32x4>(c))

}  // namespace wasmrun::interp::op
