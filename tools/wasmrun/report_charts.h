// The drawings of a report, as SVG.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "run_record.h"

namespace wasmrun::cli {

/// Text inside of HTML and of its attributes.
std::string htmlText(std::string_view text);
/// "1.25 ms"
std::string readableTime(uint64_t nanos);
/// "12.3 KiB"
std::string readableBytes(uint64_t bytes);
/// "31.4 MB/s"; "" when no time passed.
std::string readableSpeed(uint64_t bytes, uint64_t nanos);

/// When functions were compiled, one row for each reason, and how machine code grew. `functions` are compiled ones by
/// time; `end`: nanoseconds of the last moment.
std::string timelineChart(const std::vector<const RecordedFunction*>& functions, uint64_t end);

/// Time to compile by the body's size, a point a function, both logarithmic.
std::string throughputChart(const std::vector<const RecordedFunction*>& functions);

}  // namespace wasmrun::cli
