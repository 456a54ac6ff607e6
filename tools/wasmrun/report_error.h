// Errors as people read them, in Wasmtime's layout.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "wasmrun/error.h"

namespace wasmrun::cli {

/// Writes an error to stderr and gives the process's exit code: the guest's own for Exit (which prints nothing),
/// kExitTrap for traps and uncaught exceptions, else kExitFailure.
///
///     Error: failed to run main module `x.wasm`
///
///     Caused by:
///         0: failed to invoke command default
///         1: error while executing at wasm backtrace:
///                0:     0x23 - <unknown>!crash
///         2: wasm trap: integer divide by zero
///
/// `attempts` are the lines before the error's own, what was being done from the outside in.
int reportError(const Error& error, std::vector<std::string> attempts = {});

/// Writes "Error: MESSAGE" to stderr.
void reportFailure(std::string_view message);

}  // namespace wasmrun::cli
