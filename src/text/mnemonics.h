// From an instruction's name to its opcode.
#pragma once

#include <string_view>

#include "wasm/opcodes.h"

namespace wasmrun::text {

/// The first opcode with this text in opcodes.def (select, ref.test and ref.cast have two); kCount if there is none.
wasm::Opcode findOpcode(std::string_view mnemonic);

}  // namespace wasmrun::text
