#include "report_charts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace wasmrun::cli {

// -- Text ------------------------------------------------------------------------------------------------------------

std::string htmlText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += static_cast<unsigned char>(c) < ' ' && c != '\n' ? ' ' : c;
    }
  }
  return out;
}

static std::string scaled(double value, const char* unit) {
  char text[48];
  std::snprintf(text, sizeof text, value >= 100 ? "%.0f %s" : "%.3g %s", value, unit);
  return text;
}

std::string readableTime(uint64_t nanos) {
  const double value = static_cast<double>(nanos);
  if (value >= 1e9) return scaled(value / 1e9, "s");
  return value >= 1e6 ? scaled(value / 1e6, "ms") : scaled(value / 1e3, "µs");
}

std::string readableBytes(uint64_t bytes) {
  const double value = static_cast<double>(bytes);
  if (value >= 1 << 20) return scaled(value / (1 << 20), "MiB");
  return value >= 1 << 10 ? scaled(value / (1 << 10), "KiB") : std::to_string(bytes) + " B";
}

std::string readableSpeed(uint64_t bytes, uint64_t nanos) {
  return nanos == 0 ? "" : scaled(static_cast<double>(bytes) * 1e3 / static_cast<double>(nanos), "MB/s");
}

// -- Drawing ---------------------------------------------------------------------------------------------------------

namespace {

constexpr double kWidth = 960, kLeft = 90, kRight = 20;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

/// Numbers come from a file and may be anything.
uint64_t whole(double value) { return static_cast<uint64_t>(std::min(value, 1e19)); }

std::string text(double x, double y, std::string_view anchor, std::string_view words) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + std::string(anchor) + "\">" +
         htmlText(words) + "</text>\n";
}

std::string gridLine(double x1, double y1, double x2, double y2) {
  return "<line class=\"grid\" x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" +
         number(y2) + "\"/>\n";
}

std::string begin(double height, std::string_view label) {
  return "<svg viewBox=\"0 0 " + number(kWidth) + " " + number(height) + "\" role=\"img\" aria-label=\"" +
         htmlText(label) + "\">\n";
}

/// The step of an axis to `end` with some `steps` marks: 1, 2 or 5 times a power of ten.
double stepOf(double end, double steps) {
  const double raw = std::max(end, 1.0) / steps;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= raw) return factor * power;
  return 10 * power;
}

struct Lane {
  std::string_view promoted;
  std::string_view label;
};
constexpr std::array<Lane, 4> kLanes = {
    {{"first call", "first call"}, {"calls", "many calls"}, {"loop", "long loop"}, {"chance", "chance"}}};

size_t laneOf(const RecordedFunction& function) {
  const auto found = std::ranges::find(kLanes, std::string_view(function.promoted), &Lane::promoted);
  return found == kLanes.end() ? 0 : static_cast<size_t>(found - kLanes.begin());
}

std::string tooltip(const RecordedFunction& function) {
  return "<title>" + htmlText(function.name) + ": " + readableBytes(function.bodyBytes) + " of wasm to " +
         readableBytes(function.codeBytes) + " in " + readableTime(function.compileTime) + ", at " +
         readableTime(function.compiledAt) +
         (function.baseline.enteredAt == 0 ? "" : ", entered at " + readableTime(function.baseline.enteredAt)) +
         "</title>";
}

}  // namespace

// -- The timeline ----------------------------------------------------------------------------------------------------

namespace {

class Timeline {
 public:
  Timeline(const std::vector<const RecordedFunction*>& functions, uint64_t end)
      : functions_(functions), end_(static_cast<double>(std::max<uint64_t>(end, 1))) {}

  std::string draw() {
    std::string out = begin(kHeight, "When functions were compiled");
    out += axis();
    for (size_t lane = 0; lane < kLanes.size(); lane++)
      out += text(kLeft - 10, laneTop(lane) + kLaneHeight - 8, "end", kLanes[lane].label);
    for (const RecordedFunction* function : functions_) out += bars(*function);
    return out + growth() + "</svg>\n";
  }

 private:
  static constexpr double kTop = 10, kLaneHeight = 28, kLanesEnd = kTop + kLaneHeight * kLanes.size();
  static constexpr double kGrowthTop = kLanesEnd + 20, kGrowthEnd = kGrowthTop + 130, kHeight = kGrowthEnd + 30;

  static double laneTop(size_t lane) { return kTop + kLaneHeight * static_cast<double>(lane); }
  double x(uint64_t nanos) const {
    return kLeft + std::min(static_cast<double>(nanos) / end_, 1.0) * (kWidth - kLeft - kRight);
  }

  std::string axis() const {
    std::string out;
    const double step = stepOf(end_, 8);
    for (double at = 0; at <= end_; at += step) {
      const double place = x(whole(at));
      out += gridLine(place, kTop, place, kGrowthEnd);
      out += text(place, kGrowthEnd + 18, "middle", at == 0 ? "0" : readableTime(whole(at)));
    }
    return out;
  }

  static std::string bar(std::string_view kind, double from, double to, double top, double height,
                         const RecordedFunction& function) {
    return "<rect class=\"" + std::string(kind) + "\" x=\"" + number(from) + "\" y=\"" + number(top) + "\" width=\"" +
           number(std::max(to - from, 1.5)) + "\" height=\"" + number(height) + "\">" + tooltip(function) + "</rect>\n";
  }

