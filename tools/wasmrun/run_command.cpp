// wasmrun run and explain: a module is compiled, linked with WASI and preloaded modules, and one of its functions is
// called.
#include <optional>

#include "commands.h"
#include "exit_code.h"
#include "find_function.h"
#include "load_module.h"
#include "log.h"
#include "output.h"
#include "read_file.h"
#include "report_error.h"
#include "statistics.h"
#include "stop_signals.h"
#include "text.h"
#include "tiering_text.h"
#include "time_tables.h"
#include "wasmrun/linker.h"
#include "wasmrun/nearest_name.h"
#include "wasmrun/wasi.h"

namespace wasmrun::cli {
namespace {

/// One run. Each step reports its own failure and gives the exit code, or nothing to go on.
class Run {
 public:
  Run(Options& options, const Engine& engine) : options_(options), store_(engine), linker_(engine) {}

  int toEnd() {
    if (auto code = loadModules()) return *code;
    if (auto found = findExplained(); !found) return reportError(found.error());
    if (auto possible = checkReports(); !possible) return reportError(possible.error());
    int code = callUntilStopped();
    return writeReports(code);
  }

 private:
  /// Where reports are wanted, ^C and SIGTERM end the program but not the process.
  int callUntilStopped() {
    std::optional<StopSignals> signals;
    if (explained_ || options_.stats || !heapSnapshot().empty()) signals.emplace(store_.interruptHandle());
    return prepareAndCall();
  }

  int prepareAndCall() {
    if (auto given = giveWasi(); !given) return reportError(given.error());
    for (size_t i = 0; i < options_.preloads.size(); i++) {
      if (auto code = instantiatePreload(options_.preloads[i], modules_[i + 1].module)) return *code;
    }
    const Module& module = modules_[0].module;
    if (auto defined = defineBuiltins(module); !defined) return reportError(defined.error());
    return callMain(module);
  }

  std::optional<int> loadModules();
  Result<void> findExplained();
  std::string heapSnapshot() const { return options_.config.get("D", "gc-heap-snapshot").value_or(""); }
  Result<void> checkReports() const;
  int writeReports(int code);
  int reportLoad(const Error& error);
  int reportRun(const Error& error, std::vector<std::string> attempts);
  Result<void> giveWasi();
  std::optional<int> instantiatePreload(const Preload& preload, const Module& module);
  Result<void> defineBuiltins(const Module& module);
  bool wants(std::string_view wasmOption) const { return options_.config.get("W", wasmOption).value_or("n") == "y"; }

  int callMain(const Module& module);
  int callCommand(const Instance& instance);
  int callExport(const Instance& instance, const std::string& name);
  int reportNothingToRun(const Module& module);
  std::string runContext() const { return "failed to run main module " + shownName(options_.files[0]); }

