// --stats: what a run took, from the library's counters and the operating system's.
#pragma once

#include <span>

#include "options.h"
#include "run_modules.h"
#include "wasmrun/store.h"

namespace wasmrun::cli {

/// Writes the statistics of a run of `file`, with its modules, where the option says. Io error when that fails.
Result<void> writeStatistics(const StatsOutput& output, const std::string& file, std::span<const RunModule> modules,
                             const Store& store);

}  // namespace wasmrun::cli
