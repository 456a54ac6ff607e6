// The page that `wasmrun report` writes.
#pragma once

#include <string>

#include "run_record.h"

namespace wasmrun::cli {

/// A whole HTML document that loads nothing from elsewhere and runs no script: totals, when functions got machine code,
/// how fast it was made, functions one by one, what holds the others back.
std::string reportPage(const RunRecord& record);

}  // namespace wasmrun::cli
