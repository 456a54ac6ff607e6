// Functions as people name them.
#pragma once

#include <string>

#include "wasmrun/module.h"

namespace wasmrun::cli {

/// Which function `text` means: a number is an index, anything else a name. Usage error, with a guess, if none.
Result<uint32_t> findFunction(const Module& module, const std::string& text);

}  // namespace wasmrun::cli
