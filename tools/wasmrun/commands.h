// The commands and their options: the one list that parsing, help, completions and the man page read.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "options.h"

namespace wasmrun::cli {

/// One option of the command line.
struct OptionRow {
  std::string_view names;  ///< short before long, separated by a comma: "-W,--wasm"
  /// What is written after it: "" nothing, "[=X]" perhaps X after an equals sign, else the name of a value that must be
  /// there. Completions go by the name too: FILE and HOST complete paths, `a|b` the words, OPTION the options table.
  std::string_view value;
  std::string_view help;  ///< one line, no final period
  /// Takes one occurrence in; `text` is empty when no value was written. Usage errors for values that do not read.
  Result<void> (*accept)(Options& options, std::string_view text);

  /// The name shown in messages: the long one, else the short one.
  std::string_view longName() const;
  bool takesValue() const { return !value.empty() && value.front() != '['; }
};

/// What a command does with the engine.
enum class EngineUse : uint8_t {
  None,  ///< nothing
  Look,  ///< compiles modules, and runs nothing; takes -W, -C, -O, -D, --tier and -v
  Run,   ///< runs them; takes these too
};

/// One command: `wasmrun NAME ...`.
struct Command {
  std::string_view name;
  std::string_view arguments;  ///< what follows the options, as usage lines show it
  std::string_view summary;    ///< one line, no final period
  std::string_view details;    ///< a paragraph or more for help and man page; lines are refilled
  std::span<const OptionRow> options;
  EngineUse engine;
  bool passesArguments;  ///< everything after the first argument belongs to the guest
  uint32_t minArguments;
  uint32_t maxArguments;
  int (*run)(Options& options);  ///< returns the exit code
};

/// All commands; the first is the one that is run when none is named.
std::span<const Command> commands();
/// The command of that name, or null.
const Command* findCommand(std::string_view name);
/// The rows a command understands: its own, the engine's if it takes them, and those of every command.
std::vector<const OptionRow*> optionsOf(const Command& command);
/// "wasmrun [run] [OPTIONS] FILE [ARGS...]"
std::string usageLine(const Command& command);

// -- What the commands do; each in a file of its own -----------------------------------------------------------------
int runCommand(Options& options);
int explainCommand(Options& options);
int inspectCommand(Options& options);
int reportCommand(Options& options);
int dumpCommand(Options& options);
int validateCommand(Options& options);
int wastCommand(Options& options);
int completionsCommand(Options& options);
int manCommand(Options& options);
int helpCommand(Options& options);

}  // namespace wasmrun::cli
