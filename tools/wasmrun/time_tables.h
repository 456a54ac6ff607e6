// Where a run spent its time, for people: tier by tier, function by function.
#pragma once

#include <span>
#include <string>

#include "run_modules.h"

namespace wasmrun::cli {

/// "1.250": milliseconds with three digits behind the point.
std::string milliseconds(uint64_t nanos);
/// "12.5": of so much, in hundredths; "0.0" of nothing.
std::string percent(uint64_t part, uint64_t whole);
/// A function's name as it is shown, or its index; behind its module's name and a ! if that is not the main one.
std::string nameOf(const RunFunction& function);

/// Nanoseconds in which the function was seen running, in any tier, without what it called.
uint64_t sampledTime(const FunctionTiering& function);
/// The same of them all, with the host functions that they called.
uint64_t sampledTime(std::span<const RunFunction> functions);

/// What each tier did: functions, code, speed of compiling, time. `statistics`: of the modules.
std::string tierTable(const Statistics& statistics);

/// The functions seen running the longest; empty if none was.
std::string hottestTable(std::span<const RunFunction> functions);

}  // namespace wasmrun::cli
