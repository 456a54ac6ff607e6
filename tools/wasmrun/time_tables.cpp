#include "time_tables.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "find_function.h"
#include "text.h"

namespace wasmrun::cli {

std::string milliseconds(uint64_t nanos) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", static_cast<double>(nanos) / 1e6);
  return text;
}

std::string percent(uint64_t part, uint64_t whole) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f",
                100 * static_cast<double>(part) / static_cast<double>(std::max<uint64_t>(whole, 1)));
  return text;
}

std::string nameOf(const RunFunction& function) {
  return (function.module.empty() ? "" : escaped(function.module) + "!") + shownFunction(function.name, function.index);
}

uint64_t sampledTime(const FunctionTiering& function) {
  return function.interp.sampledTime + function.baseline.sampledTime;
}

uint64_t sampledTime(std::span<const RunFunction> functions) {
  uint64_t sum = 0;
  for (const RunFunction& function : functions) sum += sampledTime(function) + function.hostTime;
  return sum;
}

// -- Tiers -----------------------------------------------------------------------------------------------------------

namespace {

/// A column's width, beside two spaces before it.
constexpr size_t kColumn = 14;

std::string column(std::string_view text) { return padLeft(text, kColumn); }

class TierTable {
 public:
  explicit TierTable(const Statistics& statistics) : statistics_(statistics) {
    for (const char* tier : {"interp", "baseline", "host"}) sampled_ += number(std::string(tier) + ".sampled_time");
  }

  std::string write() const {
    std::string text = "\ntier    " + column("functions") + column("body bytes") + column("code bytes") +
                       column("MB/s compiled") + column("seen, ms") + column("seen, %") + "\n";
    text += row("interp", "functions_translated", "translate_speed");
    text += row("baseline", "functions_compiled", "compile_speed");
    return text + "host    " + std::string(4 * kColumn, ' ') + time("host") + "\n";
  }

 private:
  uint64_t number(std::string_view name) const {
    const auto found = std::ranges::find(statistics_.entries, name, &Statistics::Entry::name);
    return found == statistics_.entries.end() ? 0 : found->value;
  }

  std::string row(const std::string& tier, const char* functions, const char* speed) const {
    char megabytes[32];
    std::snprintf(megabytes, sizeof megabytes, "%.1f", static_cast<double>(number(tier + "." + speed)) / 1e6);
    return padRight(tier, 8) + column(std::to_string(number(tier + "." + functions))) +
           column(std::to_string(number(tier + ".body_bytes"))) + column(std::to_string(number(tier + ".code_bytes"))) +
           column(megabytes) + time(tier) + "\n";
  }

  std::string time(const std::string& tier) const {
    const uint64_t nanos = number(tier + ".sampled_time");
    return column(milliseconds(nanos)) + column(percent(nanos, sampled_));
  }

  const Statistics& statistics_;
  uint64_t sampled_ = 0;
};

}  // namespace

std::string tierTable(const Statistics& statistics) { return TierTable(statistics).write(); }

// -- Functions -------------------------------------------------------------------------------------------------------

std::string hottestTable(std::span<const RunFunction> functions) {
  constexpr size_t kMostLines = 20;
  std::vector<const RunFunction*> seen;
  for (const RunFunction& function : functions)
    if (sampledTime(function) + function.hostTime != 0) seen.push_back(&function);
  if (seen.empty()) return {};
  std::ranges::sort(seen, {}, [](const RunFunction* function) {
    return std::pair(~(sampledTime(*function) + function->hostTime), function);
  });
  const uint64_t all = sampledTime(functions);
  const size_t lines = std::min(seen.size(), kMostLines);
  std::string text = "\nfunctions by the time they were seen running (" + std::to_string(lines) + " of " +
                     std::to_string(seen.size()) + "; --stats=json has all)\n";
  text += "   seen, %  interp, ms  baseline, ms  in the host, ms  function\n";
  for (const RunFunction* function : std::span(seen).first(lines))
    text += padLeft(percent(sampledTime(*function) + function->hostTime, all), 10) +
            padLeft(milliseconds(function->interp.sampledTime), 12) +
            padLeft(milliseconds(function->baseline.sampledTime), 14) + padLeft(milliseconds(function->hostTime), 17) +
            "  " + nameOf(*function) + "\n";
  return text;
}

}  // namespace wasmrun::cli
