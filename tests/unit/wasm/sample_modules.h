// Modules with much in them, as seeds of mutations.
#pragma once

#include "module_writer.h"

namespace wasmrun::wasm {

/// Valid with all features: every section, every kind of segment and type, and every opcode of opcodes.def (in
/// unreachable code, where operands of any type are at hand).
Bytes everythingModule();

/// Valid: loops, calls, branches and memory accesses in code that runs.
Bytes programModule();

}  // namespace wasmrun::wasm
