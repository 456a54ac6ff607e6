// Validation of one function body: FunctionReader with the sink that wants nothing.
#pragma once

#include "support/result.h"
#include "wasm/function_reader.h"
#include "wasm/module.h"

namespace wasmrun::wasm {

/// Checks the body of `index` (spec: valid/modules, functions), and gives whether it has a loop. `scratch` is reused
/// between calls, one a thread. All of the module but its bodies has been decoded and validated. Errors carry the
/// offset in the module.
Result<bool> validateFunction(const Module& module, DefinedFuncIndex index, ReaderScratch& scratch);

}  // namespace wasmrun::wasm
