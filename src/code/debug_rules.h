// DebugRules: what profilers and debuggers have to know of this machine and of how its code uses the native stack. One
// definition an architecture: x64/debug_rules.cpp, a64/debug_rules.cpp.
#pragma once

#include <span>

#include "support/int.h"

namespace wasmrun::code {

/// Call frame instructions of DWARF (DWARF 5, section 6.4.2), for a debugger that stands in C++ and looks outwards.
struct DebugRules {
  u16 elfMachine;
  u8 returnAddressRegister;       ///< DWARF's number
  std::span<const u8> function;   ///< rules at function entry, which are true in all of a function; empty: none known
  std::span<const u8> stub;       ///< changes to those in stubs that call C++
  std::span<const u8> callOther;  ///< in those that keep an instance on the stack
  std::span<const u8> enter;      ///< in those that C++ calls
};
extern const DebugRules kDebugRules;

}  // namespace wasmrun::code
