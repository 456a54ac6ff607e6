#include "log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace wasmrun::cli {

// A logger of our own, not spdlog's registry with its default one: that is built at its first use, which costs more
// than starting a module.
static spdlog::logger* logger = nullptr;

/// The least important of our own messages that is wanted. The engine knows by itself which of its own are.
static std::optional<LogLevel> ownLevel;

static spdlog::level::level_enum spdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::Error: return spdlog::level::err;
    case LogLevel::Warning: return spdlog::level::warn;
    case LogLevel::Info: return spdlog::level::info;
    case LogLevel::Debug: return spdlog::level::debug;
    case LogLevel::Trace: break;
  }
  return spdlog::level::trace;
}

/// The more talkative of -v and -D logging; nothing when neither is given.
static std::optional<LogLevel> wantedLevel(const Options& options) {
  std::optional<LogLevel> level;
  auto atLeast = [&](LogLevel wanted) { level = level ? std::max(*level, wanted) : wanted; };
  if (options.verbosity == 1) atLeast(LogLevel::Info);
  if (options.verbosity == 2) atLeast(LogLevel::Debug);
  if (options.verbosity > 2) atLeast(LogLevel::Trace);
  std::string word = options.config.get("D", "logging").value_or("off");
  if (word == "error") atLeast(LogLevel::Error);
  if (word == "warn") atLeast(LogLevel::Warning);
  if (word == "info") atLeast(LogLevel::Info);
  if (word == "debug") atLeast(LogLevel::Debug);
  if (word == "trace") atLeast(LogLevel::Trace);
  return level;
}

static void write(LogLevel level, std::string_view message) {
  logger->log(spdlogLevel(level), spdlog::string_view_t(message.data(), message.size()));
}

void startLog(Options& options) {
  ownLevel = wantedLevel(options);
  bool logsCollections = options.config.get("D", "gc-log").value_or("n") == "y";
  // The engine says when a profile could not be written.
  bool isProfiled = options.config.get("D", "profile").value_or("off") != "off";
  if (!ownLevel && !logsCollections && !isProfiled) return;
  static spdlog::logger made("wasmrun", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  made.set_pattern("%H:%M:%S.%f %^%l%$ %v");
  made.set_level(spdlog::level::trace);
  logger = &made;
  options.config.logger(ownLevel.value_or(LogLevel::Error), write);
}

bool logs(LogLevel level) { return ownLevel && level <= *ownLevel; }

void log(LogLevel level, std::string_view message) {
  if (logs(level)) write(level, message);
}

}  // namespace wasmrun::cli
