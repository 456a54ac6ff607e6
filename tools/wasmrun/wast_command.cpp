// wasmrun wast: runs test scripts and says what did not do what it should.
#include <mutex>
#include <optional>

#include "commands.h"
#include "exit_code.h"
#include "output.h"
#include "read_file.h"
#include "report_error.h"
#include "run_config.h"
#include "script_runner.h"
#include "text.h"

namespace wasmrun::cli {
namespace {

/// All scripts of a command line.
class Scripts {
 public:
  explicit Scripts(const Options& options) : options_(options) {}

  int run() {
    for (const std::string& file : options_.files) {
      if (auto code = runFile(file)) return *code;
    }
    if (!options_.json) print(totals(passed_, failed_, skipped_) + "\n");
    return failed_ ? kExitFailure : kExitOk;
  }

 private:
  std::optional<int> runFile(const std::string& file);
  void reportUnread(const std::string& file, const Error& error);
  void reportUnparsed(const std::string& file, const Error& error);
  void report(const std::string& file, const Script& script, const ScriptReport& report);

  const Options& options_;
  uint64_t passed_ = 0;
  uint64_t failed_ = 0;
  uint64_t skipped_ = 0;
};

/// Lines come from the threads of a script as well.
void printLine(std::string_view line) {
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  print(std::string(line) + "\n");
}

constexpr uint64_t kMaxScriptSize = uint64_t{1} << 30;

/// A command, a comment or white space.
bool canBeginScript(std::span<const uint8_t> start) {
  return start.empty() || std::string_view("(; \t\r\n").find(static_cast<char>(start[0])) != std::string_view::npos;
}

/// What is wrong with a script's first line.
Error atStart(Error error) {
  error.line = error.column = 1;
  return error;
}

/// Gives an exit code when there is no sense in going on. Each script has an engine to itself: what one leaves behind
/// is not there for the next, whose results so do not depend on it.
std::optional<int> Scripts::runFile(const std::string& file) {
  auto bytes = readFile(file, kMaxScriptSize, canBeginScript);
  if (!bytes) {
    reportUnread(file, atStart(std::move(bytes).error()));
    return std::nullopt;
  }
  std::string text(bytes->begin(), bytes->end());
  Config config = options_.config;
  if (auto applied = applyRunConfig(text, config); !applied) {
    reportUnparsed(file, atStart(std::move(applied).error()));
    return std::nullopt;
  }
  auto engine = Engine::make(config);
  if (!engine) {
    reportError(engine.error());
    return engine.error().kind == ErrorKind::Usage ? kExitUsage : kExitFailure;
  }
  auto script = Script::parse(std::move(text), file);
  if (!script) {
    reportUnparsed(file, script.error());
    return std::nullopt;
  }
  report(file, *script, ScriptRunner(*engine, *script, options_.verbosity ? printLine : nullptr).run());
  return std::nullopt;
}

/// A file that cannot be had counts as one failure, and the next one has its turn.
void Scripts::reportUnread(const std::string& file, const Error& error) {
  failed_++;
  if (options_.json) return print(reportJson(file, error));
  reportFailure(error.message);
}

void Scripts::reportUnparsed(const std::string& file, const Error& error) {
  failed_++;
  if (options_.json) return print(reportJson(file, error));
  print(escaped(file) + ":" + std::to_string(error.line) + ":" + std::to_string(error.column) +
        ": no script: " + escaped(error.message) + "\n");
}

void Scripts::report(const std::string& file, const Script& script, const ScriptReport& report) {
  passed_ += report.passed;
  failed_ += report.failures.size();
  skipped_ += report.skipped;
  if (options_.json) return print(reportJson(file, script, report));
  print(failureLines(file, script, report));
  if (options_.verbosity) {
    print(escaped(file) + ": " + totals(report.passed, report.failures.size(), report.skipped) + "\n");
  }
}

}  // namespace

int wastCommand(Options& options) { return Scripts(options).run(); }

}  // namespace wasmrun::cli
