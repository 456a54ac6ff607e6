// --stats: what a run took, from the library's counters and the operating system's.
#pragma once

#include "options.h"
#include "wasmrun/module.h"
#include "wasmrun/store.h"

namespace wasmrun::cli {

/// Writes the statistics of a run of `file` where the option says. Io error when that fails.
Result<void> writeStatistics(const StatsOutput& output, const std::string& file, const Module& module,
                             const Store& store);

}  // namespace wasmrun::cli
