// RunRecord: what --stats=json wrote of a run, read back.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wasmrun/error.h"

namespace wasmrun::cli {

/// What it did in one tier. As TierWork.
struct RecordedWork {
  uint64_t enteredAt = 0;
  uint64_t calls = 0;
  uint64_t loopIterations = 0;
  uint64_t sampledTime = 0;
};

/// A function that was called. As FunctionTiering; times in nanoseconds, 0 for what did not happen.
struct RecordedFunction {
  std::string name;  ///< never empty; MODULE!NAME of a preloaded module
  std::string tier;
  std::string promoted;
  std::string held;
  uint64_t bodyBytes = 0;
  uint64_t codeBytes = 0;
  uint64_t queuedAt = 0;
  uint64_t compiledAt = 0;
  uint64_t compileTime = 0;
  uint64_t loopEnteredAt = 0;
  uint64_t loopEntries = 0;
  RecordedWork interp, baseline;
  uint64_t hostTime = 0;

  uint64_t calls() const { return interp.calls + baseline.calls; }
  uint64_t loopIterations() const { return interp.loopIterations + baseline.loopIterations; }
  uint64_t sampledTime() const { return interp.sampledTime + baseline.sampledTime; }
};

struct RunRecord {
  std::string file;                                      ///< of the module
  std::map<std::string, uint64_t, std::less<>> numbers;  ///< by the names of Statistics
  std::vector<RecordedFunction> functions;

  /// 0 for a number that is not there.
  uint64_t number(std::string_view name) const;
};

/// Reads the text of such a file. A Malformed error says where the text is no JSON, or which field is wrong or missing.
Result<RunRecord> readRunRecord(std::string_view json);

}  // namespace wasmrun::cli
