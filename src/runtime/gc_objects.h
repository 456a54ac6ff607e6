// Which modules need GC objects, which this build does not have yet.
#pragma once

#include "support/result.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

/// Unsupported error naming the first instruction, in a body or a constant expression, that makes or uses a struct or
/// an array. Modules that merely declare such types pass: their values can only be null. `module` is valid.
Result<void> refuseGcObjects(const wasm::Module& module);

}  // namespace wasmrun::runtime
