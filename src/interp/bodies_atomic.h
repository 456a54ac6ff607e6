// Handler bodies of atomic accesses (threads), and of arithmetic on pairs of slots (wide arithmetic). Operands are in
// slots.
//
// Atomic accesses name their memory and have 64-bit offsets: their own cost is far above a general address's. All are
// sequentially consistent. An address that is not a multiple of the access's size traps, before the bounds are looked
// at.
#pragma once

#include "interp/bodies_control.h"

namespace wasmrun::interp {

// -- Atomic accesses -------------------------------------------------------------------------------------------------

/// Computes the place of an atomic access to an M, whose operands begin with address, memory, offset; or says where to
/// continue if it traps.
template <class M>
WASMRUN_INLINE M* atomicPlace(Regs& r, const Word*& next) {
  u64 address;
  u8* place = checkedAddress(r, operand<1>(r.pc), r.fp[operand<0>(r.pc)], operand64<2>(r.pc), sizeof(M), address);
  // Of an address past 2^64 only the low bits count here, and those the operands have.
  if ((r.fp[operand<0>(r.pc)] + operand64<2>(r.pc)) % sizeof(M) != 0) [[unlikely]] {
    next = trap(r, TrapKind::UnalignedAtomic);
    return nullptr;
  }
  if (place == nullptr) [[unlikely]]
    next = trapAtMemory(r, operand<1>(r.pc), address);
  return reinterpret_cast<M*>(place);
}

/// Operands: address, memory, offset, result. Narrow values are zero-extended.
template <class M>
struct AtomicLoad {
  static constexpr OperandText<> kText{"snKd"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const Word* next;
    const M* place = atomicPlace<M>(r, next);
    if (place == nullptr) [[unlikely]]
      return next;
    r.fp[operand<4>(r.pc)] = __atomic_load_n(place, __ATOMIC_SEQ_CST);
    return kNext;
  }
};

/// Operands: address, memory, offset, value.
template <class M>
struct AtomicStore {
  static constexpr OperandText<> kText{"snKs"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const Word* next;
    M* place = atomicPlace<M>(r, next);
    if (place == nullptr) [[unlikely]]
      return next;
    __atomic_store_n(place, static_cast<M>(r.fp[operand<4>(r.pc)]), __ATOMIC_SEQ_CST);
    return kNext;
  }
};

namespace op {
#define WASMRUN_ATOMIC_RMW(name, builtin)              \
  struct Rmw##name {                                   \
    template <class M>                                 \
    WASMRUN_INLINE static M apply(M* place, M value) { \
      return builtin(place, value, __ATOMIC_SEQ_CST);  \
    }                                                  \
  };
WASMRUN_ATOMIC_RMW(Add, __atomic_fetch_add)
WASMRUN_ATOMIC_RMW(Sub, __atomic_fetch_sub)
WASMRUN_ATOMIC_RMW(And, __atomic_fetch_and)
WASMRUN_ATOMIC_RMW(Or, __atomic_fetch_or)
WASMRUN_ATOMIC_RMW(Xor, __atomic_fetch_xor)
WASMRUN_ATOMIC_RMW(Xchg, __atomic_exchange_n)
#undef WASMRUN_ATOMIC_RMW
}  // namespace op

/// Operands: address, memory, offset, value, result (what was there before).
template <class Op, class M>
struct AtomicRmw {
  static constexpr OperandText<> kText{"snKsd"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const Word* next;
    M* place = atomicPlace<M>(r, next);
    if (place == nullptr) [[unlikely]]
      return next;
    r.fp[operand<5>(r.pc)] = Op::apply(place, static_cast<M>(r.fp[operand<4>(r.pc)]));
    return kNext;
  }
};

/// Operands: address, memory, offset, expected, replacement, result (what was there before).
template <class M>
struct AtomicCmpxchg {
  static constexpr OperandText<> kText{"snKssd"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const Word* next;
    M* place = atomicPlace<M>(r, next);
    if (place == nullptr) [[unlikely]]
      return next;
    M expected = static_cast<M>(r.fp[operand<4>(r.pc)]);
    __atomic_compare_exchange_n(place, &expected, static_cast<M>(r.fp[operand<5>(r.pc)]), false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    r.fp[operand<6>(r.pc)] = expected;
    return kNext;
  }
};

// memory.atomic.notify and the waits, as functions of CallSlowAtomic: their operands are contiguous, numbers are
// memory, offset.
TrapKind atomicNotify(const AtomicCall& call);
TrapKind atomicWait32(const AtomicCall& call);
TrapKind atomicWait64(const AtomicCall& call);

// -- Wide arithmetic: results are two slots, the low half first ------------------------------------------------------

/// Both sums and differences of 128 bits. Operands: a low, a high, b low, b high, result.
template <bool kSubtract>
struct Wide128 {
  static constexpr OperandText<> kText{"ssssd"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    using Wide = unsigned __int128;
    const Wide a = r.fp[operand<0>(r.pc)] | static_cast<Wide>(r.fp[operand<1>(r.pc)]) << 64;
    const Wide b = r.fp[operand<2>(r.pc)] | static_cast<Wide>(r.fp[operand<3>(r.pc)]) << 64;
    const Wide result = kSubtract ? a - b : a + b;
    u64* slot = r.fp + operand<4>(r.pc);
    slot[0] = static_cast<u64>(result);
    slot[1] = static_cast<u64>(result >> 64);
    return kNext;
  }
};

/// The whole product of two 64-bit values, extended as `Half`. Operands: a, b, result.
template <class Half, class Wide>
struct MulWide {
  static constexpr OperandText<> kText{"ssd"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const Wide a = static_cast<Half>(r.fp[operand<0>(r.pc)]);
    const Wide b = static_cast<Half>(r.fp[operand<1>(r.pc)]);
    const Wide result = a * b;
    u64* slot = r.fp + operand<2>(r.pc);
    slot[0] = static_cast<u64>(result);
    slot[1] = static_cast<u64>(result >> 64);
    return kNext;
  }
};

}  // namespace wasmrun::interp
