// How a memory access's immediates are encoded (spec: binary/instructions, memarg).
#pragma once

#include "support/int.h"

namespace wasmrun::wasm {

/// In the first number, whose lower bits are the alignment's exponent: the memory's index follows.
inline constexpr u32 kMemArgHasMemory = 0x40;

}  // namespace wasmrun::wasm
