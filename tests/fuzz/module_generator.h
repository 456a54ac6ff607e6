// Valid modules made from choices: for comparing tiers, and for what reads and prints modules.
//
// Operands and results of instructions come from opcodes.def, whose rows the generator runs through: a new simple
// opcode is generated without a line here. Functions mostly call functions behind them, loops mostly count down,
// divisors, addresses and indices are mostly in range, so that code mostly runs to its end; what does not ends by fuel.
#pragma once

#include "choices.h"

namespace wasmrun::fuzz {

struct GeneratorOptions {
  bool objects = false;  ///< structs and arrays
  /// NaNs out of instructions that take two floats. Which operand's NaN it is, and its sign, depend on the form of the
  /// machine's instruction, so builds and tiers may differ in them (spec: exec/numerics, NaN propagation). Without, the
  /// same module for the same choices but for zeros in their place.
  bool anyNans = true;
};

/// A module that is valid with all features. It imports functions, globals, a memory and a table at most, and exports
/// all it has: f0 ... functions, g0 ... globals, m0 ... memories, t0 ... tables, e0 ... tags.
std::vector<u8> generateModule(Choices& choices, GeneratorOptions options = {});

}  // namespace wasmrun::fuzz
