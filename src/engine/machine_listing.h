// What a compiler makes of a function, as text: for dumps. Nothing of it ever runs.
#pragma once

#include <string>

#include "runtime/memory.h"
#include "support/result.h"
#include "wasm/module.h"

namespace wasmrun::engine {

/// The baseline tier's code of a function of a validated module, as listing::listCode writes it, for instances whose
/// memory 0 is made with `memory`; the same text each time on machines with the same instructions. A line that says why
/// if the compiler refuses the function. Unsupported error if this machine has no such tier. Any thread.
Result<std::string> listBaselineCode(const wasm::Module& module, wasm::DefinedFuncIndex func,
                                     const runtime::MemoryOptions& memory);

}  // namespace wasmrun::engine
