// RUN-CONFIG: the engine settings that a script asks for in its first line.
#pragma once

#include <string_view>

#include "wasmrun/config.h"

namespace wasmrun::cli {

/// Applies what a script's first line asks for, if that is a comment with the word RUN-CONFIG:
///
///     ;; RUN-CONFIG wide-arithmetic=y max-memory-size=64MiB: why, in words
///
/// Each word is an option of -W, -C, -O or -D, as NAME=VALUE or, for those that are y or n, as the NAME alone;
/// `gc-heap-limit` stands for max-gc-heap-size. Prose follows a colon, a parenthesis or a comma. Usage error, with the
/// word as written, for an option that there is not, or a value that does not read.
Result<void> applyRunConfig(std::string_view script, Config& config);

}  // namespace wasmrun::cli
