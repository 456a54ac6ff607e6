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

Result<void> writeStatistics(const StatsOutput& output, const Module& module, const Store& store) {
  Statistics statistics = store.engine().statistics();
  statistics.append(module.statistics());
  statistics.append(store.statistics());
  statistics.append(heapByType(store));
  statistics.append(processStatistics());
  std::string text = output.format == StatsOutput::Format::Json ? statistics.toJson() : statistics.toText();
  if (!output.file.empty()) return writeFile(output.file, text);
  if (std::fwrite(text.data(), 1, text.size(), stderr) == text.size()) return {};
  return fail(ErrorKind::Io, "cannot write statistics to stderr");
}

}  // namespace wasmrun::cli
