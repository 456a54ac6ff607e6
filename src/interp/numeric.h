// The scalar numeric instructions (spec: exec/numerics), one struct each. A struct has the operand type T, and `apply`.
// Those that may trap have `check`, which says with what, or None.
#pragma once

#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "interp/instruction.h"
#include "runtime/trap.h"

namespace wasmrun::interp::op {

using runtime::TrapKind;

template <class T>
using Signed = std::make_signed_t<T>;

// -- Integers --------------------------------------------------------------------------------------------------------

#define WASMRUN_INT_BINARY(name, expression)  \
  template <class Type>                       \
  struct name {                               \
    using T = Type;                           \
    static constexpr T kBits = sizeof(T) * 8; \
    WASMRUN_INLINE static T apply(T a, T b) { \
      using S [[maybe_unused]] = Signed<T>;   \
      return static_cast<T>(expression);      \
    }                                         \
  };
WASMRUN_INT_BINARY(Add, a + b)
WASMRUN_INT_BINARY(Sub, a - b)
WASMRUN_INT_BINARY(Mul, a* b)
WASMRUN_INT_BINARY(And, a& b)
WASMRUN_INT_BINARY(Or, a | b)
WASMRUN_INT_BINARY(Xor, a ^ b)
WASMRUN_INT_BINARY(Shl, a << (b & (kBits - 1)))
WASMRUN_INT_BINARY(ShrS, static_cast<S>(a) >> (b & (kBits - 1)))
WASMRUN_INT_BINARY(ShrU, a >> (b & (kBits - 1)))
WASMRUN_INT_BINARY(Rotl, std::rotl(a, static_cast<int>(b&(kBits - 1))))
WASMRUN_INT_BINARY(Rotr, std::rotr(a, static_cast<int>(b&(kBits - 1))))
#undef WASMRUN_INT_BINARY

template <class Type>
struct DivS {
  using T = Type;
  using S = Signed<T>;
  WASMRUN_INLINE static TrapKind check(T a, T b) {
    if (b == 0) return TrapKind::IntegerDivideByZero;
    if (static_cast<S>(b) == -1 && static_cast<S>(a) == std::numeric_limits<S>::min()) return TrapKind::IntegerOverflow;
    return TrapKind::None;
  }
  WASMRUN_INLINE static T apply(T a, T b) { return static_cast<T>(static_cast<S>(a) / static_cast<S>(b)); }
};

template <class Type>
struct RemS {
  using T = Type;
  using S = Signed<T>;
  WASMRUN_INLINE static TrapKind check(T, T b) { return b == 0 ? TrapKind::IntegerDivideByZero : TrapKind::None; }
  WASMRUN_INLINE static T apply(T a, T b) {
    // min % -1 is 0 in wasm and overflows in C++.
    return static_cast<S>(b) == -1 ? T{0} : static_cast<T>(static_cast<S>(a) % static_cast<S>(b));
  }
};

template <class Type>
struct DivU {
  using T = Type;
  WASMRUN_INLINE static TrapKind check(T, T b) { return b == 0 ? TrapKind::IntegerDivideByZero : TrapKind::None; }
  WASMRUN_INLINE static T apply(T a, T b) { return a / b; }
};

template <class Type>
struct RemU {
  using T = Type;
  WASMRUN_INLINE static TrapKind check(T, T b) { return b == 0 ? TrapKind::IntegerDivideByZero : TrapKind::None; }
  WASMRUN_INLINE static T apply(T a, T b) { return a % b; }
};

#define WASMRUN_COMPARE(name, type, expression)                      \
  template <class Type>                                              \
  struct name {                                                      \
    using T = Type;                                                  \
    WASMRUN_INLINE static bool test(T left, T right) {               \
      const type a = static_cast<type>(left);                        \
      const type b = static_cast<type>(right);                       \
      return expression;                                             \
    }                                                                \
    WASMRUN_INLINE static u32 apply(T a, T b) { return test(a, b); } \
  };
WASMRUN_COMPARE(Eq, T, a == b)
WASMRUN_COMPARE(Ne, T, a != b)
WASMRUN_COMPARE(LtS, Signed<T>, a < b)
WASMRUN_COMPARE(LtU, T, a < b)
WASMRUN_COMPARE(GtS, Signed<T>, a > b)
WASMRUN_COMPARE(GtU, T, a > b)
WASMRUN_COMPARE(LeS, Signed<T>, a <= b)
WASMRUN_COMPARE(LeU, T, a <= b)
WASMRUN_COMPARE(GeS, Signed<T>, a >= b)
WASMRUN_COMPARE(GeU, T, a >= b)
WASMRUN_COMPARE(Lt, T, a < b)
WASMRUN_COMPARE(Gt, T, a > b)
WASMRUN_COMPARE(Le, T, a <= b)
WASMRUN_COMPARE(Ge, T, a >= b)
WASMRUN_COMPARE(TestBits, T, (a & b) != 0)
#undef WASMRUN_COMPARE

#define WASMRUN_UNARY(name, from, expression)                    \
  struct name {                                                  \
    using T = from;                                              \
    WASMRUN_INLINE static auto apply(T a) { return expression; } \
  };
WASMRUN_UNARY(I32Eqz, u32, static_cast<u32>(a == 0))
WASMRUN_UNARY(I64Eqz, u64, static_cast<u32>(a == 0))
WASMRUN_UNARY(I32Clz, u32, static_cast<u32>(std::countl_zero(a)))
WASMRUN_UNARY(I64Clz, u64, static_cast<u64>(std::countl_zero(a)))
WASMRUN_UNARY(I32Ctz, u32, static_cast<u32>(std::countr_zero(a)))
WASMRUN_UNARY(I64Ctz, u64, static_cast<u64>(std::countr_zero(a)))
WASMRUN_UNARY(I32Popcnt, u32, static_cast<u32>(std::popcount(a)))
WASMRUN_UNARY(I64Popcnt, u64, static_cast<u64>(std::popcount(a)))
WASMRUN_UNARY(I32Extend8S, u32, static_cast<u32>(static_cast<i32>(static_cast<i8>(a))))
WASMRUN_UNARY(I32Extend16S, u32, static_cast<u32>(static_cast<i32>(static_cast<i16>(a))))
WASMRUN_UNARY(I64Extend8S, u64, static_cast<u64>(static_cast<i64>(static_cast<i8>(a))))
WASMRUN_UNARY(I64Extend16S, u64, static_cast<u64>(static_cast<i64>(static_cast<i16>(a))))
WASMRUN_UNARY(I64Extend32S, u64, static_cast<u64>(static_cast<i64>(static_cast<i32>(a))))
WASMRUN_UNARY(I32WrapI64, u64, static_cast<u32>(a))
WASMRUN_UNARY(I64ExtendI32S, u32, static_cast<u64>(static_cast<i64>(static_cast<i32>(a))))
WASMRUN_UNARY(I64ExtendI32U, u32, static_cast<u64>(a))
WASMRUN_UNARY(I32ReinterpretF32, float, std::bit_cast<u32>(a))
WASMRUN_UNARY(I64ReinterpretF64, double, std::bit_cast<u64>(a))
WASMRUN_UNARY(F32ReinterpretI32, u32, std::bit_cast<float>(a))
WASMRUN_UNARY(F64ReinterpretI64, u64, std::bit_cast<double>(a))
WASMRUN_UNARY(F32ConvertI32S, u32, static_cast<float>(static_cast<i32>(a)))
WASMRUN_UNARY(F32ConvertI32U, u32, static_cast<float>(a))
WASMRUN_UNARY(F32ConvertI64S, u64, static_cast<float>(static_cast<i64>(a)))
WASMRUN_UNARY(F32ConvertI64U, u64, static_cast<float>(a))
WASMRUN_UNARY(F64ConvertI32S, u32, static_cast<double>(static_cast<i32>(a)))
WASMRUN_UNARY(F64ConvertI32U, u32, static_cast<double>(a))
WASMRUN_UNARY(F64ConvertI64S, u64, static_cast<double>(static_cast<i64>(a)))
WASMRUN_UNARY(F64ConvertI64U, u64, static_cast<double>(a))
WASMRUN_UNARY(F32DemoteF64, double, static_cast<float>(a))
WASMRUN_UNARY(F64PromoteF32, float, static_cast<double>(a))

// -- Floats ----------------------------------------------------------------------------------------------------------

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, u32, u64>;
template <class T>
inline constexpr BitsOf<T> kSignBit = BitsOf<T>{1} << (sizeof(T) * 8 - 1);
template <class T>
inline constexpr BitsOf<T> kQuietBit = BitsOf<T>{1} << (std::numeric_limits<T>::digits - 2);

template <class T>
WASMRUN_INLINE T quieted(T nan) {
  return std::bit_cast<T>(static_cast<BitsOf<T>>(std::bit_cast<BitsOf<T>>(nan) | kQuietBit<T>));
}

/// Rounding functions keep NaNs but make them quiet (spec: exec/numerics, nans).
template <class T, class Round>
WASMRUN_INLINE T rounded(T a, Round round) {
  return a == a ? round(a) : quieted(a);
}

#define WASMRUN_FLOAT_UNARY(name, expression)                 \
  template <class Type>                                       \
  struct name {                                               \
    using T = Type;                                           \
    WASMRUN_INLINE static T apply(T a) { return expression; } \
  };
WASMRUN_FLOAT_UNARY(Abs, std::bit_cast<T>(static_cast<BitsOf<T>>(std::bit_cast<BitsOf<T>>(a) & ~kSignBit<T>)))
WASMRUN_FLOAT_UNARY(Neg, std::bit_cast<T>(static_cast<BitsOf<T>>(std::bit_cast<BitsOf<T>>(a) ^ kSignBit<T>)))
WASMRUN_FLOAT_UNARY(Ceil, rounded(a, [](T x) { return std::ceil(x); }))
WASMRUN_FLOAT_UNARY(Floor, rounded(a, [](T x) { return std::floor(x); }))
WASMRUN_FLOAT_UNARY(Trunc, rounded(a, [](T x) { return std::trunc(x); }))
WASMRUN_FLOAT_UNARY(Nearest, rounded(a, [](T x) { return std::nearbyint(x); }))
WASMRUN_FLOAT_UNARY(Sqrt, std::sqrt(a))

#define WASMRUN_FLOAT_BINARY(name, expression)                     \
  template <class Type>                                            \
  struct name {                                                    \
    using T = Type;                                                \
    WASMRUN_INLINE static T apply(T a, T b) { return expression; } \
  };
WASMRUN_FLOAT_BINARY(FAdd, a + b)
WASMRUN_FLOAT_BINARY(FSub, a - b)
WASMRUN_FLOAT_BINARY(FMul, a* b)
WASMRUN_FLOAT_BINARY(FDiv, a / b)
WASMRUN_FLOAT_BINARY(Copysign, std::bit_cast<T>(static_cast<BitsOf<T>>((std::bit_cast<BitsOf<T>>(a) & ~kSignBit<T>) |
                                                                       (std::bit_cast<BitsOf<T>>(b) & kSignBit<T>))))

/// -0 is less than +0, a NaN operand gives a quiet NaN.
template <class Type>
struct Min {
  using T = Type;
  WASMRUN_INLINE static T apply(T a, T b) {
    if (a < b) return a;
    if (b < a) return b;
    if (a == b)
      return std::bit_cast<T>(static_cast<BitsOf<T>>(std::bit_cast<BitsOf<T>>(a) | std::bit_cast<BitsOf<T>>(b)));
    return a + b;
  }
};

template <class Type>
struct Max {
  using T = Type;
  WASMRUN_INLINE static T apply(T a, T b) {
    if (a > b) return a;
    if (b > a) return b;
    if (a == b)
      return std::bit_cast<T>(static_cast<BitsOf<T>>(std::bit_cast<BitsOf<T>>(a) & std::bit_cast<BitsOf<T>>(b)));
    return a + b;
  }
};

// -- Float to integer ------------------------------------------------------------------------------------------------

/// The least and the first too large float whose truncation fits To. All are powers of two or zero, hence exact.
template <class From, class To>
inline constexpr From kUpper = static_cast<From>(std::numeric_limits<To>::max() / 2 + 1) * 2;

/// True if trunc(a) fits To; false for NaN.
template <class From, class To>
WASMRUN_INLINE bool truncates(From a) {
  if constexpr (std::is_signed_v<To>) {
    // min - 1 is a float of its own only if From has more digits than To; else min itself is the limit.
    constexpr From kMin = static_cast<From>(std::numeric_limits<To>::min());
    if constexpr (std::numeric_limits<From>::digits > std::numeric_limits<To>::digits)
      return a > kMin - 1 && a < kUpper<From, To>;
    else
      return a >= kMin && a < kUpper<From, To>;
  } else {
    return a > From{-1} && a < kUpper<From, To>;
  }
}

/// i32.trunc_f32_s and its kin: traps.
template <class From, class To>
struct TruncTo {
  using T = From;
  WASMRUN_INLINE static TrapKind check(T a) {
    if (truncates<From, To>(a)) return TrapKind::None;
    return a == a ? TrapKind::IntegerOverflow : TrapKind::InvalidConversion;
  }
  WASMRUN_INLINE static auto apply(T a) { return static_cast<std::make_unsigned_t<To>>(static_cast<To>(a)); }
};

/// i32.trunc_sat_f32_s and its kin.
template <class From, class To>
struct TruncSat {
  using T = From;
  WASMRUN_INLINE static auto apply(T a) {
    using Result = std::make_unsigned_t<To>;
    if (truncates<From, To>(a)) return static_cast<Result>(static_cast<To>(a));
    if (!(a == a)) return Result{0};
    return static_cast<Result>(a < 0 ? std::numeric_limits<To>::min() : std::numeric_limits<To>::max());
  }
};

using I32TruncF32S = TruncTo<float, i32>;
using I32TruncF32U = TruncTo<float, u32>;
using I32TruncF64S = TruncTo<double, i32>;
using I32TruncF64U = TruncTo<double, u32>;
using I64TruncF32S = TruncTo<float, i64>;
using I64TruncF32U = TruncTo<float, u64>;
using I64TruncF64S = TruncTo<double, i64>;
using I64TruncF64U = TruncTo<double, u64>;
using I32TruncSatF32S = TruncSat<float, i32>;
using I32TruncSatF32U = TruncSat<float, u32>;
using I32TruncSatF64S = TruncSat<double, i32>;
using I32TruncSatF64U = TruncSat<double, u32>;
using I64TruncSatF32S = TruncSat<float, i64>;
using I64TruncSatF32U = TruncSat<float, u64>;
using I64TruncSatF64S = TruncSat<double, i64>;
using I64TruncSatF64U = TruncSat<double, u64>;

}  // namespace wasmrun::interp::op
