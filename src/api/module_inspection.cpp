// Module, looked at from the inside: sections, functions, code as text, statistics.
#include "api/access.h"
#include "api/types.h"
#include "engine/machine_listing.h"
#include "engine/tier_choice.h"
#include "interp/interpreter.h"
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

interp::InterpreterOptions interpreterOptions(const engine::Engine& engine) {
  interp::InterpreterOptions options;
  options.fuel = engine.hasFuel();
  return options;
}

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

Result<std::string> Module::dump(uint32_t functionIndex, std::string_view stage) const {
  const wasm::Module& module = *impl_->module;
  WASMRUN_TRY_ASSIGN(const wasm::DefinedFuncIndex defined, definedIndex(module, functionIndex));
  if (stage == "wasm") return functionText(*impl_, defined, true);
  if (stage == "interp") {
    impl_->prepare();
    return interp::dumpFunction(module, defined, interpreterOptions(*impl_->engine->engine));
  }
  if (stage == "baseline") {
    const engine::Engine& engine = *impl_->engine->engine;
    return engine::listBaselineCode(module, defined, engine.storeOptions().memory);
  }
  return fail(ErrorKind::Usage, concat("unknown stage ", support::quoted(stage), ": wasm, interp or baseline"));
}

// -- Tiers -----------------------------------------------------------------------------------------------------------

std::vector<FunctionTiering> Module::tiering() const {
  std::vector<FunctionTiering> functions;
  const runtime::PreparedModule* const prepared = impl_->prepared();
  if (prepared == nullptr) return functions;
  const wasm::Module& module = *impl_->module;
  for (const auto strategy : {runtime::MemoryStrategy::Guarded, runtime::MemoryStrategy::Explicit}) {
    const runtime::ModuleCode* const code = prepared->existingCode(strategy);
    if (code == nullptr) continue;
    for (const engine::FunctionTiering& from : engine::functionTierings(*code)) {
      const wasm::FuncIndex index = module.funcIndex(from.index);
      functions.push_back({index.value, std::string(module.funcName(index)), module.bodies[from.index.value].size,
                           from.queuedAt, from.compiledAt, from.compileNanos, from.codeBytes, from.loopEntries,
                           std::string(from.refused)});
    }
  }
  return functions;
}

// -- Statistics ------------------------------------------------------------------------------------------------------

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
  if (const runtime::PreparedModule* const prepared = impl_->prepared()) {
    interp::Totals totals;
    engine::MachineTotals machine;
    for (const auto strategy : {runtime::MemoryStrategy::Guarded, runtime::MemoryStrategy::Explicit}) {
      const runtime::ModuleCode* const code = prepared->existingCode(strategy);
      if (code == nullptr) continue;
      const engine::MachineTotals machinePart = engine::machineTotals(*code);
      machine.functions += machinePart.functions;
      machine.bodyBytes += machinePart.bodyBytes;
      machine.codeBytes += machinePart.codeBytes;
      machine.compileNanos += machinePart.compileNanos;
      machine.refused += machinePart.refused;
      machine.loopEntries += machinePart.loopEntries;
      const interp::Totals part = interp::totals(*code);
      totals.functions += part.functions;
      totals.bodyBytes += part.bodyBytes;
      totals.codeBytes += part.codeBytes;
    }
    statistics.entries.push_back(
        {"interp.functions_translated", totals.functions, "", "functions translated to threaded code"});
    statistics.entries.push_back({"interp.body_bytes", totals.bodyBytes, "bytes", "size of their bodies"});
    statistics.entries.push_back({"interp.code_bytes", totals.codeBytes, "bytes", "size of that threaded code"});
    statistics.entries.insert(
        statistics.entries.end(),
        {{"baseline.functions_compiled", machine.functions, "", "functions that have machine code"},
         {"baseline.functions_refused", machine.refused, "", "functions that the compiler left to the interpreter"},
         {"baseline.body_bytes", machine.bodyBytes, "bytes", "size of the compiled functions' bodies"},
         {"baseline.code_bytes", machine.codeBytes, "bytes", "size of their machine code"},
         {"baseline.compile_time", machine.compileNanos, "ns", "time to compile them, all threads together"},
         {"baseline.loop_entries", machine.loopEntries, "", "running loops that were continued in machine code"}});
  }
  return statistics;
}

}  // namespace wasmrun
