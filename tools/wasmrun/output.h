// Where output goes: standard streams that may be closed or full, and files that are whole or not there.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "wasmrun/error.h"

namespace wasmrun::cli {

/// Gives descriptors 0 to 2 something harmless when the parent closed them: otherwise the next file opened would
/// become the guest's stdin or stdout. Reading and writing them still fails, as it does for any program.
void holdStandardStreams();

/// Appends to standard output, buffered. Failures are kept for finishOutput.
void print(std::string_view text);

/// Writes out what was printed. Io error naming the reason when any of it could not be written.
Result<void> finishOutput();

/// The name of a file that means standard output.
inline constexpr std::string_view kStandardOutput = "-";

/// Replaces a file's contents in one step: written beside it, then renamed over it. Symbolic links are followed. What
/// is no regular file (a pipe, a terminal, /dev/null) is written to directly; so is what standard output or error goes
/// to, after what is there. Io error naming file and reason; the old contents stay then.
Result<void> writeFile(const std::string& path, std::string_view contents);

/// For before long work whose results writeFile is to write: an Io error if it is clear already that it cannot. Changes
/// nothing.
Result<void> checkWritable(const std::string& path);

/// Takes the next piece of a file's contents. False when it could not be written: more is not wanted.
using FileSink = std::function<bool(std::string_view piece)>;
/// The same for contents that `produce` makes piece by piece. Its error is the result's; nothing is written then.
Result<void> writeFile(const std::string& path, const std::function<Result<void>(const FileSink&)>& produce);

}  // namespace wasmrun::cli
