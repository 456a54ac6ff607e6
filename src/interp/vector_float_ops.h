// The vector instructions on lanes of floats; see vector_ops.h.
#pragma once

#include "interp/vector_ops.h"

namespace wasmrun::interp::op {

#define WASMRUN_VECTOR_FLOAT(prefix, type)                                   \
  WASMRUN_VECTOR_BINARY(prefix##Eq, type, a == b)                            \
  WASMRUN_VECTOR_BINARY(prefix##Ne, type, a != b)                            \
  WASMRUN_VECTOR_BINARY(prefix##Lt, type, a < b)                             \
  WASMRUN_VECTOR_BINARY(prefix##Gt, type, a > b)                             \
  WASMRUN_VECTOR_BINARY(prefix##Le, type, a <= b)                            \
  WASMRUN_VECTOR_BINARY(prefix##Ge, type, a >= b)                            \
  WASMRUN_VECTOR_UNARY(prefix##Abs, type, portable::withSign(a, type{}))     \
  WASMRUN_VECTOR_UNARY(prefix##Neg, type, -a)                                \
  WASMRUN_VECTOR_UNARY(prefix##Sqrt, type, machine::sqrt(a))                 \
  WASMRUN_VECTOR_UNARY(prefix##Ceil, type, machine::ceil(a))                 \
  WASMRUN_VECTOR_UNARY(prefix##Floor, type, machine::floor(a))               \
  WASMRUN_VECTOR_UNARY(prefix##Trunc, type, machine::trunc(a))               \
  WASMRUN_VECTOR_UNARY(prefix##Nearest, type, machine::nearest(a))           \
  WASMRUN_VECTOR_BINARY(prefix##Add, type, a + b)                            \
  WASMRUN_VECTOR_BINARY(prefix##Sub, type, a - b)                            \
  WASMRUN_VECTOR_BINARY(prefix##Mul, type, a* b)                             \
  WASMRUN_VECTOR_BINARY(prefix##Div, type, a / b)                            \
  WASMRUN_VECTOR_BINARY(prefix##Min, type, machine::min(a, b))               \
  WASMRUN_VECTOR_BINARY(prefix##Max, type, machine::max(a, b))               \
  WASMRUN_VECTOR_BINARY(prefix##Pmin, type, b < a ? b : a)                   \
  WASMRUN_VECTOR_BINARY(prefix##Pmax, type, a < b ? b : a)                   \
  WASMRUN_VECTOR_BINARY(prefix##RelaxedMin, type, machine::relaxedMin(a, b)) \
  WASMRUN_VECTOR_BINARY(prefix##RelaxedMax, type, machine::relaxedMax(a, b)) \
  WASMRUN_VECTOR_TERNARY(prefix##RelaxedMadd, type, machine::madd(a, b, c))  \
  WASMRUN_VECTOR_TERNARY(prefix##RelaxedNmadd, type, machine::nmadd(a, b, c))
WASMRUN_VECTOR_FLOAT(F32x4, F32x4)
WASMRUN_VECTOR_FLOAT(F64x2, F64x2)
#undef WASMRUN_VECTOR_FLOAT

// -- Conversions -----------------------------------------------------------------------------------------------------

WASMRUN_VECTOR_UNARY(F32x4ConvertI32x4S, I32x4, __builtin_convertvector(a, F32x4))
WASMRUN_VECTOR_UNARY(F32x4ConvertI32x4U, U32x4, __builtin_convertvector(a, F32x4))
WASMRUN_VECTOR_UNARY(F64x2ConvertLowI32x4S, I32x4, extendLow<F64x2>(a))
WASMRUN_VECTOR_UNARY(F64x2ConvertLowI32x4U, U32x4, extendLow<F64x2>(a))
WASMRUN_VECTOR_UNARY(F64x2PromoteLowF32x4, F32x4, extendLow<F64x2>(a))
WASMRUN_VECTOR_UNARY(F32x4DemoteF64x2Zero, F64x2,
                     __builtin_shufflevector(__builtin_convertvector(a, F32x2), F32x2{}, 0, 1, 2, 3))
WASMRUN_VECTOR_UNARY(I32x4TruncSatF32x4S, F32x4, machine::truncSat<I32x4>(a))
WASMRUN_VECTOR_UNARY(I32x4TruncSatF32x4U, F32x4, machine::truncSat<U32x4>(a))
WASMRUN_VECTOR_UNARY(I32x4TruncSatF64x2SZero, F64x2, machine::truncSat<I32x4>(a))
WASMRUN_VECTOR_UNARY(I32x4TruncSatF64x2UZero, F64x2, machine::truncSat<U32x4>(a))
WASMRUN_VECTOR_UNARY(I32x4RelaxedTruncF32x4S, F32x4, machine::relaxedTrunc<I32x4>(a))
WASMRUN_VECTOR_UNARY(I32x4RelaxedTruncF32x4U, F32x4, machine::relaxedTrunc<U32x4>(a))
WASMRUN_VECTOR_UNARY(I32x4RelaxedTruncF64x2SZero, F64x2, machine::relaxedTrunc<I32x4>(a))
WASMRUN_VECTOR_UNARY(I32x4RelaxedTruncF64x2UZero, F64x2, machine::relaxedTrunc<U32x4>(a))

}  // namespace wasmrun::interp::op

#undef WASMRUN_VECTOR_UNARY
#undef WASMRUN_VECTOR_BINARY
#undef WASMRUN_VECTOR_TERNARY
#undef WASMRUN_VECTOR_SHIFT
