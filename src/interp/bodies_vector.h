// Handler bodies of 128-bit vectors: what the bodies of scalar instructions do not cover.
#pragma once

#include "interp/bodies_control.h"
#include "interp/vector_float_ops.h"

namespace wasmrun::interp {

// -- Arithmetic ------------------------------------------------------------------------------------------------------

/// Operands: vector, count, result.
template <class Op, Loc kA, Loc kCount, Loc kD>
struct VectorShift {
  using T = typename Op::T;
  static constexpr OperandText<> kText{readLetter<T, kA>(), readLetter<u32, kCount>(), writeLetter(kD)};
  static constexpr Clobbers kClobbers = kVectorAccumulator;
  static constexpr u32 kCountUnit = kReadUnits<T, kA>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const T a = readOperand<T, kA, 0>(r);
    const u32 count = readOperand<u32, kCount, kCountUnit>(r);
    writeResult<kD, kCountUnit + kReadUnits<u32, kCount>>(r, Op::apply(a, count));
    return kNext;
  }
};

template <class Op, Loc kA, Loc kC, Loc kD>
struct VectorTernary {
  using T = typename Op::T;
  static constexpr OperandText<> kText{readLetter<T, kA>(), "s", readLetter<T, kC>(), writeLetter(kD)};
  static constexpr Clobbers kClobbers = kVectorAccumulator;
  static constexpr u32 kUnitB = kReadUnits<T, kA>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const T a = readOperand<T, kA, 0>(r);
    const T b = readOperand<T, Loc::S, kUnitB>(r);
    const T c = readOperand<T, kC, kUnitB + 1>(r);
    writeResult<kD, kUnitB + 1 + kReadUnits<T, kC>>(r, Op::apply(a, b, c));
    return kNext;
  }
};

template <Loc kD>
struct ConstVector {
  static constexpr OperandText<> kText{"KK", writeLetter(kD)};
  static constexpr Clobbers kClobbers = kVectorAccumulator;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    writeResult<kD, 4>(r, U64x2{operand64<0>(r.pc), operand64<2>(r.pc)});
    return kNext;
  }
};

// -- Lanes chosen by number ------------------------------------------------------------------------------------------

/// 16 lane numbers among the operands.
template <u32 kUnit>
WASMRUN_INLINE U8x16 laneNumbers(const Regs& r) {
  U8x16 lanes;
  std::memcpy(&lanes, reinterpret_cast<const u32*>(r.pc) + 2 + kUnit, sizeof lanes);
  return lanes;
}

/// Operands: two vectors, for each of them the lanes that go to the result's places (those that do not: 128 or more),
/// result.
template <Loc kA, Loc kB, Loc kD>
struct VectorShuffle {
  static constexpr OperandText<> kText{readLetter<U8x16, kA>(), readLetter<U8x16, kB>(), "KKKK", writeLetter(kD)};
  static constexpr Clobbers kClobbers = kVectorAccumulator;
  static constexpr u32 kUnitB = kReadUnits<U8x16, kA>, kLanesUnit = kUnitB + kReadUnits<U8x16, kB>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const U8x16 a = readOperand<U8x16, kA, 0>(r);
    const U8x16 b = readOperand<U8x16, kB, kUnitB>(r);
    writeResult<kD, kLanesUnit + 8>(r,
                                    machine::shuffle(a, b, laneNumbers<kLanesUnit>(r), laneNumbers<kLanesUnit + 4>(r)));
    return kNext;
  }
};

/// A shuffle that takes all lanes from one vector. Operands: vector, lanes (all below 16), result.
template <Loc kA, Loc kD>
struct VectorPermute {
  static constexpr OperandText<> kText{readLetter<U8x16, kA>(), "KK", writeLetter(kD)};
  static constexpr Clobbers kClobbers = kVectorAccumulator;
  static constexpr u32 kLanesUnit = kReadUnits<U8x16, kA>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const U8x16 a = readOperand<U8x16, kA, 0>(r);
    writeResult<kD, kLanesUnit + 4>(r, machine::relaxedSwizzle(a, laneNumbers<kLanesUnit>(r)));
    return kNext;
  }
};

/// Lane M becomes T on the stack. The vector is in a slot: there a lane is read by its number like an array's element.
/// Operands: vector, lane, result.
template <class M, class Type, Loc kD>
struct ExtractLane {
  static constexpr OperandText<> kText{"sn", writeLetter(kD)};
  static constexpr Clobbers kClobbers = kClobbersFor<Type>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    M value;
    std::memcpy(&value, reinterpret_cast<const M*>(r.fp + operand<0>(r.pc)) + operand<1>(r.pc), sizeof value);
    writeResult<kD, 2>(r, LoadOp<M, Type>::convert(value));
    return kNext;
  }
};

/// V with lane `lane` replaced: by comparing lane numbers, because storing a lane into a slot that is loaded as a
/// vector next stalls.
template <class V>
WASMRUN_INLINE V withLane(V a, u32 lane, Lane<V> value) {
  using Number = std::conditional_t<sizeof(Lane<V>) == 4, I32x4, std::conditional_t<sizeof(Lane<V>) == 8, I64x2, V>>;
  return iota<Number>() == splat<Number>(static_cast<Lane<Number>>(lane)) ? splat<V>(value) : a;
}

