// Whole files, and standard input.
#pragma once

#include <string>

#include "wasmrun/error.h"

namespace wasmrun::cli {

/// All bytes of a file; "-" is standard input. Io error naming file and reason.
Result<std::string> readFile(const std::string& file);

}  // namespace wasmrun::cli
