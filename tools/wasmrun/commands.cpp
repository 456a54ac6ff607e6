#include "commands.h"

#include <algorithm>
#include <array>

namespace wasmrun::cli {

// -- Taking options in -----------------------------------------------------------------------------------------------

/// Sets the comma-separated options of a group; `help` asks for their list instead.
template <char Group>
static Result<void> acceptGroup(Options& options, std::string_view text) {
  constexpr char kGroup[] = {Group, 0};
  if (text.starts_with('=')) text.remove_prefix(1);  // -W=fuel=5 for those who write short options so
  for (size_t start = 0; start <= text.size();) {
    size_t end = std::min(text.find(',', start), text.size());
    std::string_view one = text.substr(start, end - start);
    start = end + 1;
    if (one == "help") {
      options.listGroup = Group;
    } else if (auto set = options.config.set(kGroup, one); !set) {
      return set;
    }
  }
  return {};
}

template <auto Parse, auto Field>
static Result<void> append(Options& options, std::string_view text) {
  auto value = Parse(text);
  if (!value) return fail(std::move(value).error());
  (options.*Field).push_back(std::move(*value));
  return {};
}

template <auto Field>
static Result<void> keepText(Options& options, std::string_view text) {
  options.*Field = std::string(text);
  return {};
}

template <auto Field>
static Result<void> setFlag(Options& options, std::string_view) {
  options.*Field = true;
  return {};
}

static Result<void> acceptStats(Options& options, std::string_view text) {
  auto stats = parseStats(text);
  if (!stats) return fail(std::move(stats).error());
  options.stats = std::move(*stats);
  return {};
}

static Result<void> acceptTier(Options& options, std::string_view text) {
  return options.config.set("O", "tier=" + std::string(text));
}

static Result<void> acceptProfile(Options& options, std::string_view text) {
  return options.config.set("D", "profile=" + std::string(text));
}

static Result<void> acceptReservation(Options& options, std::string_view text) {
  return options.config.set("O", "memory-reservation=" + std::string(text));
}

static Result<void> acceptVerbose(Options& options, std::string_view) {
  options.verbosity++;
  return {};
}

// -- The tables ------------------------------------------------------------------------------------------------------

template <size_t first, size_t second>
static constexpr std::array<OptionRow, first + second> joined(const OptionRow (&a)[first],
                                                              const OptionRow (&b)[second]) {
  std::array<OptionRow, first + second> rows{};
  std::copy(std::begin(b), std::end(b), std::copy(std::begin(a), std::end(a), rows.begin()));
  return rows;
}

static constexpr OptionRow kRunOptions[] = {
    {"--dir", "HOST[::GUEST[::ro]]",
     "Shows the guest a host directory, as GUEST if given; with ::ro it can only be read",
     append<parseDirectory, &Options::directories>},
    {"--env", "NAME[=VALUE]", "Sets a variable for the guest; without a value, as it is in wasmrun's own environment",
     append<parseVariable, &Options::environment>},
    {"--argv0", "NAME", "The guest's argv[0]; otherwise the file's name without its directory",
     keepText<&Options::argv0>},
    {"--invoke", "FUNCTION", "Calls this export with the arguments after the file, and prints its results one a line",
     keepText<&Options::invoke>},
    {"--preload", "NAME=FILE", "Instantiates another module first; its exports can be imported from NAME",
     append<parsePreload, &Options::preloads>},
    {"--stats", "[=text|json][:FILE]",
     "Prints statistics at the end, also when ^C ends the run: to stderr, or to a file; - is standard output",
     acceptStats},
};

static constexpr OptionRow kExplainedFunction[] = {
    {"--func", "FUNCTION", "The function's index or name; see above", keepText<&Options::function>},
};
static constexpr auto kExplainOptions = joined(kExplainedFunction, kRunOptions);

static constexpr OptionRow kInspectOptions[] = {
    {"--json", "", "Writes one JSON object instead of text", setFlag<&Options::json>},
    {"--functions", "", "Lists every function: index, offset and size of its body, type, name",
     setFlag<&Options::functions>},
};

static constexpr OptionRow kDumpOptions[] = {
    {"--func", "FUNCTION", "The function's index or name; without it, every function with a body",
     keepText<&Options::function>},
    {"--stage", "wasm|interp|baseline",
     "What to show: the module's own code, what the interpreter runs, or machine code", keepText<&Options::stage>},
    {"--wat", "",
     "The module in the text format, which parses back to an equal module; with --func only that function's field of "
     "it",
     setFlag<&Options::wat>},
};

static constexpr OptionRow kWastOptions[] = {
    {"--json", "", "Writes one JSON object a script instead of text", setFlag<&Options::json>},
};

static constexpr OptionRow kReportOptions[] = {
    {"-o,--output", "FILE", "Where to write the page; standard output otherwise, or for -", keepText<&Options::output>},
};

static constexpr OptionRow kEngineOptions[] = {
    {"-W,--wasm", "OPTION[=VALUE]", "Proposals and limits of execution; -W help lists them", acceptGroup<'W'>},
    {"-C,--collector", "OPTION[=VALUE]", "The heap of objects; -C help lists the options", acceptGroup<'C'>},
    {"-O,--optimize", "OPTION[=VALUE]", "How the engine works; -O help lists the options", acceptGroup<'O'>},
    {"-D,--debug", "OPTION[=VALUE]", "Debugging; -D help lists the options", acceptGroup<'D'>},
    {"--tier", "auto|interp|baseline|opt",
     "The code that runs functions; the same as -O tier=NAME. opt is not built yet", acceptTier},
    {"--profile", "perfmap|jitdump", "Tells Linux's perf of machine code that runs; the same as -D profile=NAME",
     acceptProfile},
    {"--memory-reservation", "BYTES", "Address space kept for a memory; the same as -O memory-reservation=BYTES",
     acceptReservation},
    {"-v,--verbose", "", "Reports to stderr what happens; -vv and -vvv say more", acceptVerbose},
};

static constexpr OptionRow kCommonOptions[] = {
    {"-h,--help", "", "Explains the command", setFlag<&Options::help>},
    {"-V,--version", "", "Prints the version", setFlag<&Options::version>},
};

static constexpr uint32_t kAny = ~0u;

static constexpr Command kCommands[] = {
    {"run", "FILE [ARGS...]", "Runs a WebAssembly module",
     "FILE is a module, binary or text, or - for standard input. Options come before it; everything after it belongs "
     "to the guest, without a -- between. A WASI command runs its _start function; of other modules --invoke calls "
     "an export, after _initialize where there is one. The guest sees its arguments, the standard streams, and only "
     "those directories and variables that it is given. Functions bench.start and bench.end do nothing unless a "
     "preloaded module brings its own.",
     kRunOptions, EngineUse::Run, true, 1, kAny, runCommand},
    {"inspect", "FILE", "Shows what a module is made of",
     "Prints the sections with offsets and sizes, imports and exports with their types, and the names a module "
     "carries.",
     kInspectOptions, EngineUse::Look, false, 1, 1, inspectCommand},
    {"explain", "FILE [ARGS...]", "Runs a module and says which tier a function reached, and why",
     "FILE and the options are as for run. After the program's end, however that came (^C, too), it prints when the "
     "function that --func names was compiled and why, or what holds it back: never called, not hot, code too large, "
     "a pinned tier; and for each tier when it got there, its calls, the rounds of its loops and how long it was "
     "seen running. --func takes a number, which is an index (a name if no function has that index), or a name: as "
     "the module has it, exports it, or --stats shows it. NAME!FUNCTION is one of the module that --preload names "
     "so; a name alone finds functions there if the main module has none. Where several functions have a name, the "
     "error tells their indexes.",
     kExplainOptions, EngineUse::Run, true, 1, kAny, explainCommand},
    {"dump", "FILE", "Shows the code of functions at a stage of translation, or the module as text", "", kDumpOptions,
     EngineUse::Look, false, 1, 1, dumpCommand},
    {"report", "FILE", "Makes a page for a browser of what --stats=json wrote",
     "FILE is what 'wasmrun --stats=json:FILE' wrote of a run, 256 MiB at most, or - for standard input. The page "
     "shows what each tier did, when functions got machine code and why, which took the time, how fast they were "
     "compiled, and what holds others back. It is one file of HTML that loads nothing from elsewhere.",
     kReportOptions, EngineUse::None, false, 1, 1, reportCommand},
    {"validate",
     "FILE...",
     "Says whether files are valid modules",
     "Prints nothing for valid modules, and one message for each of the others.",
     {},
     EngineUse::Look,
     false,
     1,
     kAny,
     validateCommand},
    {"wast", "FILE...", "Runs test scripts",
     "FILE is a script of the official test suite's format (.wast), or - for standard input. Prints one line for "
     "each command that did not do what it should, then how many did. With -v, also what each script's functions "
     "print and the counts of each script. A script whose first line is ';; RUN-CONFIG NAME[=VALUE] ...' has these "
     "options of -W, -C, -O or -D set for itself; gc-heap-limit stands for max-gc-heap-size there. -W fuel is what "
     "each command of a script gets, -W timeout the time of a whole script.",
     kWastOptions, EngineUse::Run, false, 1, kAny, wastCommand},
    {"completions",
     "bash|zsh|fish",
     "Prints the completion script of a shell",
     "For bash: source <(wasmrun completions bash). For zsh: write it to a file _wasmrun in a directory of fpath. For "
     "fish: wasmrun completions fish | source.",
     {},
     EngineUse::None,
     false,
     1,
     1,
     completionsCommand},
    {"man", "", "Prints the manual page, for man -l", "", {}, EngineUse::None, false, 0, 0, manCommand},
    {"help", "[COMMAND]", "Explains wasmrun or one of its commands", "", {}, EngineUse::None, false, 0, 1, helpCommand},
};

std::span<const Command> commands() { return kCommands; }

const Command* findCommand(std::string_view name) {
  for (const Command& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

std::string_view OptionRow::longName() const {
  size_t comma = names.find(',');
  return comma == std::string_view::npos ? names : names.substr(comma + 1);
}

std::vector<const OptionRow*> optionsOf(const Command& command) {
  std::vector<const OptionRow*> rows;
  auto add = [&](std::span<const OptionRow> table) {
    for (const OptionRow& row : table) rows.push_back(&row);
  };
  add(command.options);
  if (command.engine != EngineUse::None) add(kEngineOptions);
  add(kCommonOptions);
  return rows;
}

std::string usageLine(const Command& command) {
  bool isDefault = &command == &kCommands[0];
  std::string line = isDefault ? "wasmrun [run]" : "wasmrun " + std::string(command.name);
  line += " [OPTIONS]";
  if (!command.arguments.empty()) line += " " + std::string(command.arguments);
  return line;
}

}  // namespace wasmrun::cli
