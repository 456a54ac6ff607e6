// From a module to text and back, for tests of the printer and the parser.
#pragma once

#include <string>

#include "wasm/module.h"

namespace wasmrun::text {

/// Every feature there is switched on.
wasm::Features everyFeature();

/// Prints a valid module, parses and validates the text, and compares. Empty if an equal module came back; else what
/// went wrong, with the text before it.
std::string roundTripFailure(const wasm::Module& module);

}  // namespace wasmrun::text
