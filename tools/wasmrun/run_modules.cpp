#include "run_modules.h"

#include <algorithm>
#include <string_view>

namespace wasmrun::cli {

/// The value of that name, or null.
template <class AnyStatistics>
static auto* find(AnyStatistics& statistics, std::string_view name) {
  const auto found = std::ranges::find(statistics.entries, name, &Statistics::Entry::name);
  return found == statistics.entries.end() ? nullptr : &found->value;
}

static uint64_t number(const Statistics& statistics, std::string_view name) {
  const uint64_t* value = find(statistics, name);
  return value ? *value : 0;
}

// -- Functions -------------------------------------------------------------------------------------------------------

static constexpr std::string_view kRunningTime = "module.running_time";

/// How long ago the module got its first instance; 0 where nobody looked.
static uint64_t ageOf(const RunModule& module) { return number(module.module.statistics(), kRunningTime); }

static void moveTimes(FunctionTiering& function, uint64_t later) {
  for (uint64_t* time : {&function.queuedAt, &function.compiledAt, &function.loopEnteredAt, &function.interp.enteredAt,
                         &function.baseline.enteredAt}) {
    if (*time != 0) *time += later;
  }
}

std::vector<RunFunction> functionsOf(std::span<const RunModule> modules) {
  std::vector<uint64_t> ages;
  for (const RunModule& module : modules) ages.push_back(ageOf(module));
  const uint64_t oldest = std::ranges::max(ages);
  std::vector<RunFunction> functions;
  for (size_t i = 0; i < modules.size(); i++) {
    for (FunctionTiering& function : modules[i].module.tiering()) {
      moveTimes(function, oldest - ages[i]);
      functions.push_back({std::move(function), modules[i].name});
    }
  }
  return functions;
}

// -- Numbers ---------------------------------------------------------------------------------------------------------

static void add(const Statistics& more, Statistics& sum) {
  for (const Statistics::Entry& entry : more.entries) {
    uint64_t* value = find(sum, entry.name);
    if (!value) {
      sum.entries.push_back(entry);
    } else if (entry.name == kRunningTime) {
      *value = std::max(*value, entry.value);
    } else {
      *value += entry.value;
    }
  }
}

/// Bytes in a second.
static void setSpeed(Statistics& statistics, std::string_view speed, std::string_view bytes, std::string_view time) {
  uint64_t* const value = find(statistics, speed);
  const uint64_t nanos = number(statistics, time);
  if (!value || nanos == 0) return;
  *value = static_cast<uint64_t>(static_cast<double>(number(statistics, bytes)) * 1e9 / static_cast<double>(nanos));
}

Statistics statisticsOf(std::span<const RunModule> modules) {
  Statistics sum;
  for (const RunModule& module : modules) add(module.module.statistics(), sum);
  setSpeed(sum, "interp.translate_speed", "interp.body_bytes", "interp.translate_time");
  setSpeed(sum, "baseline.compile_speed", "baseline.body_bytes", "baseline.compile_time");
  return sum;
}

}  // namespace wasmrun::cli
