// What became of functions in the tiers, for people.
#pragma once

#include <span>
#include <string>

#include "wasmrun/module.h"

namespace wasmrun::cli {

/// The functions that got machine code first, one a line, and those that the compiler refused; empty if there are none.
std::string tieringTable(std::span<const FunctionTiering> functions);

/// A paragraph on one function of the module: where it runs, when and why it got there, what holds it back.
std::string explanationOf(const Module& module, const FunctionTiering& function);

}  // namespace wasmrun::cli
