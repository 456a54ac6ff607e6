#include "statistics.h"

#include <sys/resource.h>

#include <cstdio>

#include "output.h"

namespace wasmrun::cli {

static uint64_t nanoseconds(const timeval& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_usec) * 1000;
}

/// What the system counted for this process, from its start.
static Statistics processStatistics() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  Statistics statistics;
  statistics.entries = {
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

static std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    } else {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += escape;
    }
  }
  return out + '"';
}

/// "functions": [...], one an object.
static std::string functionsAsJson(const Module& module) {
  std::string out = "\"functions\": [";
  const char* separator = "\n  ";
  for (const FunctionTiering& function : module.tiering()) {
    out += separator;
    separator = ",\n  ";
    out += "{\"index\": " + std::to_string(function.index) + ", \"name\": " + quoted(function.name);
    const auto number = [&](const char* name, uint64_t value) {
      out += ", \"" + std::string(name) + "\": " + std::to_string(value);
    };
    number("body_bytes", function.bodyBytes);
    number("queued_at", function.queuedAt);
    number("compiled_at", function.compiledAt);
    number("compile_time", function.compileTime);
    number("code_bytes", function.codeBytes);
    number("loop_entries", function.loopEntries);
    out += ", \"refused\": " + (function.refused.empty() ? std::string("null") : quoted(function.refused)) + "}";
  }
  return out + "]";
}

Result<void> writeStatistics(const StatsOutput& output, const Module& module, const Store& store) {
  Statistics statistics = store.engine().statistics();
  statistics.append(module.statistics());
  statistics.append(store.statistics());
  statistics.append(heapByType(store));
  statistics.append(processStatistics());
  const bool isJson = output.format == StatsOutput::Format::Json;
  std::string text = isJson ? statistics.toJson() : statistics.toText();
  // One object: the numbers, then the functions.
  if (isJson) text = text.substr(0, text.rfind('}')) + ", " + functionsAsJson(module) + "}\n";
  if (!output.file.empty()) return writeFile(output.file, text);
  if (std::fwrite(text.data(), 1, text.size(), stderr) == text.size()) return {};
  return fail(ErrorKind::Io, "cannot write statistics to stderr");
}

}  // namespace wasmrun::cli
