#include "statistics.h"

#include <sys/resource.h>

#include <chrono>
#include <cstdio>

#include "output.h"
#include "text.h"
#include "tiering_text.h"
#include "time_tables.h"

namespace wasmrun::cli {

static const std::chrono::steady_clock::time_point processStart = std::chrono::steady_clock::now();

static uint64_t nanoseconds(const timeval& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_usec) * 1000;
}

/// What the system counted for this process, from its start.
static Statistics processStatistics() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const std::chrono::nanoseconds wall = std::chrono::steady_clock::now() - processStart;
  Statistics statistics;
  statistics.entries = {
      {"process.wall_time", static_cast<uint64_t>(wall.count()), "ns", "since the process started"},
      {"process.user_time", nanoseconds(usage.ru_utime), "ns", "processor time in user code, all threads"},
      {"process.system_time", nanoseconds(usage.ru_stime), "ns", "processor time in the kernel, all threads"},
      {"process.peak_memory", static_cast<uint64_t>(usage.ru_maxrss) * 1024, "bytes", "largest resident size"},
  };
  return statistics;
}

/// The types that take most of the heap at the end, and the others together.
static Statistics heapByType(const Store& store) {
  constexpr size_t kMostTypes = 20;
  Statistics statistics;
  auto add = [&](const std::string& name, uint64_t bytes, uint64_t objects) {
    statistics.entries.push_back({name + ".bytes", bytes, "bytes", "size of those objects at the end"});
    statistics.entries.push_back({name + ".objects", objects, "", "their number"});
  };
  std::vector<GcTypeTotal> totals = store.gcTypeTotals();
  GcTypeTotal others;
  for (size_t i = 0; i < totals.size(); i++) {
    if (i < kMostTypes) {
      add("gc.type." + totals[i].name, totals[i].bytes, totals[i].objects);
    } else {
      others.bytes += totals[i].bytes;
      others.objects += totals[i].objects;
    }
  }
  if (others.objects != 0) add("gc.other_types", others.bytes, others.objects);
  return statistics;
}

static std::string workAsJson(const TierWork& work) {
  return "{\"entered_at\": " + std::to_string(work.enteredAt) + ", \"calls\": " + std::to_string(work.calls) +
         ", \"loop_iterations\": " + std::to_string(work.loopIterations) +
         ", \"sampled_time\": " + std::to_string(work.sampledTime) + "}";
}

/// "functions": [...], one an object.
static std::string functionsAsJson(std::span<const RunFunction> functions) {
  std::string out = "\"functions\": [";
  const char* separator = "\n  ";
  for (const RunFunction& function : functions) {
    out += separator;
    separator = ",\n  ";
    out += "{\"index\": " + std::to_string(function.index);
    const auto text = [&](const char* name, std::string_view value) {
      out += ", \"" + std::string(name) + "\": " + (value.empty() ? std::string("null") : jsonString(value));
    };
    const auto number = [&](const char* name, uint64_t value) {
      out += ", \"" + std::string(name) + "\": " + std::to_string(value);
    };
    text("module", function.module);
    text("name", function.name);
    text("tier", function.tier);
    text("promoted", function.promoted);
    text("held", function.held);
    number("body_bytes", function.bodyBytes);
    number("code_bytes", function.codeBytes);
    number("queued_at", function.queuedAt);
    number("compiled_at", function.compiledAt);
    number("compile_time", function.compileTime);
    number("loop_entered_at", function.loopEnteredAt);
    number("loop_entries", function.loopEntries);
    number("calls", function.interp.calls + function.baseline.calls);
    number("loop_iterations", function.interp.loopIterations + function.baseline.loopIterations);
    number("sampled_time", sampledTime(function));
    number("host_time", function.hostTime);
    out += ", \"interp\": " + workAsJson(function.interp) + ", \"baseline\": " + workAsJson(function.baseline);
    out += "}";
  }
  return out + "]";
}

Result<void> writeStatistics(const StatsOutput& output, const std::string& file, std::span<const RunModule> modules,
                             const Store& store) {
  Statistics statistics = store.engine().statistics();
  statistics.append(statisticsOf(modules));
  statistics.append(store.statistics());
  statistics.append(heapByType(store));
  statistics.append(processStatistics());
  const std::vector<RunFunction> functions = functionsOf(modules);
  std::string text;
  if (output.format == StatsOutput::Format::Json) {
    // One object: the numbers, then what they are about.
    text = statistics.toJson();
    text =
        text.substr(0, text.rfind('}')) + ", \"file\": " + jsonString(file) + ", " + functionsAsJson(functions) + "}\n";
  } else {
    text = statistics.toText() + tierTable(statistics) + hottestTable(functions) + tieringTable(functions);
  }
  if (!output.file.empty()) return writeFile(output.file, text);
  if (std::fwrite(text.data(), 1, text.size(), stderr) == text.size()) return {};
  return fail(ErrorKind::Io, "cannot write statistics to stderr");
}

}  // namespace wasmrun::cli
