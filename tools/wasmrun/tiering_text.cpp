#include "tiering_text.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "demangle.h"
#include "text.h"
#include "time_tables.h"

namespace wasmrun::cli {

static std::string microseconds(uint64_t nanos) { return std::to_string((nanos + 500) / 1000); }

// -- All functions ---------------------------------------------------------------------------------------------------

static constexpr size_t kMostLines = 20;

static std::string heading(std::string_view what, size_t all) {
  std::string text = "\n" + std::string(what) + " (" + std::to_string(std::min(all, kMostLines));
  return text + " of " + std::to_string(all) + "; --stats=json has all)\n";
}

static std::string compiledTable(std::vector<const RunFunction*> functions) {
  if (functions.empty()) return {};
  std::ranges::sort(functions, {}, &RunFunction::compiledAt);
  std::string text = heading("functions in machine code, as they got there", functions.size());
  text += "     at ms  compile us  body bytes  code bytes  loop entries  why         function\n";
  for (const RunFunction* function : std::span(functions).first(std::min(functions.size(), kMostLines))) {
    text += padLeft(milliseconds(function->compiledAt), 10) + padLeft(microseconds(function->compileTime), 12) +
            padLeft(std::to_string(function->bodyBytes), 12) + padLeft(std::to_string(function->codeBytes), 12) +
            padLeft(std::to_string(function->loopEntries), 14) + "  " + padRight(function->promoted, 12) +
            nameOf(*function) + "\n";
  }
  return text;
}

static std::string refusedTable(const std::vector<const RunFunction*>& functions) {
  if (functions.empty()) return {};
  std::string text = heading("functions that the compiler refused", functions.size());
  for (const RunFunction* function : std::span(functions).first(std::min(functions.size(), kMostLines)))
    text += "  " + nameOf(*function) + ": " + function->held + "\n";
  return text;
}

std::string tieringTable(std::span<const RunFunction> functions) {
  std::vector<const RunFunction*> compiled, refused;
  for (const RunFunction& function : functions) {
    if (function.compiledAt != 0) compiled.push_back(&function);
    if (function.held.starts_with("refused")) refused.push_back(&function);
  }
  return compiledTable(std::move(compiled)) + refusedTable(refused);
}

// -- One function ----------------------------------------------------------------------------------------------------

/// The words behind FunctionTiering::promoted.
static std::string_view reasonOf(std::string_view promoted) {
  if (promoted == "first call") return "at its first call";
  if (promoted == "calls") return "it had executed its body often enough";
  if (promoted == "loop") return "it was found running in a loop";
  return "chance chose it";
}

static std::string line(std::string_view label, const std::string& text) {
  constexpr size_t kColumn = 16;
  return "  " + padRight(label, kColumn - 2) + filled(text, kColumn) + "\n";
}

static std::string wayUp(const FunctionTiering& function) {
  std::string text;
  if (function.queuedAt != 0)
    text += line("queued", milliseconds(function.queuedAt) + " ms, too large for the thread that ran it to compile it");
  text += line("compiled", milliseconds(function.compiledAt) + " ms, " + std::string(reasonOf(function.promoted)) +
                               "; that took " + microseconds(function.compileTime) + " us");
  if (function.loopEntries != 0)
    text +=
        line("loop entered", milliseconds(function.loopEnteredAt) + " ms: a running loop went on in machine code; " +
                                 std::to_string(function.loopEntries) +
                                 (function.loopEntries == 1 ? " time" : " times") + " in all");
  char ratio[32];
  std::snprintf(
      ratio, sizeof ratio, "%.1f",
      static_cast<double>(function.codeBytes) / static_cast<double>(std::max<uint64_t>(function.bodyBytes, 1)));
  return text + line("code", std::to_string(function.codeBytes) + " bytes of machine code, " + ratio +
                                 " for each byte of its body");
}

static std::string times(uint64_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

/// What the function did in a tier, if it got there.
static std::string workIn(std::string_view label, const TierWork& work) {
  if (work.enteredAt == 0) return {};
  return line(label, "from " + milliseconds(work.enteredAt) + " ms on: " + times(work.calls, "call") + ", " +
                         times(work.loopIterations, "round") + " of its loops" +
                         (work.sampledTime == 0 ? "" : ", seen for " + milliseconds(work.sampledTime) + " ms"));
}

/// Its share of the time, if anything was seen.
static std::string timeSeen(const FunctionTiering& function, uint64_t all) {
  if (all == 0) return {};
  std::string text =
      milliseconds(sampledTime(function)) + " ms in itself, " + percent(sampledTime(function), all) + "% of the run's";
  if (function.hostTime != 0) text += "; " + milliseconds(function.hostTime) + " ms in host functions that it called";
  return line("time", text);
}

std::string explanationOf(const RunModule& module, const FunctionTiering& function, uint64_t seen) {
  std::string text = "function " + std::to_string(function.index);
  if (!function.name.empty()) text += " `" + escaped(demangled(function.name)) + "`";
  if (!module.name.empty()) text += " of `" + escaped(module.name) + "`";
  text += ", " + std::to_string(function.bodyBytes) + " bytes of wasm\n";
  text += line("runs in", std::string(function.tier == "none" ? "nothing" : function.tier));
  text += workIn("interpreted", function.interp);
  if (function.compiledAt != 0) text += wayUp(function);
  text += workIn("machine code", function.baseline);
  if (!function.held.empty()) text += line("held back", function.held);
  uint64_t compiled = 0;
  text += timeSeen(function, seen);
  const std::vector<FunctionTiering> all = module.module.tiering();
  for (const FunctionTiering& other : all) compiled += other.compiledAt != 0;
  return text + line("the module", std::to_string(all.size()) + " functions were called, " + std::to_string(compiled) +
                                       " have machine code; times count from its first instance");
}

}  // namespace wasmrun::cli
