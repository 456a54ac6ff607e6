// Help pages, made from the tables of commands and options.
#pragma once

#include <string>

#include "commands.h"

namespace wasmrun::cli {

/// What wasmrun is, its commands, and where to read on.
std::string overview();
/// One command: usage, details, options.
std::string helpOf(const Command& command);
/// The options of -W, -O or -D, with defaults; for W the proposals as well.
std::string helpOfGroup(char group);

/// How the value of an option of the table is written: "BYTES", "y|n", ...
std::string_view valueName(OptionKind kind);

}  // namespace wasmrun::cli
