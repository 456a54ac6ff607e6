// Validation of all function bodies of a module, on one thread or several.
#pragma once

#include "support/result.h"
#include "wasm/module.h"

namespace wasmrun::wasm {

/// Checks every body, and notes what it has (FuncBody). At most `threads` threads work, the caller's included (0: one a
/// core); small modules get the caller's alone. The error is the first wrong body's, whatever the threads do.
Result<void> validateFunctions(Module& module, u32 threads);

}  // namespace wasmrun::wasm
