#include "script_runner.h"

#include <set>
#include <system_error>

#include "script_values.h"
#include "text.h"

namespace wasmrun::cli {

/// Threads of a script that may run at once. A script of a few lines could ask for any number.
static constexpr uint32_t kMaxThreads = 200;

/// Bytes that a message repeats of a name in the script, and of an error, which may hold names of its own.
static constexpr size_t kShownName = 200, kShownError = 1000;

static std::string shownId(const std::string& id) { return id.empty() ? "" : " $" + shortened(id, kShownName); }

/// One line about an error: what sort it is, why, and where in the module.
static std::string shown(const Error& error) {
  std::string text = std::string(kindName(error.kind)) + ": " + shortened(error.message, kShownError);
  if (error.line) {
    text += error.detail ? " (at " + error.detail->fileName + ":" : " (at ";
    return text + std::to_string(error.line) + ":" + std::to_string(error.column) + ")";
  }
  if (isCompileError(error.kind) && error.offset != Error::kNoOffset) text += " (at offset " + hex(error.offset) + ")";
  return text;
}

static std::optional<uint64_t> fuelOf(const Store& store) {
  auto fuel = store.fuel();
  return fuel ? std::optional(*fuel) : std::nullopt;
}

ScriptRunner::ScriptRunner(const Engine& engine, const Script& script, PrintSink print)
    : engine_(engine),
      script_(script),
      print_(print),
      store_(engine),
      fuel_(fuelOf(store_)),
      host_(engine),
      hostDefined_(defineSpectest(host_, store_, print)),
      liveThreads_(std::make_shared<std::atomic<uint32_t>>(0)) {}

// -- The script ------------------------------------------------------------------------------------------------------

ScriptReport ScriptRunner::run() {
  runRange(0, script_.commands().size());
  return std::move(report_);
}

void ScriptRunner::runRange(size_t begin, size_t end) {
  std::span<const script::Command> commands = script_.commands();
  for (size_t i = begin; i < end; i++) {
    const script::Command& command = commands[i];
    report_.count(command);
    armFuel();
    Complaint complaint = std::visit([&](const auto& what) { return perform(what); }, command.what);
    if (complaint) {
      report_.failures.push_back({command.offset, command.keyword, std::move(*complaint)});
    } else if (std::holds_alternative<script::Component>(command.what)) {
      report_.skipped++;
    } else {
      report_.passed++;
    }
    // A thread's commands are for the thread.
    if (const auto* thread = std::get_if<script::Thread>(&command.what)) i = thread->end - 1;
  }
  for (auto& [id, running] : threads_) report_.add(join(std::move(running)));
  threads_.clear();
}

/// What one command uses up is not lacking in the next.
void ScriptRunner::armFuel() {
  if (fuel_) (void)store_.setFuel(*fuel_);  // cannot fail: fuel is accounted for
}

// -- Modules and instances -------------------------------------------------------------------------------------------

std::optional<Extern> ScriptRunner::Exporter::find(std::string_view name) const {
  if (instance) return instance.find(name);
  auto memory = memories.find(name);
  return memory == memories.end() ? std::nullopt : std::optional<Extern>(memory->second);
}

std::optional<ScriptRunner::Exporter> ScriptRunner::findExporter(const std::string& id) const {
  if (id.empty()) return instance_ ? std::optional(Exporter{instance_, {}}) : std::nullopt;
  auto found = exporters_.find(id);
  return found == exporters_.end() ? std::nullopt : std::optional(found->second);
}

Result<Instance> ScriptRunner::findInstance(const std::string& id) const {
  auto exporter = findExporter(id);
  if (!exporter) return fail(ErrorKind::Usage, "there is no instance" + shownId(id));
  if (!exporter->instance) {
    return fail(ErrorKind::Usage, "the instance" + shownId(id) + " is another thread's: only its memories are shared");
  }
  return exporter->instance;
}

Result<Module> ScriptRunner::findDefinition(const std::string& id) const {
  auto found = definitions_.find(id);
  if (found != definitions_.end()) return found->second;
  if (id.empty() && definition_) return *definition_;
  return fail(ErrorKind::Usage, "there is no module" + shownId(id));
}

std::optional<Extern> ScriptRunner::findImport(const ImportType& import) const {
  auto registered = registered_.find(import.module);
  if (registered != registered_.end()) return registered->second.find(import.name);
  return host_.find(store_, import.module, import.name);
}

Result<Instance> ScriptRunner::instantiate(const Module& module) {
  if (!hostDefined_) return fail(hostDefined_.error());
  auto others = standIns(module);
  if (!others) return fail(std::move(others).error());
  std::vector<Extern> imports;
  for (const ImportType& import : module.imports()) {
    auto item = findImport(import);
    if (!item) item = others->find(store_, import.module, import.name);
    if (!item) {
      return fail(ErrorKind::Link, "unknown import: \"" + shortened(import.module, kShownName) + "\" \"" +
                                       shortened(import.name, kShownName) + "\"");
    }
    imports.push_back(std::move(*item));
  }
  return Instance::make(store_, module, imports);
}

bool ScriptRunner::wants(std::string_view wasmOption) const {
  return engine_.config().get("W", wasmOption).value_or("n") == "y";
}

/// What takes the place of functions that nobody defines, if that is asked for.
Result<Linker> ScriptRunner::standIns(const Module& module) const {
  Linker linker(engine_);
  const bool traps = wants("unknown-imports-trap"), defaults = wants("unknown-imports-default");
  if (!traps && !defaults) return linker;
  std::set<std::pair<std::string_view, std::string_view>> defined;
  for (const ImportType& import : module.imports()) {
    auto item = findImport(import);
    if (!item || !defined.emplace(import.module, import.name).second) continue;
    if (auto done = linker.define(import.module, import.name, *item); !done) return fail(std::move(done).error());
  }
  auto done = defaults ? linker.defineUnknownAsDefaults(module) : linker.defineUnknownAsTraps(module);
  if (!done) return fail(std::move(done).error());
  return linker;
}

/// One that could not be made takes those of its name with it, so that nothing later is tried on another by mistake.
ScriptRunner::Complaint ScriptRunner::keepInstance(const std::string& id, Result<Instance> instance) {
  if (!instance) {
    instance_ = {};
    if (!id.empty()) exporters_.erase(id);
    return shown(instance.error());
  }
  instance_ = *instance;
  if (!id.empty()) exporters_[id] = Exporter{std::move(*instance), {}};
  return std::nullopt;
}

ScriptRunner::Complaint ScriptRunner::perform(const script::ModuleDefinition& definition) {
  auto module = script_.compile(engine_, definition.source);
  if (!module) {
    definition_.reset();
    if (!definition.id.empty()) definitions_.erase(definition.id);
    return definition.instantiates ? keepInstance(definition.id, fail(std::move(module).error()))
                                   : Complaint(shown(module.error()));
  }
  definition_ = *module;
  if (!definition.id.empty()) definitions_.insert_or_assign(definition.id, *module);
  if (!definition.instantiates) return std::nullopt;
  return keepInstance(definition.id, instantiate(*module));
}

ScriptRunner::Complaint ScriptRunner::perform(const script::ModuleInstance& instance) {
  auto module = findDefinition(instance.module);
  return keepInstance(instance.id, module ? instantiate(*module) : fail(std::move(module).error()));
}

ScriptRunner::Complaint ScriptRunner::perform(const script::Register& command) {
  auto exporter = findExporter(command.instance);
  if (!exporter) {
    registered_.erase(command.name);
    return "there is no instance" + shownId(command.instance);
  }
  registered_.insert_or_assign(command.name, std::move(*exporter));
  return std::nullopt;
}

// -- Actions and assertions ------------------------------------------------------------------------------------------

Result<ScriptRunner::Values> ScriptRunner::attempt(const script::Action& action) {
  auto instance = findInstance(action.instance);
  if (!instance) return fail(std::move(instance).error());
  if (action.kind == script::Action::Kind::Invoke) return invoke(*instance, action);
  auto global = instance->global(action.name);
  if (!global) return fail(std::move(global).error());
  auto value = global->get();
  if (!value) return fail(std::move(value).error());
  return Values{std::move(*value)};
}

Result<ScriptRunner::Values> ScriptRunner::invoke(const Instance& instance, const script::Action& action) {
  auto function = instance.func(action.name);
  if (!function) return fail(std::move(function).error());
  Values args;
  args.reserve(action.args.size());
  for (const script::Value& arg : action.args) {
    auto value = toValue(store_, instance, arg);
    if (!value) return fail(std::move(value).error());
    args.push_back(std::move(*value));
  }
  return function->call(args);
}

Result<ScriptRunner::Values> ScriptRunner::attempt(const script::ModuleDefinition& definition) {
  auto module = script_.compile(engine_, definition.source);
  if (!module) return fail(std::move(module).error());
  if (!definition.instantiates) return Values();
  auto instance = instantiate(*module);
  if (!instance) return fail(std::move(instance).error());
  return Values();
}

Result<ScriptRunner::Values> ScriptRunner::attempt(const script::ModuleInstance& instance) {
  auto module = findDefinition(instance.module);
  if (!module) return fail(std::move(module).error());
  auto made = instantiate(*module);
  if (!made) return fail(std::move(made).error());
  return Values();
}

ScriptRunner::Complaint ScriptRunner::perform(const script::Action& action) {
  auto results = attempt(action);
  if (!results) return shown(results.error());
  return std::nullopt;
}

ScriptRunner::Complaint ScriptRunner::perform(const script::AssertReturn& assertion) {
  auto results = attempt(assertion.action);
  if (!results) return "expected a return, got " + shown(results.error());
  if (results->size() != assertion.results.size()) {
    return "expected " + std::to_string(assertion.results.size()) + " results, got " + std::to_string(results->size());
  }
  // `(ref.func N)` in a result is a function of the instance that gave it.
  auto instance = findInstance(assertion.action.instance);
  for (size_t i = 0; i < results->size(); i++) {
    const script::Expected& expected = assertion.results[i];
    if (matches(store_, *instance, (*results)[i], expected)) continue;
    std::string which = results->size() > 1 ? "result " + std::to_string(i + 1) + ": " : "";
    return which + "expected " + toString(expected) + ", got " + shownLike(engine_, (*results)[i], expected);
  }
  return std::nullopt;
}

/// What a failure of that sort is, and how an error says that it is one.
static ErrorKind kindOf(script::Outcome outcome) {
  switch (outcome) {
    case script::Outcome::Trap:
    case script::Outcome::Exhaustion:
    case script::Outcome::Suspension: return ErrorKind::Trap;
    case script::Outcome::Exception: return ErrorKind::Exception;
    case script::Outcome::Malformed:
    case script::Outcome::MalformedCustom: return ErrorKind::Malformed;
    case script::Outcome::Invalid:
    case script::Outcome::InvalidCustom: return ErrorKind::Invalid;
    case script::Outcome::Unlinkable: break;
  }
  return ErrorKind::Link;
}

ScriptRunner::Complaint ScriptRunner::perform(const script::AssertFailure& assertion) {
  auto result = std::visit([&](const auto& what) { return attempt(what); }, assertion.what);
  const ErrorKind kind = kindOf(assertion.outcome);
  if (!result && result.error().kind == kind && result.error().message.starts_with(assertion.message)) {
    return std::nullopt;
  }
  std::string expected = "expected " + std::string(kindName(kind));
  if (!assertion.message.empty()) expected += ": " + shortened(assertion.message, kShownName);
  return expected + ", got " + (result ? "no error" : shown(result.error()));
}

// -- Threads ---------------------------------------------------------------------------------------------------------

/// Gives a thread the shared memories of the instances it names.
Result<void> ScriptRunner::share(const script::Thread& thread, ScriptRunner& with) const {
  for (const std::string& id : thread.shared) {
    auto exporter = findExporter(id);
    if (!exporter) return fail(ErrorKind::Usage, "there is no instance" + shownId(id));
    Exporter& seen = with.exporters_[id];
    auto add = [&](const std::string& name, const Memory& memory) -> Result<void> {
      auto shared = Memory::share(with.store_, memory);
      if (!shared) return fail(std::move(shared).error());
      seen.memories.insert_or_assign(name, std::move(*shared));
      return {};
    };
    for (const auto& [name, memory] : exporter->memories) {
      if (auto added = add(name, memory); !added) return added;
    }
    if (!exporter->instance) continue;
    for (const NamedExtern& item : exporter->instance.exports()) {
      const Memory* memory = item.item.memory();
      if (!memory || !memory->isShared()) continue;
      if (auto added = add(item.name, *memory); !added) return added;
    }
  }
  return {};
}

ScriptRunner::Complaint ScriptRunner::perform(const script::Thread& thread) {
  if (threads_.contains(thread.id)) return "a thread" + shownId(thread.id) + " runs already";
  if (liveThreads_->load() >= kMaxThreads) {
    return "there are " + std::to_string(kMaxThreads) + " threads already, which is as many as a script may have";
  }
  auto runner = std::make_unique<ScriptRunner>(engine_, script_, print_);
  runner->liveThreads_ = liveThreads_;
  if (auto shared = share(thread, *runner); !shared) return shown(shared.error());
  try {
    std::thread started(
        [child = runner.get(), begin = thread.begin, end = thread.end] { child->runRange(begin, end); });
    liveThreads_->fetch_add(1);
    threads_.emplace(thread.id, RunningThread{std::move(runner), std::move(started)});
  } catch (const std::system_error& error) {
    return std::string("the system has no thread to give: ") + error.what();
  }
  return std::nullopt;
}

ScriptReport ScriptRunner::join(RunningThread running) {
  running.thread.join();
  liveThreads_->fetch_sub(1);
  return std::move(running.runner->report_);
}

ScriptRunner::Complaint ScriptRunner::perform(const script::Wait& wait) {
  auto found = threads_.find(wait.thread);
  if (found == threads_.end()) return "there is no thread" + shownId(wait.thread);
  report_.add(join(std::move(found->second)));
  threads_.erase(found);
  return std::nullopt;
}

ScriptRunner::Complaint ScriptRunner::perform(const script::Component&) { return std::nullopt; }

}  // namespace wasmrun::cli
