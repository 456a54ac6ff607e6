#include "report_page.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <span>
#include <tuple>

#include "report_charts.h"

namespace wasmrun::cli {

namespace {

using Functions = std::vector<const RecordedFunction*>;

/// Tables and drawings of a program with more functions would be more than a browser shows.
constexpr size_t kMostRows = 60, kMostMarks = 5000;

constexpr std::string_view kStyle = R"(
:root { --back: #fff; --text: #1a1c20; --weak: #667; --line: #e3e5ea; --box: #f6f7f9;
  --lane0: #2563eb; --lane1: #059669; --lane2: #d97706; --lane3: #9333ea; }
@media (prefers-color-scheme: dark) { :root { --back: #16181d; --text: #e6e8ee; --weak: #9aa0ad; --line: #2b2f38;
  --box: #1e2128; --lane0: #60a5fa; --lane1: #34d399; --lane2: #fbbf24; --lane3: #c084fc; } }
body { background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; max-width: 1000px;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
p { color: var(--weak); margin: .3rem 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: .7rem; margin: 1.2rem 0; }
.card { background: var(--box); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .9rem; }
.card b { display: block; font-size: 1.25rem; font-weight: 600; } .card span { color: var(--weak); font-size: .85rem; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .5rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th { color: var(--weak); font-weight: 500; } .scroll { overflow-x: auto; }
td.name, th.name { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 10rem; }
svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--weak); }
.grid { stroke: var(--line); } .growth { fill: none; stroke: var(--lane0); stroke-width: 1.5; }
.queued { fill: var(--weak); opacity: .35; } .entered { fill: var(--text); } .first { stroke: var(--text); opacity: .6; }
.lane0 { fill: var(--lane0); } .lane1 { fill: var(--lane1); } .lane2 { fill: var(--lane2); } .lane3 { fill: var(--lane3); }
circle.lane0, circle.lane1, circle.lane2, circle.lane3 { opacity: .7; }
)";

void sortByTime(Functions& functions) {
  std::ranges::sort(functions, {},
                    [](const RecordedFunction* function) { return std::pair(function->compiledAt, function); });
}

std::string count(size_t number, std::string_view one) {
  return std::to_string(number) + " " + std::string(one) + (number == 1 ? "" : "s");
}

std::string card(const std::string& value, std::string_view label) {
  return "<div class=\"card\"><b>" + htmlText(value) + "</b><span>" + htmlText(label) + "</span></div>\n";
}

std::string cell(std::string_view text) { return "<td>" + htmlText(text) + "</td>"; }
std::string nameCell(std::string_view text) { return "<td class=\"name\">" + htmlText(text) + "</td>"; }

/// The first `names` columns hold names.
std::string tableHead(std::initializer_list<std::string_view> columns, size_t names = 1) {
  std::string out = "<div class=\"scroll\"><table>\n<tr>";
  for (const std::string_view column : columns) {
    out += std::string(names != 0 ? "<th class=\"name\">" : "<th>") + htmlText(column) + "</th>";
    if (names != 0) names--;
  }
  return out + "</tr>\n";
}
constexpr std::string_view kTableEnd = "</table></div>\n";

class Page {
 public:
  explicit Page(const RunRecord& record) : record_(record) {
    for (const RecordedFunction& function : record.functions) {
      if (function.compiledAt != 0) compiled_.push_back(&function);
      if (!function.held.empty()) held_.push_back(&function);
      sampled_ += function.sampledTime() + function.hostTime;
    }
    sortByTime(compiled_);
  }

  std::string write() const {
    const std::string title = "wasmrun: " + (record_.file.empty() ? "a run" : record_.file);
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
           htmlText(title) + "</title>\n<style>" + std::string(kStyle) + "</style>\n<h1>" + htmlText(title) +
           "</h1>\n" + totals() + tiers() + timeline() + hottest() + throughput() + heldBack() + "</html>\n";
  }

 private:
  std::string totals() const;
  std::string timeline() const;
  std::string tiers() const;
  std::string hottest() const;
  std::string hottestSeen(const Functions& seen) const;
  std::string hottestFound() const;
  std::string throughput() const;
  std::string heldBack() const;
  uint64_t number(std::string_view name) const { return record_.number(name); }
  /// Of the time that was seen; empty if none was.
  std::string share(uint64_t nanos) const {
    if (sampled_ == 0) return {};
    char text[16];
    std::snprintf(text, sizeof text, "%.1f %%", 100 * static_cast<double>(nanos) / static_cast<double>(sampled_));
    return text;
  }
  static std::string timeOrNone(uint64_t nanos) { return nanos == 0 ? std::string() : readableTime(nanos); }

  /// Those that a drawing shows: all, or the ones that took longest to compile, by time.
  Functions drawn() const {
    Functions functions = compiled_;
    if (functions.size() > kMostMarks) {
      std::ranges::nth_element(functions, functions.begin() + kMostMarks, std::greater(),
                               &RecordedFunction::compileTime);
      functions.resize(kMostMarks);
      sortByTime(functions);
    }
    return functions;
  }
  std::string leftOut() const {
    if (compiled_.size() <= kMostMarks) return {};
    return "<p>Drawn are the " + std::to_string(kMostMarks) + " that took longest to compile.</p>\n";
  }

  const RunRecord& record_;
  Functions compiled_, held_;
  uint64_t sampled_ = 0;  // by all functions, and host functions
};

std::string Page::totals() const {
  const uint64_t compiled = number("baseline.functions_compiled");
  std::string out = "<div class=\"cards\">\n";
  out += card(readableTime(number("process.wall_time")), "the whole run");
  out += card(std::to_string(record_.functions.size()) + " of " + std::to_string(number("module.functions")),
              "functions were called");
  out += card(std::to_string(compiled), "in machine code");
  out += card(readableBytes(number("baseline.code_bytes")), "of machine code");
  out += card(readableTime(number("baseline.compile_time")), "spent compiling");
  const std::string speed = readableSpeed(number("baseline.body_bytes"), number("baseline.compile_time"));
  if (!speed.empty()) out += card(speed, "of wasm compiled, one thread");
  out += card(std::to_string(number("baseline.loop_entries")), "running loops continued in machine code");
  out += card(readableBytes(number("process.peak_memory")), "largest resident size");
  out += "</div>\n";
  const uint64_t modules = number("engine.modules");
  out += "<p>" + readableBytes(number("module.bytes")) +
         (modules > 1 ? " of " + std::to_string(modules) + " modules" : " module") + ", validated in " +
         readableTime(number("module.decode_time")) +
         "; memories: " + std::to_string(number("store.guarded_memories")) + " kept in bounds by address space, " +
         std::to_string(number("store.checked_memories")) + " checked at every access.</p>\n";
  return out;
}

std::string Page::timeline() const {
  std::string out = "<h2>When functions got machine code</h2>\n";
  if (compiled_.empty()) return out + "<p>None did.</p>\n";
  uint64_t end = number("module.running_time");
  for (const RecordedFunction* function : compiled_)
    end = std::max({end, function->compiledAt, function->loopEnteredAt, function->baseline.enteredAt});
  return out +
         "<p>From the first instance to the end. A row for each reason; grey: waiting for a compile thread; a "
         "tick: the new code ran for the first time; a dot: a running loop went on in it. Below, the machine code "
         "there is.</p>\n" +
         timelineChart(drawn(), end) + leftOut();
}

/// A row a tier.
std::string Page::tiers() const {
  std::string out = "<h2>What each tier did</h2>\n";
  out += tableHead(
      {"tier", "functions", "wasm", "code", "compile speed", "calls", "rounds of loops", "seen running", "share"});
  const auto row = [&](const std::string& tier, const char* functions, const char* speed) {
    const auto of = [&](const char* name) { return number(tier + "." + name); };
    return "<tr>" + nameCell(tier) + cell(std::to_string(of(functions))) + cell(readableBytes(of("body_bytes"))) +
           cell(readableBytes(of("code_bytes"))) + cell(readableSpeed(of(speed), of(speed) == 0 ? 0 : 1'000'000'000)) +
           cell(std::to_string(of("calls"))) + cell(std::to_string(of("loop_iterations"))) +
           cell(readableTime(of("sampled_time"))) + cell(share(of("sampled_time"))) + "</tr>\n";
  };
  out += row("interp", "functions_translated", "translate_speed");
  out += row("baseline", "functions_compiled", "compile_speed");
  const uint64_t host = number("host.sampled_time");
  out += "<tr>" + nameCell("host functions") + "<td colspan=\"6\"></td>" + cell(readableTime(host)) +
         cell(share(host)) + "</tr>\n";
  return out + std::string(kTableEnd);
}

/// The functions seen running, by that time.
std::string Page::hottestSeen(const Functions& seen) const {
  std::string out =
      "<p>By the time they were seen running, without what they called. The program says where it is when it is asked, "
      "every millisecond or so, at its next call or round of a loop.</p>\n";
  out += tableHead({"function", "seen", "share", "of it interpreted", "in host functions", "calls", "rounds of loops",
                    "interpreted from", "machine code from", "why", "wasm", "code"});
  for (const RecordedFunction* function : std::span(seen).first(std::min(seen.size(), kMostRows)))
    out += "<tr>" + nameCell(function->name) + cell(readableTime(function->sampledTime())) +
           cell(share(function->sampledTime())) + cell(timeOrNone(function->interp.sampledTime)) +
           cell(timeOrNone(function->hostTime)) + cell(std::to_string(function->calls())) +
           cell(std::to_string(function->loopIterations())) + cell(timeOrNone(function->interp.enteredAt)) +
           cell(timeOrNone(function->baseline.enteredAt)) + cell(function->promoted) +
           cell(readableBytes(function->bodyBytes)) +
           cell(function->codeBytes == 0 ? "" : readableBytes(function->codeBytes)) + "</tr>\n";
  out += kTableEnd;
  if (seen.size() > kMostRows) out += "<p>" + count(seen.size() - kMostRows, "function") + " more.</p>\n";
  return out;
}

/// Where nobody sampled: what is known is how functions got there. Loops that ran on first, then those that were found
/// hot, each by time.
std::string Page::hottestFound() const {
  Functions functions = compiled_;
  const auto rank = [](const RecordedFunction* function) {
    if (function->loopEntries != 0) return 0;
    return function->promoted == "loop" ? 1 : function->promoted == "calls" ? 2 : 3;
  };
  std::ranges::sort(functions, {}, [&](const RecordedFunction* function) {
    return std::tuple(rank(function), function->compiledAt, function);
  });
  std::string out =
      "<p>No sample was taken: the run was too short, or option sample-interval is 0. The order is that of heat as it "
      "was found: running loops that were continued in machine code, loops, many calls, the rest; the earlier the "
      "hotter.</p>\n";
  out += tableHead({"function", "why", "at", "loops continued", "calls", "rounds of loops", "wasm", "machine code",
                    "compiled in", "speed"});
  for (const RecordedFunction* function : std::span(functions).first(std::min(functions.size(), kMostRows)))
    out += "<tr>" + nameCell(function->name) + cell(function->promoted) + cell(readableTime(function->compiledAt)) +
           cell(function->loopEntries == 0 ? "" : std::to_string(function->loopEntries)) +
           cell(std::to_string(function->calls())) + cell(std::to_string(function->loopIterations())) +
           cell(readableBytes(function->bodyBytes)) + cell(readableBytes(function->codeBytes)) +
           cell(readableTime(function->compileTime)) + cell(readableSpeed(function->bodyBytes, function->compileTime)) +
           "</tr>\n";
  out += kTableEnd;
  if (functions.size() > kMostRows) out += "<p>" + count(functions.size() - kMostRows, "function") + " more.</p>\n";
  return out;
}

std::string Page::hottest() const {
  Functions seen;
  for (const RecordedFunction& function : record_.functions)
    if (function.sampledTime() + function.hostTime != 0) seen.push_back(&function);
  std::ranges::sort(seen, {}, [](const RecordedFunction* function) {
    return std::tuple(~function->sampledTime(), ~function->hostTime, function);
  });
  const std::string title = "<h2>The hottest functions</h2>\n";
  if (!seen.empty()) return title + hottestSeen(seen);
  if (compiled_.empty()) return title + "<p>None was found hot enough for machine code.</p>\n";
  return title + hottestFound();
}

std::string Page::throughput() const {
  std::string out = "<h2>How fast they were compiled</h2>\n";
  if (compiled_.empty()) return out + "<p>Nothing was compiled.</p>\n";
  out += tableHead({"size of the body", "functions", "wasm", "machine code", "time", "speed"});
  constexpr uint64_t kSizes[] = {64, 256, 1024, 4096, 16384, 65536, ~uint64_t{0}};
  uint64_t from = 0;
  for (const uint64_t to : kSizes) {
    uint64_t functions = 0, bodyBytes = 0, codeBytes = 0, time = 0;
    for (const RecordedFunction* function : compiled_) {
      if (function->bodyBytes < from || function->bodyBytes >= to) continue;
      ++functions;
      bodyBytes += function->bodyBytes, codeBytes += function->codeBytes, time += function->compileTime;
    }
    const std::string name =
        to == ~uint64_t{0} ? readableBytes(from) + " and more" : readableBytes(from) + " to " + readableBytes(to);
    if (functions != 0)
      out += "<tr>" + nameCell(name) + cell(std::to_string(functions)) + cell(readableBytes(bodyBytes)) +
             cell(readableBytes(codeBytes)) + cell(readableTime(time)) + cell(readableSpeed(bodyBytes, time)) +
             "</tr>\n";
    from = to;
  }
  return out + std::string(kTableEnd) +
         "<p>Each function, time by size. Times are the clock's: where threads wait for a processor, they are "
         "longer.</p>\n" +
         throughputChart(drawn()) + leftOut();
}

std::string Page::heldBack() const {
  std::string out = "<h2>Called, and still interpreted</h2>\n";
  if (held_.empty()) return out + "<p>No function.</p>\n";
  Functions functions = held_;
  std::ranges::sort(functions, {},
                    [](const RecordedFunction* function) { return std::pair(~function->bodyBytes, function); });
  out += "<p>" + count(functions.size(), "function") + ", the largest first.</p>\n";
  out += tableHead({"function", "why", "wasm"}, 2);
  for (const RecordedFunction* function : std::span(functions).first(std::min(functions.size(), kMostRows)))
    out += "<tr>" + nameCell(function->name) + nameCell(function->held) + cell(readableBytes(function->bodyBytes)) +
           "</tr>\n";
  out += kTableEnd;
  if (functions.size() > kMostRows) out += "<p>" + count(functions.size() - kMostRows, "function") + " more.</p>\n";
  return out;
}

}  // namespace

std::string reportPage(const RunRecord& record) { return Page(record).write(); }

}  // namespace wasmrun::cli
