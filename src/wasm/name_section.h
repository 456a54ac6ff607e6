// The name section (spec: appendix/custom): names for messages and backtraces, never for execution.
#pragma once

#include <string_view>
#include <vector>

#include "wasm/module.h"

namespace wasmrun::wasm {

/// Views into the module's bytes.
struct ModuleNames {
  std::string_view module;
  std::vector<std::string_view> functions;  ///< by FuncIndex; empty where unknown; may be shorter than the index space
};

/// Names as the "name" section has them, filled up with export and import names for functions. Malformed parts are
/// ignored: names before them count.
ModuleNames readModuleNames(const Module& module);

}  // namespace wasmrun::wasm
