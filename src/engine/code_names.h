// Names of functions where machine code is shown to people: profiles, debuggers, listings.
#pragma once

#include <string>

#include "code/function_record.h"
#include "wasm/module.h"

namespace wasmrun::engine {

/// The function's name in its module, or "func 12" with its index there.
std::string functionName(const wasm::Module& module, wasm::DefinedFuncIndex func);

/// What code::CodeObservers call a function of a MachineModule: "module!function", without "module!" where the module
/// has no name. Any thread.
std::string nameInProfiles(const code::FunctionRecord& record);

}  // namespace wasmrun::engine
