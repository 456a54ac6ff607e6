// The log on stderr, for -v. Nothing of it is set up unless it is asked for.
#pragma once

#include <string_view>

#include "options.h"

namespace wasmrun::cli {

/// Starts the log at the level that -v and -D logging ask for, and sends the engine's messages there too. Without
/// either it does nothing.
void startLog(Options& options);

/// Whether log() would write a message of this level: ask before putting an expensive one together.
bool logs(LogLevel level);

/// Writes a message. Any thread.
void log(LogLevel level, std::string_view message);

}  // namespace wasmrun::cli
