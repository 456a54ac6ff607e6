// The encoding of a threaded instruction: the handler's address in the first word, then operands of 32 bits, two a
// word, in the order that the handler's `kText` lists, a letter each:
//
//   s  frame slot that is read          d  frame slot that is written (always last)
//   k  32-bit constant                  K  64-bit constant (two units)
//   j  distance in words to a branch target, from the instruction's start
//   o  memory offset                    p  pointer (two units)
//   n  any other number
//
// Operands are 32 bits wide everywhere: no frame, constant or distance that the limits allow needs a second form.
#pragma once

#include <cstring>

#include "interp/registers.h"

namespace wasmrun::interp {

/// Units of 32 bits that an operand takes.
constexpr u32 operandUnits(char kind) { return kind == 'K' || kind == 'p' ? 2 : 1; }

constexpr u32 operandUnits(const char* kinds) {
  u32 units = 0;
  for (; *kinds; ++kinds) units += operandUnits(*kinds);
  return units;
}

/// Words of an instruction with operands `kinds`.
constexpr u32 instructionWords(const char* kinds) { return 1 + (operandUnits(kinds) + 1) / 2; }

template <u32 kUnit>
WASMRUN_INLINE u32 operand(const Word* pc) {
  return reinterpret_cast<const u32*>(pc)[2 + kUnit];
}

template <u32 kUnit>
WASMRUN_INLINE u64 operand64(const Word* pc) {
  u64 value;
  std::memcpy(&value, reinterpret_cast<const u32*>(pc) + 2 + kUnit, sizeof value);
  return value;
}

template <class T, u32 kUnit>
WASMRUN_INLINE T* operandPointer(const Word* pc) {
  return reinterpret_cast<T*>(operand64<kUnit>(pc));
}

/// The branch target in operand `kUnit`.
template <u32 kUnit>
WASMRUN_INLINE const Word* jumpTarget(const Word* pc) {
  return pc + static_cast<i32>(operand<kUnit>(pc));
}

// -- Where a value is ------------------------------------------------------------------------------------------------

enum class Loc : u8 {
  S,  ///< a frame slot
  A,  ///< the accumulator of its type
  K,  ///< a constant in the instruction
};

template <class T>
inline constexpr bool kIsFloat = std::same_as<T, float> || std::same_as<T, double>;

template <class T>
WASMRUN_INLINE T fromBits(u64 bits) {
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<T>(static_cast<u32>(bits));
  else
    return std::bit_cast<T>(bits);
}

/// A slot's bits: 32-bit values are zero-extended.
template <class T>
WASMRUN_INLINE u64 toBits(T value) {
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<u32>(value);
  else
    return std::bit_cast<u64>(value);
}

template <class T, Loc kLoc>
constexpr const char* readLetter() {
  if (kLoc == Loc::A) return "";
  if (kLoc == Loc::S) return "s";
  return std::same_as<T, double> ? "K" : "k";
}

/// Units that reading a T from kLoc takes.
template <class T, Loc kLoc>
inline constexpr u32 kReadUnits = operandUnits(readLetter<T, kLoc>());

template <class T, Loc kLoc, u32 kUnit>
WASMRUN_INLINE T readOperand(const Regs& r) {
  if constexpr (kLoc == Loc::S) {
    if constexpr (sizeof(T) == 16) {
      T value;
      std::memcpy(&value, r.fp + operand<kUnit>(r.pc), 16);
      return value;
    } else {
      return fromBits<T>(r.fp[operand<kUnit>(r.pc)]);
    }
  } else if constexpr (kLoc == Loc::A) {
    if constexpr (std::same_as<T, float>)
      return r.vacc[0];
    else if constexpr (std::same_as<T, double>)
      return reinterpret_cast<F64x2>(r.vacc)[0];
    else if constexpr (sizeof(T) == 16)
      return std::bit_cast<T>(r.vacc);
    else
      return fromBits<T>(r.acc);
  } else {
    if constexpr (std::same_as<T, double>)
      return std::bit_cast<double>(operand64<kUnit>(r.pc));
    else if constexpr (sizeof(T) == 8)
      return static_cast<T>(static_cast<i64>(static_cast<i32>(operand<kUnit>(r.pc))));
    else
      return std::bit_cast<T>(operand<kUnit>(r.pc));
  }
}

/// Writes a result to its place. What goes to a slot is in the accumulator too: it costs nothing there, and the next
/// instruction need not wait for the slot (Emitter::mirrors).
template <Loc kLoc, u32 kUnit, class T>
WASMRUN_INLINE void writeResult(Regs& r, T value) {
  if constexpr (kLoc == Loc::S) {
    if constexpr (sizeof(T) == 16)
      std::memcpy(r.fp + operand<kUnit>(r.pc), &value, 16);
    else
      r.fp[operand<kUnit>(r.pc)] = toBits(value);
  }
  if constexpr (std::same_as<T, float>) {
    // The other lanes are never read: leave them undefined, so that no instruction is spent on them.
    V128 lanes;
    lanes[0] = value;
    r.vacc = lanes;
  } else if constexpr (std::same_as<T, double>) {
    F64x2 lanes;
    lanes[0] = value;
    r.vacc = reinterpret_cast<V128>(lanes);
  } else if constexpr (sizeof(T) == 16) {
    r.vacc = std::bit_cast<V128>(value);
  } else {
    r.acc = toBits(value);
  }
}

/// Which accumulators an instruction changes. A body says so with `kClobbers`; those that do not say change both.
enum Clobbers : u8 { kNothing = 0, kAccumulator = 1, kVectorAccumulator = 2, kBothAccumulators = 3 };

/// What writing a result of type T changes.
template <class T>
inline constexpr Clobbers kClobbersFor = kIsFloat<T> || sizeof(T) == 16 ? kVectorAccumulator : kAccumulator;

template <class Body>
constexpr Clobbers clobbersOf() {
  if constexpr (requires { Body::kClobbers; })
    return Body::kClobbers;
  else
    return kBothAccumulators;
}

/// The operand letters of a handler, joined at compile time.
template <u32 kCapacity = 16>
struct OperandText {
  char text[kCapacity] = {};
  constexpr OperandText(std::initializer_list<const char*> parts) {
    u32 length = 0;
    for (const char* part : parts)
      for (; *part; ++part) text[length++] = *part;
  }
};

}  // namespace wasmrun::interp
