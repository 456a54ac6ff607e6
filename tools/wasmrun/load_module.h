// Modules from files and standard input, with errors that say which file and what is in it instead of a module.
#pragma once

#include <string>

#include "wasmrun/module.h"

namespace wasmrun::cli {

/// Compiles the module in a file; "-" is standard input. The error's message names the file, the reason and, for
/// malformed and invalid modules, the offset in bytes.
Result<Module> loadModule(const Engine& engine, const std::string& file);

}  // namespace wasmrun::cli
