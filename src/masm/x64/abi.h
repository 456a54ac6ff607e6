// The registers of docs/ABI-x64.md.
#pragma once

#include <initializer_list>

#include "support/int.h"

namespace wasmrun::masm {

/// A general register, by its number in encodings.
struct Gp {
  u8 code;
  friend constexpr bool operator==(Gp, Gp) = default;
};

/// A float or vector register.
struct Fp {
  u8 code;
  friend constexpr bool operator==(Fp, Fp) = default;
};

/// A set of registers of one kind, a bit each.
using RegisterSet = u32;
template <class Register>
constexpr RegisterSet setOf(std::initializer_list<Register> registers) {
  RegisterSet set = 0;
  for (const Register reg : registers) set |= RegisterSet{1} << reg.code;
  return set;
}

inline constexpr Gp kRax{0}, kRcx{1}, kRdx{2}, kRbx{3}, kRsp{4}, kRbp{5}, kRsi{6}, kRdi{7};
inline constexpr Gp kR8{8}, kR9{9}, kR10{10}, kR11{11}, kR12{12}, kR13{13}, kR14{14}, kR15{15};

// -- Pinned ----------------------------------------------------------------------------------------------------------

inline constexpr Gp kFrame = kRbx;     ///< slot 0 of the running frame
inline constexpr Gp kInstance = kR14;  ///< the frame's runtime::Instance
inline constexpr Gp kContext = kR13;   ///< the store's runtime::ExecContext
inline constexpr Gp kMemory = kR15;    ///< base of memory 0, if the instance has one
/// Base of the store's managed heap, in functions of modules that have struct or array types; allocatable in others.
inline constexpr Gp kHeap = kR12;

// -- The macro assembler's own ---------------------------------------------------------------------------------------

inline constexpr Gp kScratch = kR11;
inline constexpr Fp kFloatScratch{15};

// -- Allocatable: none survives a call -------------------------------------------------------------------------------

inline constexpr RegisterSet kAllocatableGp = setOf({kRax, kRcx, kRdx, kRsi, kRdi, kRbp, kR8, kR9, kR10, kR12});
inline constexpr RegisterSet kAllocatableFp = 0x7fff;

// -- Calls -----------------------------------------------------------------------------------------------------------

/// Slots of arguments that travel in registers, by slot number, if their type fits one.
inline constexpr u32 kRegisterArguments = 4;
inline constexpr Gp kArgumentGp[kRegisterArguments] = {kRax, kRdx, kRsi, kRdi};
inline constexpr Fp kArgumentFp[kRegisterArguments] = {{0}, {1}, {2}, {3}};
inline constexpr Gp kResultGp = kRax;
inline constexpr Fp kResultFp{0};
/// Holds the Func* on the way to the stubs callOther and tailCallOther; the index on the way to lazy.
inline constexpr Gp kCallee = kR10;

}  // namespace wasmrun::masm
