// The modules of a run together: what became of their functions, and what they took.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "wasmrun/module.h"

namespace wasmrun::cli {

struct RunModule {
  std::string name;  ///< what --preload calls it; empty for the main one, which comes first
  Module module;
};

/// A function of one of them.
struct RunFunction : FunctionTiering {
  std::string module;  ///< as RunModule::name
};

/// Those that were called, module by module. Times count from the first instance of any of the modules.
std::vector<RunFunction> functionsOf(std::span<const RunModule> modules);

/// Module::statistics of all together: sums; speeds of all; the longest running time.
Statistics statisticsOf(std::span<const RunModule> modules);

}  // namespace wasmrun::cli
