// Disassembler: a function body as text, one instruction a line, straight from the bytes and the opcode table.
#pragma once

#include <string>

#include "wasm/module.h"

namespace wasmrun::wasm {

/// The code of a validated function in the text format's words: each line has the instruction's offset in the module,
/// and two spaces for each construct that is open. Type indexes are the module's.
std::string disassemble(const Module& module, DefinedFuncIndex func);

}  // namespace wasmrun::wasm
