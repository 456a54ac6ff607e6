// Handler bodies of numeric instructions and of branches on comparisons.
//
// A body is a struct with `kText`, its operands (instruction.h), and `run`. Bodies are templates over where each
// operand is, so that the handlers for slots, accumulators and constants are instances of one text.
#pragma once

#include "interp/numeric.h"

namespace wasmrun::interp {

constexpr const char* writeLetter(Loc loc) { return loc == Loc::S ? "d" : ""; }

template <class Op, Loc kA, Loc kB, Loc kD>
struct Binary {
  using T = typename Op::T;
  static constexpr OperandText<> kText{readLetter<T, kA>(), readLetter<T, kB>(), writeLetter(kD)};
  static constexpr Clobbers kClobbers = kClobbersFor<decltype(Op::apply(T{}, T{}))>;
  static constexpr u32 kUnitB = kReadUnits<T, kA>, kUnitD = kUnitB + kReadUnits<T, kB>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const T a = readOperand<T, kA, 0>(r);
    const T b = readOperand<T, kB, kUnitB>(r);
    if constexpr (requires { Op::check(a, b); }) {
      const runtime::TrapKind kind = Op::check(a, b);
      if (kind != runtime::TrapKind::None) [[unlikely]]
        return trap(r, kind);
    }
    writeResult<kD, kUnitD>(r, Op::apply(a, b));
    return kNext;
  }
};

template <class Op, Loc kA, Loc kD>
struct Unary {
  using T = typename Op::T;
  static constexpr OperandText<> kText{readLetter<T, kA>(), writeLetter(kD)};
  static constexpr Clobbers kClobbers = kClobbersFor<decltype(Op::apply(T{}))>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const T a = readOperand<T, kA, 0>(r);
    if constexpr (requires { Op::check(a); }) {
      const runtime::TrapKind kind = Op::check(a);
      if (kind != runtime::TrapKind::None) [[unlikely]]
        return trap(r, kind);
    }
    writeResult<kD, kReadUnits<T, kA>>(r, Op::apply(a));
    return kNext;
  }
};

/// Jumps in `Back` direction close loops and are counted.
template <bool kBack>
WASMRUN_INLINE const Word* jump(Regs& r, const Word* target) {
  if constexpr (kBack)
    return pollAndGo(r, target);
  else
    return target;
}

/// Jumps if the comparison holds; if it does not, when kNegate (needed for floats, whose comparisons have no inverse).
template <class Op, Loc kA, Loc kB, bool kNegate, bool kBack>
struct Branch {
  using T = typename Op::T;
  static constexpr OperandText<> kText{readLetter<T, kA>(), readLetter<T, kB>(), "j"};
  static constexpr Clobbers kClobbers = kNothing;
  static constexpr u32 kUnitB = kReadUnits<T, kA>, kUnitJ = kUnitB + kReadUnits<T, kB>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const T a = readOperand<T, kA, 0>(r);
    const T b = readOperand<T, kB, kUnitB>(r);
    if (Op::test(a, b) != kNegate) return jump<kBack>(r, jumpTarget<kUnitJ>(r.pc));
    return kNext;
  }
};

/// Jumps if the value is not zero; if it is, when kNegate.
template <class T, Loc kA, bool kNegate, bool kBack>
struct BranchOnValue {
  static constexpr OperandText<> kText{readLetter<T, kA>(), "j"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    if ((readOperand<T, kA, 0>(r) != 0) != kNegate) return jump<kBack>(r, jumpTarget<kReadUnits<T, kA>>(r.pc));
    return kNext;
  }
};

/// d = a + (b << k): the address of an array element.
template <Loc kD>
struct AddShifted {
  static constexpr OperandText<> kText{"ssk", writeLetter(kD)};
  static constexpr Clobbers kClobbers = kAccumulator;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u32 a = readOperand<u32, Loc::S, 0>(r);
    const u32 b = readOperand<u32, Loc::S, 1>(r);
    writeResult<kD, 3>(r, a + (b << (operand<2>(r.pc) & 31)));
    return kNext;
  }
};

}  // namespace wasmrun::interp
