// What came of running a script: counts, and one message a failure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "wasmrun/script.h"

namespace wasmrun::cli {

/// A command that did not do what it should.
struct ScriptFailure {
  uint64_t offset = 0;       ///< of the command in the script
  std::string_view keyword;  ///< of the command
  std::string message;       ///< one line: what was expected, what was got
};

struct ScriptReport {
  using Counts = std::map<std::string, uint64_t, std::less<>>;

  uint64_t passed = 0;
  uint64_t skipped = 0;  ///< commands of the component model
  std::vector<ScriptFailure> failures;
  Counts commands;  ///< how many of each were run, failed ones too: "module", "module definition", "assert_return" ...
  Counts modules;   ///< how many modules of each form were among them, in assertions too: "text", "binary" ...

  /// Counts a command as run.
  void count(const script::Command& command);
  /// Adds what a thread of the script did.
  void add(ScriptReport&& other);
};

/// Lines "FILE:LINE:COLUMN: assert_return: expected ..., got ...", one a failure.
std::string failureLines(const std::string& file, const Script& script, const ScriptReport& report);
/// "3 passed, 1 failed", with what was skipped if there is any.
std::string totals(uint64_t passed, uint64_t failed, uint64_t skipped);
/// All of it as one line of JSON with a newline at its end.
std::string reportJson(const std::string& file, const Script& script, const ScriptReport& report);
/// The same for a script that does not parse.
std::string reportJson(const std::string& file, const Error& error);

}  // namespace wasmrun::cli
