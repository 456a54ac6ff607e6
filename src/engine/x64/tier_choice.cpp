#include "engine/tier_choice.h"

#include <algorithm>

#include "code/gdb_interface.h"
#include "code/jit_dump.h"
#include "code/perf_map.h"
#include "engine/tiers.h"
#include "platform/clock.h"
#include "support/text.h"

namespace wasmrun::engine {

namespace {

/// Bodies up to this size are compiled by the thread that calls them: with one thread, there is no other.
u64 atOnceBytes(const Options& options) { return options.threads == 1 ? ~u64{0} : options.tierUpAtOnce; }

std::unique_ptr<Policy> makePolicy(const Options& options, const TierUp& tierUp) {
  if (options.tier == "baseline") return std::make_unique<PinnedPolicy>();
  if (options.tier != "auto") return nullptr;
  switch (tierUp.mode) {
    case TierUp::Mode::Hot:
      return std::make_unique<ClimbingPolicy>(ClimbingPolicy::Budgets{options.tierUpExecutions, atOnceBytes(options)},
                                              options.threads);
    case TierUp::Mode::Random: return std::make_unique<RandomPolicy>(tierUp.seed);
    case TierUp::Mode::Off: break;
  }
  return nullptr;
}

Result<std::vector<std::unique_ptr<code::CodeObserver>>> makeObservers(Profile profile, bool gdb) {
  std::vector<std::unique_ptr<code::CodeObserver>> observers;
  if (profile == Profile::PerfMap) {
    WASMRUN_TRY_ASSIGN(observers.emplace_back(), code::PerfMap::make());
  } else if (profile == Profile::JitDump) {
    WASMRUN_TRY_ASSIGN(observers.emplace_back(), code::JitDump::make());
  }
  if (gdb) observers.push_back(std::make_unique<code::GdbInterface>());
  return observers;
}

}  // namespace

Result<std::unique_ptr<const runtime::TierHooks>> makeTierHooks(const Options& options, const TierUp& tierUp,
                                                                Profile profile) {
  std::unique_ptr<Policy> policy = makePolicy(options, tierUp);
  if (policy == nullptr) return std::make_unique<interp::Interpreter>(interpreterOptions(options));
  WASMRUN_TRY_ASSIGN(auto observers, makeObservers(profile, options.gdb != 0));
  code::CodeSpaceOptions codeSpace;
  codeSpace.dualMapping = options.dualMappedCode != 0;
  auto machine = std::make_unique<MachineTier>(codeSpace, std::move(observers));
  // Pinned functions cannot do without; others stay in the interpreter.
  if (options.tier != "auto") WASMRUN_TRY(machine->start());
  return std::make_unique<Tiers>(std::move(machine), std::move(policy), interpreterOptions(options));
}

MachineTotals machineTotals(const runtime::ModuleCode& code) {
  MachineTotals totals;
  if (code.attachment == nullptr) return totals;
  const auto& machine = static_cast<const MachineModule&>(*code.attachment);
  totals.ageNanos = platform::monotonicNanos() - machine.madeAt();
  for (const auto& [index, timeline] : machine.timelines()) {
    totals.compileNanos += timeline.compileNanos;
    totals.loopEntries += timeline.loopEntries;
    if (!timeline.refusal.empty()) ++totals.refused;
    if (timeline.compiledAt == 0) {
      if (timeline.refusal.empty()) ++totals.queued;
      continue;
    }
    ++totals.functions;
    if (timeline.queuedAt != 0) ++totals.background;
    totals.bodyBytes += machine.module().bodies[index].size;
    totals.codeBytes += timeline.codeBytes;
  }
  return totals;
}

// -- Functions -------------------------------------------------------------------------------------------------------

namespace {

std::string_view nameOf(Promotion why) {
  switch (why) {
    case Promotion::FirstCall: return "first call";
    case Promotion::Calls: return "calls";
    case Promotion::Loop: return "loop";
    case Promotion::Chance: return "chance";
  }
  CHECK(false, "every promotion has a name");
}

/// Why an engine with these options makes no machine code.
std::string whyNoMachineCode(const Options& options) {
  if (options.tier == "interp") return "the tier is pinned to the interpreter (tier=interp)";
  return "functions do not go up (tier-up=off)";
}

std::string whyInterpreted(const runtime::FuncCode& code, const MachineModule* machine, const TierTimeline& timeline,
                           const Options& options) {
  if (machine == nullptr) return whyNoMachineCode(options);
  if (!timeline.refusal.empty()) return support::concat("refused: ", timeline.refusal);
  if (!interp::wasCalled(code)) return "it was never called";
  if (code.tier.load(std::memory_order_relaxed) == runtime::TierState::Queued)
    return "it waits for a compile thread, or is being compiled";
  return machine->policy().whyInterpreted(code);
}

FunctionTiering describe(const runtime::FuncCode& code, const MachineModule* machine, const TierTimeline& timeline,
                         const Options& options) {
  const auto since = [&](u64 time) { return time == 0 ? 0 : std::max<u64>(time - machine->madeAt(), 1); };
  FunctionTiering function;
  function.index = code.index;
  function.tier = timeline.compiledAt != 0 ? "baseline" : interp::wasCalled(code) ? "interp" : "none";
  function.queuedAt = since(timeline.queuedAt);
  function.compiledAt = since(timeline.compiledAt);
  function.compileNanos = timeline.compileNanos;
  function.codeBytes = timeline.codeBytes;
  function.loopEnteredAt = since(timeline.loopEnteredAt);
  function.loopEntries = timeline.loopEntries;
  function.work = profileFigures(*code.module, code.index);
  if (timeline.compiledAt != 0)
    function.promoted = nameOf(timeline.why);
  else
    function.held = whyInterpreted(code, machine, timeline, options);
  return function;
}

}  // namespace

std::vector<FunctionTiering> functionTierings(const wasm::Module& module, runtime::ModuleCode& code,
                                              const Options& options) {
  const auto* const machine = static_cast<const MachineModule*>(code.attachment.get());
  std::unordered_map<u32, TierTimeline> timelines;
  if (machine != nullptr) timelines = machine->timelines();
  std::vector<FunctionTiering> functions;
  for (u32 index = 0; index < module.bodies.size(); ++index) {
    const runtime::FuncCode& func = code.code(wasm::DefinedFuncIndex(index));
    const auto known = timelines.find(index);
    if (known != timelines.end())
      functions.push_back(describe(func, machine, known->second, options));
    else if (interp::wasCalled(func))
      functions.push_back(describe(func, machine, {}, options));
  }
  return functions;
}

FunctionTiering functionTiering(wasm::DefinedFuncIndex index, runtime::ModuleCode& code, const Options& options) {
  const auto* const machine = static_cast<const MachineModule*>(code.attachment.get());
  return describe(code.code(index), machine, machine == nullptr ? TierTimeline() : machine->timelineOf(index), options);
}

}  // namespace wasmrun::engine
