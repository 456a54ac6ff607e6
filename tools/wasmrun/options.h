// Options: everything a command line can say, as the commands read it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wasmrun/config.h"

namespace wasmrun::cli {

/// --dir: a host directory and the path the guest sees it under.
struct Directory {
  std::string host;
  std::string guest;
  bool readOnly = false;
};

/// --env: a variable of the guest.
struct Variable {
  std::string name;
  std::string value;
};

/// --preload: a module whose exports other modules import under `name`.
struct Preload {
  std::string name;
  std::string file;
};

/// --stats: how, and where to; no file means stderr.
struct StatsOutput {
  enum class Format : uint8_t { Text, Json };
  Format format = Format::Text;
  std::string file;
};

struct Options {
  // -- Every command -------------------------------------------------------------------------------------------------
  bool help = false;
  bool version = false;
  char listGroup = 0;  ///< `-W help` and so on: the letter of the group to list
  Config config;
  uint32_t verbosity = 0;  ///< number of -v
  std::vector<std::string> files;

  // -- run -----------------------------------------------------------------------------------------------------------
  std::vector<std::string> guestArgs;  ///< without argv[0]
  std::optional<std::string> argv0;
  std::vector<Directory> directories;
  std::vector<Variable> environment;
  std::vector<Preload> preloads;
  std::optional<std::string> invoke;
  std::optional<StatsOutput> stats;

  // -- inspect, dump, explain, wast --------------------------------------------------------------------------------
  bool json = false;
  bool functions = false;
  std::optional<std::string> function;
  std::optional<std::string> stage;
  bool wat = false;

  // -- report --------------------------------------------------------------------------------------------------------
  std::optional<std::string> output;  ///< a file; standard output otherwise
};

// -- Values of options -----------------------------------------------------------------------------------------------
// Each reads what was written after the option. Usage errors say which form is right.

/// "HOST[::GUEST[::ro]]". The guest path is the host's when it is left out.
Result<Directory> parseDirectory(std::string_view text);
/// "NAME[=VALUE]"; without a value, that of our own environment.
Result<Variable> parseVariable(std::string_view text);
/// "NAME=FILE".
Result<Preload> parsePreload(std::string_view text);
/// "[text|json][:FILE]"; empty means text.
Result<StatsOutput> parseStats(std::string_view text);

}  // namespace wasmrun::cli
