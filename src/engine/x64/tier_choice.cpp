#include "engine/tier_choice.h"

#include <algorithm>
#include <thread>

#include "engine/tiers.h"

namespace wasmrun::engine {

namespace {

bool hasFuel(const Options& options) { return options.fuel != kUnset || options.fuelAccounting; }

/// Threads that compile: one is left to the program.
u32 compileThreads(const Options& options) {
  const u64 wanted = options.threads != 0 ? options.threads : std::thread::hardware_concurrency();
  return static_cast<u32>(std::clamp<u64>(wanted, 2, 8) - 1);
}

std::unique_ptr<Policy> makePolicy(const Options& options, const TierUp& tierUp) {
  if (options.tier == "baseline") return std::make_unique<PinnedPolicy>();
  if (options.tier != "auto") return nullptr;
  switch (tierUp.mode) {
    case TierUp::Mode::Hot:
      return std::make_unique<ClimbingPolicy>(ClimbingPolicy::Budgets{options.tierUpExecutions, options.tierUpAtOnce},
                                              compileThreads(options));
    case TierUp::Mode::Random: return std::make_unique<RandomPolicy>(tierUp.seed);
    case TierUp::Mode::Off: break;
  }
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<const runtime::TierHooks>> makeTierHooks(const Options& options, const TierUp& tierUp) {
  std::unique_ptr<Policy> policy = hasFuel(options) ? nullptr : makePolicy(options, tierUp);
  if (policy == nullptr) return std::make_unique<interp::Interpreter>(interp::InterpreterOptions{hasFuel(options)});
  auto machine = std::make_unique<MachineTier>();
  // Pinned functions cannot do without; others stay in the interpreter.
  if (options.tier != "auto") WASMRUN_TRY(machine->start());
  return std::make_unique<Tiers>(std::move(machine), std::move(policy));
}

MachineTotals machineTotals(const runtime::ModuleCode& code) {
  MachineTotals totals;
  if (code.attachment == nullptr) return totals;
  const auto& machine = static_cast<const MachineModule&>(*code.attachment);
  for (const auto& [index, timeline] : machine.timelines()) {
    totals.compileNanos += timeline.compileNanos;
    totals.loopEntries += timeline.loopEntries;
    if (timeline.isRefused) ++totals.refused;
    if (timeline.compiledAt == 0) continue;
    ++totals.functions;
    totals.bodyBytes += machine.module().bodies[index].size;
    totals.codeBytes += timeline.codeBytes;
  }
  return totals;
}

std::vector<FunctionTiering> functionTierings(const runtime::ModuleCode& code) {
  std::vector<FunctionTiering> functions;
  if (code.attachment == nullptr) return functions;
  const auto& machine = static_cast<const MachineModule&>(*code.attachment);
  const auto since = [&](u64 time) { return time == 0 ? 0 : time - machine.madeAt(); };
  for (const auto& [index, timeline] : machine.timelines()) {
    FunctionTiering function;
    function.index = wasm::DefinedFuncIndex(index);
    function.queuedAt = since(timeline.queuedAt);
    function.compiledAt = since(timeline.compiledAt);
    function.compileNanos = timeline.compileNanos;
    function.codeBytes = timeline.codeBytes;
    function.loopEntries = timeline.loopEntries;
    if (timeline.isRefused)
      function.refused =
          timeline.unsupported == wasm::Opcode::kCount ? "no room for its code" : wasm::info(timeline.unsupported).text;
    functions.push_back(function);
  }
  std::ranges::sort(functions, {}, [](const FunctionTiering& function) { return function.index.value; });
  return functions;
}

}  // namespace wasmrun::engine
