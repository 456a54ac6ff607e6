// From argv to a command and its options.
#pragma once

#include <span>
#include <string_view>

#include "commands.h"

namespace wasmrun::cli {

/// What a command line asks for.
struct Invocation {
  const Command* command = nullptr;
  Options options;
};

/// Why a command line does not read, and the command it was meant for.
struct UsageError {
  const Command* command;
  std::string message;  ///< names what is wrong and the nearest thing that would be right
};

/// Reads the words after the program's name. Where no command is named it is the first one, `run`.
std::expected<Invocation, UsageError> parseCommandLine(std::span<const std::string_view> words);

}  // namespace wasmrun::cli
