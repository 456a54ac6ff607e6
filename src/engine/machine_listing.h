// What a compiler makes of a function, as text: for dumps. Nothing of it ever runs.
#pragma once

#include <string>

#include "engine/engine.h"
#include "support/result.h"
#include "wasm/module.h"

namespace wasmrun::engine {

/// The baseline tier's code of a function of a validated module, as listing::listCode writes it, with the memories and
/// the fuel accounting that the engine's options ask for, and no counts of work; the same text each time on machines
/// with the same instructions. A line that says why if the compiler refuses the function. Unsupported error if this
/// machine has no such tier. Any thread.
Result<std::string> listBaselineCode(const Engine& engine, const wasm::Module& module, wasm::DefinedFuncIndex func);

}  // namespace wasmrun::engine
