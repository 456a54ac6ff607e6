// Handler bodies of loads and stores. Every access is checked against the memory's size: the interpreter needs no
// signals.
#pragma once

#include "interp/bodies_numeric.h"

namespace wasmrun::interp {

// -- Addresses: how the 32-bit address is computed. kUnits operands, then the offset ---------------------------------

template <Loc kLoc>
struct AddressAt {
  static constexpr const char* kLetters = kLoc == Loc::S ? "s" : "";
  static constexpr u32 kUnits = kReadUnits<u32, kLoc>;
  WASMRUN_INLINE static u64 get(const Regs& r) { return readOperand<u32, kLoc, 0>(r); }
};

/// slot + constant, wrapping
struct AddressPlusConst {
  static constexpr const char* kLetters = "sk";
  static constexpr u32 kUnits = 2;
  WASMRUN_INLINE static u64 get(const Regs& r) { return readOperand<u32, Loc::S, 0>(r) + operand<1>(r.pc); }
};

/// slot + slot, wrapping
struct AddressSum {
  static constexpr const char* kLetters = "ss";
  static constexpr u32 kUnits = 2;
  WASMRUN_INLINE static u64 get(const Regs& r) {
    return readOperand<u32, Loc::S, 0>(r) + readOperand<u32, Loc::S, 1>(r);
  }
};

/// slot + (slot << constant), wrapping
struct AddressElement {
  static constexpr const char* kLetters = "ssk";
  static constexpr u32 kUnits = 3;
  WASMRUN_INLINE static u64 get(const Regs& r) {
    return readOperand<u32, Loc::S, 0>(r) + (readOperand<u32, Loc::S, 1>(r) << (operand<2>(r.pc) & 31));
  }
};

/// No operand: the whole address is in the offset
struct AddressConst {
  static constexpr const char* kLetters = "";
  static constexpr u32 kUnits = 0;
  WASMRUN_INLINE static u64 get(const Regs&) { return 0; }
};

// -- What is loaded or stored ----------------------------------------------------------------------------------------

/// M in memory becomes T on the stack.
template <class M, class Type>
struct LoadOp {
  using Memory = M;
  using T = Type;
  WASMRUN_INLINE static T convert(M value) {
    if constexpr (std::same_as<M, T>)
      return value;
    else if constexpr (sizeof(T) == 4)
      return static_cast<T>(static_cast<i32>(value));
    else
      return static_cast<T>(static_cast<i64>(value));
  }
};

namespace op {
using I32Load = LoadOp<u32, u32>;
using I64Load = LoadOp<u64, u64>;
using F32Load = LoadOp<float, float>;
using F64Load = LoadOp<double, double>;
using I32Load8S = LoadOp<i8, u32>;
using I32Load8U = LoadOp<u8, u32>;
using I32Load16S = LoadOp<i16, u32>;
using I32Load16U = LoadOp<u16, u32>;
using I64Load8S = LoadOp<i8, u64>;
using I64Load8U = LoadOp<u8, u64>;
using I64Load16S = LoadOp<i16, u64>;
using I64Load16U = LoadOp<u16, u64>;
using I64Load32S = LoadOp<i32, u64>;
using I64Load32U = LoadOp<u32, u64>;
}  // namespace op

/// T on the stack becomes M in memory.
template <class M, class Type>
struct StoreOp {
  using Memory = M;
  using T = Type;
};

namespace op {
using I32Store = StoreOp<u32, u32>;
using I64Store = StoreOp<u64, u64>;
using F32Store = StoreOp<float, float>;
using F64Store = StoreOp<double, double>;
using I32Store8 = StoreOp<u8, u32>;
using I32Store16 = StoreOp<u16, u32>;
using I64Store8 = StoreOp<u8, u64>;
using I64Store16 = StoreOp<u16, u64>;
using I64Store32 = StoreOp<u32, u64>;
}  // namespace op

// -- Memory 0 with 32-bit addresses ----------------------------------------------------------------------------------

/// The end of an access of `size` bytes at `address`. One value for the bounds check and for the access itself: hidden
/// from the optimizer, which would compute the address a second time.
WASMRUN_INLINE u64 accessEnd(u64 address, u64 size) {
  u64 end = address + size;
#if defined(__GNUC__)
  asm("" : "+r"(end));
#endif
  return end;
}

template <class Op, class Address, Loc kD>
struct Load {
  using Memory = typename Op::Memory;
  static constexpr OperandText<> kText{Address::kLetters, "o", writeLetter(kD)};
  static constexpr Clobbers kClobbers = kClobbersFor<typename Op::T>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u64 end = accessEnd(Address::get(r) + operand<Address::kUnits>(r.pc), sizeof(Memory));
    if (end > r.memSize) [[unlikely]]
      return trapAt(r, end - sizeof(Memory));
    Memory value;
    std::memcpy(&value, r.mem + end - sizeof value, sizeof value);
    writeResult<kD, Address::kUnits + 1>(r, Op::convert(value));
    return kNext;
  }
};

