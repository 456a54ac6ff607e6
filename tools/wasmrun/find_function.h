// Functions as people name them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "run_modules.h"

namespace wasmrun::cli {

/// A function's name as it is shown, or its index if it has none.
std::string shownFunction(const std::string& name, uint32_t index);

struct FoundFunction {
  const RunModule* module;
  uint32_t index;
};

/// Which function of a run `text` means. A number is an index of the main module. Anything else, and numbers for which
/// there is no function, is a name: one that the module gives or exports it under, or as it is shown; of the main
/// module if that has it, else of the others. `NAME!FUNCTION` is the same of the module of that name alone. Usage
/// error, with a guess, if there is none; one that tells their indexes if there are several.
Result<FoundFunction> findFunction(std::span<const RunModule> modules, const std::string& text);

/// The same in one module.
Result<uint32_t> findFunction(const Module& module, const std::string& text);

}  // namespace wasmrun::cli
