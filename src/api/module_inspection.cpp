// Module, looked at from the inside: sections, functions, code as text, statistics.
#include <algorithm>
#include <optional>

#include "api/access.h"
#include "api/types.h"
#include "engine/machine_listing.h"
#include "engine/tier_choice.h"
#include "interp/function_dumper.h"
#include "interp/interpreter.h"
#include "platform/clock.h"
#include "support/byte_reader.h"
#include "support/text.h"
#include "text/function_printer.h"
#include "text/module_printer.h"
#include "wasmrun/module.h"

namespace wasmrun {

using detail::ModuleImpl;
using support::concat;

// -- Sections --------------------------------------------------------------------------------------------------------

namespace {

constexpr std::string_view kSectionNames[] = {"custom", "type",  "import",  "function", "table", "memory",    "global",
                                              "export", "start", "element", "code",     "data",  "datacount", "tag"};
constexpr u8 kCustom = 0, kStart = 8, kDataCount = 12;

/// Whether a section is a vector, so that its contents begin with a count.
bool isVector(u8 id) { return id != kCustom && id != kStart && id != kDataCount; }

}  // namespace

std::vector<SectionInfo> Module::sections() const {
  const wasm::Module& module = *impl_->module;
  std::vector<SectionInfo> result;
  result.reserve(module.sections.size());
  for (const wasm::SectionInfo& section : module.sections) {
    SectionInfo info;
    info.id = section.id;
    info.name = section.id == kCustom ? section.name : kSectionNames[section.id];
    info.offset = section.offset;
    info.size = section.size;
    if (isVector(section.id))
      info.count = support::ByteReader(module.bytes().subspan(section.offset, section.size)).readU32();
    result.push_back(std::move(info));
  }
  return result;
}

// -- Functions -------------------------------------------------------------------------------------------------------

static Result<void> checkIndex(const wasm::Module& module, uint32_t index) {
  if (index < module.funcTypes.size()) return {};
  return fail(ErrorKind::Usage, concat("there is no function ", index, "; the module has ", module.funcTypes.size()));
}

Result<FunctionInfo> Module::function(uint32_t index) const {
  const wasm::Module& module = *impl_->module;
  WASMRUN_TRY(checkIndex(module, index));
  const wasm::FuncIndex func(index);
  FunctionInfo info;
  info.name = module.funcName(func);
  info.type = detail::toPublic(*impl_->engine, module.funcTypes[index]);
  info.imported = module.isImport(func);
  if (!info.imported) {
    const wasm::FuncBody& body = module.bodies[module.definedIndex(func).value];
    info.bodyOffset = body.offset;
    info.bodySize = body.size;
  }
  return info;
}

std::optional<uint32_t> Module::findFunction(std::string_view name) const {
  const wasm::Module& module = *impl_->module;
  for (uint32_t index = 0; index < module.funcTypes.size(); ++index)
    if (module.funcName(wasm::FuncIndex(index)) == name) return index;
  const wasm::Export* const item = module.findExport(name);
  if (item && item->kind == wasm::ExternKind::Func) return item->index;
  return std::nullopt;
}

// -- Text and dumps --------------------------------------------------------------------------------------------------

namespace {

constexpr std::string_view kStages[] = {"wasm", "interp", "baseline"};

}  // namespace

/// Of a function that has code here.
static Result<wasm::DefinedFuncIndex> definedIndex(const wasm::Module& module, uint32_t functionIndex) {
  WASMRUN_TRY(checkIndex(module, functionIndex));
  const wasm::FuncIndex func(functionIndex);
  if (module.isImport(func))
    return fail(ErrorKind::Usage, concat("function ", functionIndex, " is imported: it has no code here"));
  return module.definedIndex(func);
}

static std::string functionText(const ModuleImpl& module, wasm::DefinedFuncIndex func, bool offsets) {
  std::string result;
  const text::TextSink sink = [&](std::string_view piece) { result += piece; };
  {
    text::PieceWriter writer(sink);
    text::printFunction(module.printed(), func, {.offsets = offsets}, writer);
  }
  return result;
}

void Module::writeText(const std::function<void(std::string_view piece)>& write) const {
  text::printModule(impl_->printed(), write);
}

std::string Module::toText() const {
  std::string result;
  writeText([&](std::string_view piece) { result += piece; });
  return result;
}

Result<std::string> Module::toText(uint32_t functionIndex) const {
  WASMRUN_TRY_ASSIGN(const wasm::DefinedFuncIndex defined, definedIndex(*impl_->module, functionIndex));
  return functionText(*impl_, defined, false);
}

std::span<const std::string_view> Module::dumpStages() noexcept { return kStages; }

namespace {

/// Writes one function after the other at a stage.
using Dumper = std::move_only_function<Result<std::string>(wasm::DefinedFuncIndex)>;

/// `module` outlives it. Usage error if there is no such stage.
Result<Dumper> makeDumper(const ModuleImpl& module, std::string_view stage) {
  const engine::Engine& engine = *module.engine->engine;
  if (stage == "wasm")
    return Dumper([&module](wasm::DefinedFuncIndex func) { return functionText(module, func, true); });
  if (stage == "interp")
    return Dumper([dumper = interp::FunctionDumper(*module.module, engine.hasFuel())](
                      wasm::DefinedFuncIndex func) mutable { return dumper.dump(func); });
  if (stage == "baseline") {
    WASMRUN_TRY_ASSIGN(auto listing, engine::MachineListing::make(engine, *module.module));
    return Dumper([listing = std::move(listing)](wasm::DefinedFuncIndex func) { return listing->list(func); });
  }
  return fail(ErrorKind::Usage, concat("unknown stage ", support::quoted(stage), ": wasm, interp or baseline"));
}

}  // namespace

Result<std::string> Module::dump(uint32_t functionIndex, std::string_view stage) const {
  WASMRUN_TRY_ASSIGN(const wasm::DefinedFuncIndex defined, definedIndex(*impl_->module, functionIndex));
  WASMRUN_TRY_ASSIGN(Dumper dumper, makeDumper(*impl_, stage));
  return dumper(defined);
}

Result<void> Module::dumpAll(std::string_view stage, const DumpWriter& write) const {
  const wasm::Module& module = *impl_->module;
  WASMRUN_TRY_ASSIGN(Dumper dumper, makeDumper(*impl_, stage));
  for (u32 i = 0; i < module.bodies.size(); ++i) {
    const wasm::DefinedFuncIndex func(i);
    WASMRUN_TRY_ASSIGN(const std::string text, dumper(func));
    write(module.funcIndex(func).value, text);
  }
  return {};
}

// -- Tiers -----------------------------------------------------------------------------------------------------------

namespace {

constexpr runtime::MemoryStrategy kStrategies[] = {runtime::MemoryStrategy::Guarded, runtime::MemoryStrategy::Explicit};

/// Calls `visit(runtime::ModuleCode&)` for what code there is of the module.
template <class Visit>
void forEachCode(const ModuleImpl& module, Visit&& visit) {
  const runtime::PreparedModule* const prepared = module.prepared();
  if (prepared == nullptr) return;
  for (const auto strategy : kStrategies)
    if (runtime::ModuleCode* const code = prepared->existingCode(strategy); code != nullptr) visit(*code);
}

TierWork toPublic(const engine::WorkFigures& figures) {
  return {figures.enteredAt, figures.calls, figures.loopIterations, figures.sampledNanos};
}

FunctionTiering toPublic(const wasm::Module& module, engine::FunctionTiering from) {
  const wasm::FuncIndex index = module.funcIndex(from.index);
  FunctionTiering function;
  function.index = index.value;
  function.name = module.funcName(index);
  function.bodyBytes = module.bodies[from.index.value].size;
  function.tier = from.tier;
  function.promoted = from.promoted;
  function.queuedAt = from.queuedAt;
  function.compiledAt = from.compiledAt;
  function.compileTime = from.compileNanos;
  function.codeBytes = from.codeBytes;
  function.loopEnteredAt = from.loopEnteredAt;
  function.loopEntries = from.loopEntries;
  function.held = std::move(from.held);
  function.interp = toPublic(from.work.interp);
  function.baseline = toPublic(from.work.baseline);
  function.hostTime = from.work.hostNanos;
  return function;
}

/// Functions of several strategies: which one has gone further.
u32 rank(std::string_view tier) { return tier == "baseline" ? 2 : tier == "interp" ? 1 : 0; }

}  // namespace

std::vector<FunctionTiering> Module::tiering() const {
  const wasm::Module& module = *impl_->module;
  std::vector<FunctionTiering> functions;
  forEachCode(*impl_, [&](runtime::ModuleCode& code) {
    for (engine::FunctionTiering& from : engine::functionTierings(module, code, impl_->engine->engine->options()))
      functions.push_back(toPublic(module, std::move(from)));
  });
  return functions;
}

Result<FunctionTiering> Module::tiering(uint32_t functionIndex) const {
  const wasm::Module& module = *impl_->module;
  WASMRUN_TRY_ASSIGN(const wasm::DefinedFuncIndex defined, definedIndex(module, functionIndex));
  std::optional<FunctionTiering> furthest;
  forEachCode(*impl_, [&](runtime::ModuleCode& code) {
    FunctionTiering now = toPublic(module, engine::functionTiering(defined, code, impl_->engine->engine->options()));
    if (!furthest || rank(now.tier) > rank(furthest->tier)) furthest = std::move(now);
  });
  if (furthest) return *std::move(furthest);
  engine::FunctionTiering none;
  none.index = defined;
  none.tier = "none";
  none.held = "the module has no instance";
  return toPublic(module, std::move(none));
}

// -- Statistics ------------------------------------------------------------------------------------------------------

namespace {

struct CodeTotals {
  interp::Totals interp;
  engine::MachineTotals machine;
  engine::ProfileFigures work;