template <class Op, class Address, Loc kValue>
struct Store {
  using Memory = typename Op::Memory;
  using T = typename Op::T;
  static constexpr OperandText<> kText{Address::kLetters, "o", readLetter<T, kValue>()};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u64 end = accessEnd(Address::get(r) + operand<Address::kUnits>(r.pc), sizeof(Memory));
    if (end > r.memSize) [[unlikely]]
      return trapAt(r, end - sizeof(Memory));
    const Memory value = static_cast<Memory>(readOperand<T, kValue, Address::kUnits + 1>(r));
    std::memcpy(r.mem + end - sizeof value, &value, sizeof value);
    return kNext;
  }
};

// -- Any memory, 64-bit offsets --------------------------------------------------------------------------------------

/// The effective address of an access of `size` bytes to memory `index`: null if it is out of bounds, and then
/// `address` is what to report (saturated if it does not fit 64 bits). 32-bit addresses lie zero-extended in their
/// slots.
WASMRUN_INLINE u8* checkedAddress(Regs& r, u32 index, u64 base, u64 offset, u64 size, u64& address) {
  const runtime::Memory& memory = *r.inst->memories[index];
  const u64 limit = memory.byteSize();
  const bool wraps = __builtin_add_overflow(base, offset, &address);
  if (wraps || limit < size || address > limit - size) [[unlikely]] {
    if (wraps) address = ~u64{0};
    return nullptr;
  }
  return memory.base + address;
}

/// Leaves for the trap handler after an access to memory `index`.
WASMRUN_INLINE const Word* trapAtMemory(Regs& r, u32 index, u64 address) {
  r.inst->context->pending.memoryIndex = index;
  return trapAt(r, address);
}

/// Operands: address, memory, offset, result.
template <class Op>
struct LoadAny {
  using Memory = typename Op::Memory;
  static constexpr OperandText<> kText{"snKd"};
  static constexpr Clobbers kClobbers = kClobbersFor<typename Op::T>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    u64 address;
    const u8* place =
        checkedAddress(r, operand<1>(r.pc), r.fp[operand<0>(r.pc)], operand64<2>(r.pc), sizeof(Memory), address);
    if (place == nullptr) [[unlikely]]
      return trapAtMemory(r, operand<1>(r.pc), address);
    Memory value;
    std::memcpy(&value, place, sizeof value);
    writeResult<Loc::S, 4>(r, Op::convert(value));
    return kNext;
  }
};

/// Operands: address, memory, offset, value.
template <class Op>
struct StoreAny {
  using Memory = typename Op::Memory;
  using T = typename Op::T;
  static constexpr OperandText<> kText{"snKs"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    u64 address;
    u8* place =
        checkedAddress(r, operand<1>(r.pc), r.fp[operand<0>(r.pc)], operand64<2>(r.pc), sizeof(Memory), address);
    if (place == nullptr) [[unlikely]]
      return trapAtMemory(r, operand<1>(r.pc), address);
    const Memory value = static_cast<Memory>(readOperand<T, Loc::S, 4>(r));
    std::memcpy(place, &value, sizeof value);
    return kNext;
  }
};

}  // namespace wasmrun::interp
