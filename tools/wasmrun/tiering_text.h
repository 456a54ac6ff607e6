// What became of functions in the tiers, for people.
#pragma once

#include <span>
#include <string>

#include "run_modules.h"

namespace wasmrun::cli {

/// The functions that got machine code first, one a line, and those that the compiler refused; empty if there are none.
std::string tieringTable(std::span<const RunFunction> functions);

/// A paragraph on one function of a module of the run: where it runs, when and why it got there, what holds it back.
/// `seen`: nanoseconds in which functions of any module were seen running.
std::string explanationOf(const RunModule& module, const FunctionTiering& function, uint64_t seen);

}  // namespace wasmrun::cli