  void add(const interp::Totals& more) {
    interp.functions += more.functions;
    interp.bodyBytes += more.bodyBytes;
    interp.codeBytes += more.codeBytes;
    interp.nanos += more.nanos;
  }
  void add(const engine::MachineTotals& more) {
    machine.functions += more.functions;
    machine.bodyBytes += more.bodyBytes;
    machine.codeBytes += more.codeBytes;
    machine.compileNanos += more.compileNanos;
    machine.refused += more.refused;
    machine.loopEntries += more.loopEntries;
    machine.queued += more.queued;
    machine.background += more.background;
    machine.ageNanos = std::max(machine.ageNanos, more.ageNanos);
  }
};

/// Bytes in a second.
u64 speed(u64 bytes, u64 nanos) {
  return nanos == 0 ? 0 : static_cast<u64>(static_cast<double>(bytes) * 1e9 / static_cast<double>(nanos));
}

/// What is known of a module with a profile only; calls and rounds if they are counted.
void appendWork(const CodeTotals& totals, bool countsWork, Statistics& statistics) {
  const auto append = [&](const char* tier, const engine::WorkFigures& work) {
    const std::string prefix = std::string(tier) + '.';
    if (countsWork) {
      statistics.entries.push_back({prefix + "calls", work.calls, "", "calls of functions there"});
      statistics.entries.push_back({prefix + "loop_iterations", work.loopIterations, "", "rounds of loops there"});
    }
    statistics.entries.push_back(
        {prefix + "sampled_time", work.sampledNanos, "ns", "time in which functions were seen running there"});
  };
  append("interp", totals.work.interp);
  append("baseline", totals.work.baseline);
  statistics.entries.insert(
      statistics.entries.end(),
      {{"host.sampled_time", totals.work.hostNanos, "ns", "time seen in host functions that they called"},
       {"interp.translate_time", totals.interp.nanos, "ns", "time to translate functions to threaded code"},
       {"interp.translate_speed", speed(totals.interp.bodyBytes, totals.interp.nanos), "B/s",
        "bytes of bodies translated in a second"}});
}

void appendTiers(const CodeTotals& totals, Statistics& statistics) {
  const engine::MachineTotals& machine = totals.machine;
  statistics.entries.insert(
      statistics.entries.end(),
      {{"module.running_time", machine.ageNanos, "ns",
        "since it got its first instance; 0 if neither counts nor machine code were wanted"},
       {"interp.functions_translated", totals.interp.functions, "", "functions translated to threaded code"},
       {"interp.body_bytes", totals.interp.bodyBytes, "bytes", "size of their bodies"},
       {"interp.code_bytes", totals.interp.codeBytes, "bytes", "size of that threaded code"},
       {"baseline.functions_compiled", machine.functions, "", "functions that have machine code"},
       {"baseline.functions_background", machine.background, "", "of those, compiled by threads of the engine's own"},
       {"baseline.functions_queued", machine.queued, "", "functions that wait for a compile thread"},
       {"baseline.functions_refused", machine.refused, "", "functions that the compiler left to the interpreter"},
       {"baseline.body_bytes", machine.bodyBytes, "bytes", "size of the compiled functions' bodies"},
       {"baseline.code_bytes", machine.codeBytes, "bytes", "size of their machine code"},
       {"baseline.compile_time", machine.compileNanos, "ns", "time to compile them, all threads together"},
       {"baseline.compile_speed", speed(machine.bodyBytes, machine.compileNanos), "B/s",
        "bytes of bodies compiled in a second of a thread"},
       {"baseline.loop_entries", machine.loopEntries, "", "running loops that were continued in machine code"}});
}

}  // namespace

Statistics Module::statistics() const {
  const wasm::Module& module = *impl_->module;
  u64 codeBytes = 0;
  for (const wasm::FuncBody& body : module.bodies) codeBytes += body.size;
  Statistics statistics;
  statistics.entries = {
      {"module.bytes", module.bytes().size(), "bytes", "size of the module"},
      {"module.functions", module.bodies.size(), "", "functions it defines"},
      {"module.code_bytes", codeBytes, "bytes", "size of their bodies"},
      {"module.decode_time", impl_->nanos, "ns", "time to decode and validate it"},
  };
  if (impl_->prepared() == nullptr) return statistics;
  CodeTotals totals;
  bool isProfiled = false, countsWork = false;
  forEachCode(*impl_, [&](const runtime::ModuleCode& code) {
    isProfiled = code.profile != nullptr;
    countsWork = isProfiled && code.profile->countsWork();
    if (isProfiled)
      totals.machine.ageNanos = std::max(totals.machine.ageNanos, platform::monotonicNanos() - code.profile->madeAt());
    totals.work.add(engine::profileTotals(module, code));
    totals.add(interp::totals(code));
    totals.add(engine::machineTotals(code));
  });
  appendTiers(totals, statistics);
  if (isProfiled) appendWork(totals, countsWork, statistics);
  return statistics;
}

}  // namespace wasmrun
