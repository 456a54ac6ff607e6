// RUN-CONFIG: the engine settings that a script asks for in its first line.
#pragma once

#include <string_view>

#include "wasmrun/config.h"

namespace wasmrun::cli {

/// Applies what a script's first line asks for, if that is a comment with the word RUN-CONFIG:
///
///     ;; RUN-CONFIG wide-arithmetic=y max-memory-size=64MiB: why, in words
///
/// Each NAME=VALUE is an option of -W, -O or -D; `gc-heap-limit` stands for max-gc-heap-size. Other words mean nothing.
/// Usage error for an option that there is not, or a value that does not read.
Result<void> applyRunConfig(std::string_view script, Config& config);

}  // namespace wasmrun::cli