  /// Waiting, then being compiled; when it was entered, and where a running loop went on in it.
  std::string bars(const RecordedFunction& function) const {
    const size_t lane = laneOf(function);
    const uint64_t start = function.compiledAt - std::min(function.compileTime, function.compiledAt);
    std::string out;
    if (function.queuedAt != 0)
      out += bar("queued", x(function.queuedAt), x(start), laneTop(lane) + 10, kLaneHeight - 18, function);
    out += bar("lane" + std::to_string(lane), x(start), x(function.compiledAt), laneTop(lane) + 4, kLaneHeight - 8,
               function);
    if (const double entered = x(function.baseline.enteredAt); function.baseline.enteredAt != 0)
      out += "<line class=\"first\" x1=\"" + number(entered) + "\" y1=\"" + number(laneTop(lane) + 2) + "\" x2=\"" +
             number(entered) + "\" y2=\"" + number(laneTop(lane) + kLaneHeight - 2) + "\">" + tooltip(function) +
             "</line>\n";
    if (function.loopEnteredAt != 0)
      out += "<circle class=\"entered\" cx=\"" + number(x(function.loopEnteredAt)) + "\" cy=\"" +
             number(laneTop(lane) + kLaneHeight / 2) + "\" r=\"2.5\">" + tooltip(function) + "</circle>\n";
    return out;
  }

  std::string growth() const {
    double all = 0;
    for (const RecordedFunction* function : functions_) all += static_cast<double>(function->codeBytes);
    const auto y = [&](double bytes) { return kGrowthEnd - bytes / std::max(all, 1.0) * (kGrowthEnd - kGrowthTop); };
    std::string path = "M" + number(x(0)) + " " + number(kGrowthEnd);
    double sum = 0;
    for (const RecordedFunction* function : functions_) {
      path += "H" + number(x(function->compiledAt));
      path += "V" + number(y(sum += static_cast<double>(function->codeBytes)));
    }
    path += "H" + number(kWidth - kRight);
    return gridLine(kLeft, kGrowthEnd, kWidth - kRight, kGrowthEnd) +
           text(kLeft - 10, kGrowthTop + 10, "end", readableBytes(whole(all))) +
           text(kLeft - 10, kGrowthEnd, "end", "code") + "<path class=\"growth\" d=\"" + path + "\"/>\n";
  }

  const std::vector<const RecordedFunction*>& functions_;
  const double end_;
};

}  // namespace

std::string timelineChart(const std::vector<const RecordedFunction*>& functions, uint64_t end) {
  return Timeline(functions, end).draw();
}

// -- Throughput ------------------------------------------------------------------------------------------------------

namespace {

/// A logarithmic axis over whole powers of ten that has all `values`.
struct LogAxis {
  double low = 0, high = 1;  // exponents
  double from, to;           // places

  LogAxis(double least, double most, double from, double to)
      : low(std::floor(std::log10(std::max(least, 1.0)))),
        high(std::max(std::ceil(std::log10(std::max(most, 1.0))), low + 1)),
        from(from),
        to(to) {}
  double place(double value) const {
    return from + (std::log10(std::max(value, 1.0)) - low) / (high - low) * (to - from);
  }
};

}  // namespace

std::string throughputChart(const std::vector<const RecordedFunction*>& functions) {
  constexpr double kTop = 10, kBottom = 260, kHeight = 300;
  uint64_t leastSize = ~uint64_t{0}, mostSize = 0, leastTime = ~uint64_t{0}, mostTime = 0;
  for (const RecordedFunction* function : functions) {
    leastSize = std::min(leastSize, function->bodyBytes), mostSize = std::max(mostSize, function->bodyBytes);
    leastTime = std::min(leastTime, function->compileTime), mostTime = std::max(mostTime, function->compileTime);
  }
  const LogAxis sizes(static_cast<double>(leastSize), static_cast<double>(mostSize), kLeft, kWidth - kRight);
  const LogAxis times(static_cast<double>(leastTime), static_cast<double>(mostTime), kBottom, kTop);
  std::string out = begin(kHeight, "Compile time by size");
  for (double power = sizes.low; power <= sizes.high; power++) {
    const double value = std::pow(10, power), place = sizes.place(value);
    out += gridLine(place, kTop, place, kBottom);
    const std::string label = value < 1000 ? scaled(value, "B") : scaled(value / 1000, "kB");
    out += text(place, kBottom + 18, power == sizes.high ? "end" : "middle", label);
  }
  for (double power = times.low; power <= times.high; power++) {
    const double value = std::pow(10, power), place = times.place(value);
    out += gridLine(kLeft, place, kWidth - kRight, place);
    out += text(kLeft - 10, place + 4, "end", readableTime(whole(value)));
  }
  for (const RecordedFunction* function : functions)
    out += "<circle class=\"lane" + std::to_string(laneOf(*function)) + "\" cx=\"" +
           number(sizes.place(static_cast<double>(function->bodyBytes))) + "\" cy=\"" +
           number(times.place(static_cast<double>(function->compileTime))) + "\" r=\"3\">" + tooltip(*function) +
           "</circle>\n";
  return out + "</svg>\n";
}

}  // namespace wasmrun::cli