  Options& options_;
  std::vector<RunModule> modules_;
  std::optional<FoundFunction> explained_;  // explain: the function
  Store store_;
  Linker linker_;
};

/// A file that is not there and is spelt nearly as a command was meant as one.
int Run::reportLoad(const Error& error) {
  Error hinted = error;
  if (error.kind == ErrorKind::Io) {
    std::vector<std::string_view> names;
    for (const Command& command : commands()) names.push_back(command.name);
    const std::string& word = options_.files[0];
    if (findCommand(word)) {
      hinted.message += "; the command '" + word + "' comes before all options";
    } else if (word.find_first_of("./") == std::string::npos) {
      hinted.message += didYouMean(word, names);
    }
  }
  return reportError(hinted);
}

std::optional<int> Run::loadModules() {
  auto main = loadModule(store_.engine(), options_.files[0]);
  if (!main) return reportLoad(main.error());
  modules_.push_back({"", std::move(*main)});
  for (const Preload& preload : options_.preloads) {
    auto module = loadModule(store_.engine(), preload.file);
    if (!module) return reportError(module.error());
    modules_.push_back({preload.name, std::move(*module)});
  }
  return std::nullopt;
}

/// A wrong name is told before the program runs.
Result<void> Run::findExplained() {
  if (!options_.function) return {};
  auto found = findFunction(modules_, *options_.function);
  if (!found) return fail(std::move(found).error());
  if (auto known = found->module->module.tiering(found->index); !known) return fail(std::move(known).error());
  explained_ = *found;
  return {};
}

/// A file that cannot be written is told before the program runs.
Result<void> Run::checkReports() const {
  if (const std::string file = heapSnapshot(); !file.empty()) {
    if (auto possible = checkWritable(file); !possible) return possible;
  }
  if (options_.stats && !options_.stats->file.empty()) return checkWritable(options_.stats->file);
  return {};
}

/// What is asked for of every run, however it ended. Gives the exit code: `code`, the program's own, unless that says
/// success and a report cannot be written.
int Run::writeReports(int code) {
  const auto note = [&](const Result<void>& written) {
    if (written) return;
    const int failure = reportError(written.error());
    if (code == kExitOk) code = failure;
  };
  if (std::string file = heapSnapshot(); !file.empty())
    note(writeFile(file, [&](const FileSink& write) { return store_.writeGcHeapSnapshot(write); }));
  if (explained_) {
    const RunModule& module = *explained_->module;
    print(explanationOf(module, *module.module.tiering(explained_->index), sampledTime(functionsOf(modules_))));
  }
  if (options_.stats) note(writeStatistics(*options_.stats, options_.files[0], modules_, store_));
  return code;
}

/// Who stopped the program knows of it.
int Run::reportRun(const Error& error, std::vector<std::string> attempts) {
  if (StopSignals::received() && error.trap() == TrapKind::Interrupted) return kExitTrap;
  return reportError(error, std::move(attempts));
}

// -- What the guest sees ---------------------------------------------------------------------------------------------

Result<void> Run::giveWasi() {
  WasiConfig wasi;
  wasi.inheritStdio();
  const std::string& file = options_.files[0];
  wasi.arg(options_.argv0 ? *options_.argv0 : file.substr(file.rfind('/') + 1));
  for (std::string& argument : options_.guestArgs) wasi.arg(argument);
  for (Variable& variable : options_.environment) wasi.env(variable.name, variable.value);
  for (Directory& directory : options_.directories) {
    if (auto opened = wasi.preopenDir(directory.host, directory.guest, directory.readOnly); !opened) {
      Error error = std::move(opened).error();
      error.message.insert(0, "--dir " + directory.host + ": ");
      return fail(std::move(error));
    }
  }
  if (auto set = store_.setWasi(std::move(wasi)); !set) return set;
  return linker_.defineWasi();
}

std::optional<int> Run::instantiatePreload(const Preload& preload, const Module& module) {
  std::string context = "failed to preload module " + shownName(preload.file) + " as `" + preload.name + "`";
  auto instance = linker_.instantiate(store_, module);
  if (!instance) return reportRun(instance.error(), {context});
  if (auto ready = instance->initialize(); !ready) return reportRun(ready.error(), {context});
  if (auto defined = linker_.defineInstance(preload.name, *instance); !defined) {
    return reportError(defined.error(), {context});
  }
  return std::nullopt;
}

Result<void> Run::defineBuiltins(const Module& module) {
  // The benchmark suite sightglass brackets the work it measures with these two calls.
  for (std::string_view name : {"start", "end"}) {
    if (linker_.find(store_, "bench", name)) continue;
    if (auto defined = linker_.func("bench", name, [] {}); !defined) return defined;
  }
  if (wants("unknown-imports-default")) return linker_.defineUnknownAsDefaults(module);
  if (wants("unknown-imports-trap")) return linker_.defineUnknownAsTraps(module);
  return {};
}

// -- What is called --------------------------------------------------------------------------------------------------

int Run::callMain(const Module& module) {
  auto instance = linker_.instantiate(store_, module);
  if (!instance) return reportRun(instance.error(), {runContext(), "failed to instantiate"});
  log(LogLevel::Info, "instantiated");

  if (!options_.invoke && module.findExport("_start")) return callCommand(*instance);
  if (auto ready = instance->initialize(); !ready) {
    return reportRun(ready.error(), {runContext(), "failed to invoke `_initialize`"});
  }
  if (options_.invoke) return callExport(*instance, *options_.invoke);
  return module.findExport("_initialize") ? kExitOk : reportNothingToRun(module);
}

int Run::callCommand(const Instance& instance) {
  auto code = instance.runCommand();
  if (!code) return reportRun(code.error(), {runContext(), "failed to invoke command default"});
  return static_cast<int>(*code & 0xff);  // all that the system passes on, as for native programs
}

int Run::callExport(const Instance& instance, const std::string& name) {
  std::string context = "failed to invoke `" + escaped(name) + "`";
  auto function = instance.func(name);
  if (!function) return reportError(function.error(), {runContext(), context});

  const FuncType type = function->type();
  const std::vector<std::string>& texts = options_.guestArgs;
  if (texts.size() != type.params.size()) {
    reportFailure("`" + escaped(name) + "` takes " + std::to_string(type.params.size()) +
                  (type.params.size() == 1 ? " argument, not " : " arguments, not ") + std::to_string(texts.size()) +
                  ": (func " + type.toString() + ")");
    return kExitUsage;
  }
  std::vector<Value> args;
  for (size_t i = 0; i < texts.size(); i++) {
    auto value = Value::parse(type.params[i], texts[i]);
    if (!value) {
      reportFailure("argument " + std::to_string(i + 1) + " of `" + escaped(name) + "`: " + value.error().message);
      return kExitUsage;
    }
    args.push_back(std::move(*value));
  }
  auto results = function->call(args);
  if (!results) return reportRun(results.error(), {runContext(), context});
  for (const Value& result : *results) print(result.toString() + "\n");
  return kExitOk;
}

/// A module without `_start`, `_initialize` and --invoke has done its work if it has a start function.
int Run::reportNothingToRun(const Module& module) {
  constexpr uint8_t kStartSection = 8;
  for (const SectionInfo& section : module.sections()) {
    if (section.id == kStartSection) return kExitOk;
  }
  std::string names;
  for (const ExportType& item : module.exports()) {
    if (item.type.kind() == ExternKind::Func) names += (names.empty() ? " " : ", ") + escaped(item.name);
  }
  reportFailure(shownName(options_.files[0]) + " has nothing to run: no `_start`; " +
                (names.empty() ? "it exports no functions" : "--invoke calls one of its functions:" + names));
  return kExitFailure;
}

}  // namespace

int explainCommand(Options& options) {
  if (options.function) return runCommand(options);
  reportFailure("explain needs the function that it is to explain: --func NAME, or its index");
  return kExitUsage;
}

/// What reports of the run say is watched from its start, unless -D says otherwise.
static Result<void> watchRun(Options& options) {
  const bool isExplained = options.function.has_value();
  const auto setIfUnset = [&](const std::string& name, const char* value) -> Result<void> {
    auto present = options.config.get("D", name);
    if (!present) return fail(std::move(present).error());
    return present->empty() ? options.config.set("D", name + "=" + value) : Result<void>();
  };
  if (isExplained || (options.stats && options.stats->format == StatsOutput::Format::Json)) {
    if (auto set = setIfUnset("count-work", "y"); !set) return set;
  }
  return isExplained || options.stats ? setIfUnset("sample-interval", "1ms") : Result<void>();
}

static int runToEnd(Options& options) {
  if (auto watched = watchRun(options); !watched) return reportError(watched.error());
  auto engine = Engine::make(options.config);
  if (!engine) {
    reportError(engine.error());
    return engine.error().kind == ErrorKind::Usage ? kExitUsage : kExitFailure;
  }
  return Run(options, *engine).toEnd();
}

int runCommand(Options& options) {
  const int code = runToEnd(options);
  if (!StopSignals::received()) return code;
  if (auto finished = finishOutput(); !finished) reportError(finished.error());
  return endBy(StopSignals::received());
}

}  // namespace wasmrun::cli