/// Operands: vector, value, lane, result.
template <class V, class T, Loc kA, Loc kValue, Loc kD>
struct ReplaceLane {
  static constexpr OperandText<> kText{readLetter<V, kA>(), readLetter<T, kValue>(), "n", writeLetter(kD)};
  static constexpr Clobbers kClobbers = kVectorAccumulator;
  static constexpr u32 kValueUnit = kReadUnits<V, kA>, kLaneUnit = kValueUnit + kReadUnits<T, kValue>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const V a = readOperand<V, kA, 0>(r);
    const T value = readOperand<T, kValue, kValueUnit>(r);
    writeResult<kD, kLaneUnit + 1>(r, withLane(a, operand<kLaneUnit>(r.pc), static_cast<Lane<V>>(value)));
    return kNext;
  }
};

// -- Memory ----------------------------------------------------------------------------------------------------------

/// 8 bytes in memory become the wider lanes of To.
template <class Half, class To>
struct LoadExtend {
  using Memory = u64;
  using T = To;
  WASMRUN_INLINE static T convert(u64 value) { return __builtin_convertvector(__builtin_bit_cast(Half, value), To); }
};

template <class V>
struct LoadSplat {
  using Memory = Lane<V>;
  using T = V;
  WASMRUN_INLINE static T convert(Memory value) { return splat<V>(value); }
};

template <class V>
struct LoadZero {
  using Memory = Lane<V>;
  using T = V;
  WASMRUN_INLINE static T convert(Memory value) { return V{value}; }
};

namespace op {
using V128Load = LoadOp<V128, V128>;
using V128Load8x8S = LoadExtend<I8x8, I16x8>;
using V128Load8x8U = LoadExtend<U8x8, U16x8>;
using V128Load16x4S = LoadExtend<I16x4, I32x4>;
using V128Load16x4U = LoadExtend<U16x4, U32x4>;
using V128Load32x2S = LoadExtend<I32x2, I64x2>;
using V128Load32x2U = LoadExtend<U32x2, U64x2>;
using V128Load8Splat = LoadSplat<U8x16>;
using V128Load16Splat = LoadSplat<U16x8>;
using V128Load32Splat = LoadSplat<U32x4>;
using V128Load64Splat = LoadSplat<U64x2>;
using V128Load32Zero = LoadZero<U32x4>;
using V128Load64Zero = LoadZero<U64x2>;
using V128Store = StoreOp<V128, V128>;
}  // namespace op

/// Operands: address, offset, vector, lane, result.
template <class V, Loc kA, Loc kD>
struct LoadLane {
  static constexpr OperandText<> kText{"so", readLetter<V, kA>(), "n", writeLetter(kD)};
  static constexpr Clobbers kClobbers = kVectorAccumulator;
  static constexpr u32 kLaneUnit = 2 + kReadUnits<V, kA>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u64 address = AddressAt<Loc::S>::get(r) + operand<1>(r.pc);
    if (address + sizeof(Lane<V>) > r.memSize) [[unlikely]]
      return trapAt(r, address);
    Lane<V> value;
    std::memcpy(&value, r.mem + address, sizeof value);
    writeResult<kD, kLaneUnit + 1>(r, withLane(readOperand<V, kA, 2>(r), operand<kLaneUnit>(r.pc), value));
    return kNext;
  }
};

/// Operands: address, memory, offset, vector, lane, result.
template <class V>
struct LoadLaneAny {
  static constexpr OperandText<> kText{"snKsnd"};
  static constexpr Clobbers kClobbers = kVectorAccumulator;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    u64 address;
    const u8* place =
        checkedAddress(r, operand<1>(r.pc), r.fp[operand<0>(r.pc)], operand64<2>(r.pc), sizeof(Lane<V>), address);
    if (place == nullptr) [[unlikely]]
      return trapAtMemory(r, operand<1>(r.pc), address);
    Lane<V> value;
    std::memcpy(&value, place, sizeof value);
    writeResult<Loc::S, 6>(r, withLane(readOperand<V, Loc::S, 4>(r), operand<5>(r.pc), value));
    return kNext;
  }
};

/// Operands: address, offset, vector, lane.
template <class M>
struct StoreLane {
  static constexpr OperandText<> kText{"sosn"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u64 address = AddressAt<Loc::S>::get(r) + operand<1>(r.pc);
    if (address + sizeof(M) > r.memSize) [[unlikely]]
      return trapAt(r, address);
    std::memcpy(r.mem + address, reinterpret_cast<const M*>(r.fp + operand<2>(r.pc)) + operand<3>(r.pc), sizeof(M));
    return kNext;
  }
};

/// Operands: address, memory, offset, vector, lane.
template <class M>
struct StoreLaneAny {
  static constexpr OperandText<> kText{"snKsn"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    u64 address;
    u8* place = checkedAddress(r, operand<1>(r.pc), r.fp[operand<0>(r.pc)], operand64<2>(r.pc), sizeof(M), address);
    if (place == nullptr) [[unlikely]]
      return trapAtMemory(r, operand<1>(r.pc), address);
    std::memcpy(place, reinterpret_cast<const M*>(r.fp + operand<4>(r.pc)) + operand<5>(r.pc), sizeof(M));
    return kNext;
  }
};

}  // namespace wasmrun::interp
