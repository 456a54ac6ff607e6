#include "engine/machine_tier.h"

#include "code/function_record_builder.h"
#include "engine/code_names.h"
#include "engine/stub_hooks.h"
#include "engine/tier_policy.h"
#include "interp/interpreter.h"
#include "platform/clock.h"
#include "support/text.h"

namespace wasmrun::engine {

using runtime::FuncCode;
using runtime::TierState;

namespace {

/// CodeIdentity::tier of the baseline's code.
constexpr u8 kBaseline = 1;

const void* faultTarget(void* data, const code::Fault& fault) {
  if (fault.range == nullptr) return nullptr;
  if (!noteFault(fault.state, fault.range)) return nullptr;
  return reinterpret_cast<const void*>(static_cast<const MachineTier*>(data)->stubs().fault);
}

}  // namespace

// -- MachineTier -----------------------------------------------------------------------------------------------------

Result<void> MachineTier::start() {
  const std::lock_guard lock(mutex_);
  if (!started_) {
    started_ = true;
    if (auto made = make(); !made) failure_ = std::move(made).error();
  }
  if (failure_) return fail(*failure_);
  return {};
}

Result<void> MachineTier::make() {
  WASMRUN_TRY_ASSIGN(features_, masm::detectCpuFeatures());
  WASMRUN_TRY_ASSIGN(space_, code::CodeSpace::make(options_));
  for (auto& observer : observers_) space_->observe(std::move(observer), nameInProfiles);
  area_.emplace(*space_);
  WASMRUN_TRY_ASSIGN(stubs_, masm::makeStubs(*area_, stubHooks()));
  WASMRUN_TRY_ASSIGN(faults_, code::FaultDomain::make(space_->map(), faultTarget, this));
  support_.codeMap.store(&space_->map(), std::memory_order_release);
  support_.enter.store(stubs_.enter, std::memory_order_release);
  return {};
}

code::CodeSpaceStatistics MachineTier::memory() const {
  const std::lock_guard lock(mutex_);
  return space_ == nullptr ? code::CodeSpaceStatistics() : space_->statistics();
}

// -- MachineModule ---------------------------------------------------------------------------------------------------

MachineModule::MachineModule(MachineTier& tier, const wasm::Module& module, const gc::LayoutSet* layouts,
                             runtime::ModuleCode& code, runtime::MemoryStrategy strategy,
                             const interp::InterpreterOptions& options, Policy& policy)
    : tier_(tier),
      module_(module),
      layouts_(layouts),
      code_(code),
      guarded_(strategy == runtime::MemoryStrategy::Guarded),
      countsFuel_(options.fuel),
      isSampled_(options.sampled),
      madeAt_(code.profile != nullptr ? code.profile->madeAt() : platform::monotonicNanos()),
      policy_(policy) {}

MachineModule::~MachineModule() { policy_.forget(*this); }

Result<void> MachineModule::start() {
  WASMRUN_TRY(tier_.start());
  area_.emplace(tier_.space());
  WASMRUN_TRY(makeThunks());
  environment_ = std::make_unique<baseline::Environment>(baseline::Environment{.module = module_,
                                                                               .stubs = tier_.stubs(),
                                                                               .jumpTable = jumpTable_,
                                                                               .layouts = layouts_,
                                                                               .guarded = guarded_,
                                                                               .countsFuel = countsFuel_,
                                                                               .isSampled = isSampled_,
                                                                               .profile = countedProfile()});
  return {};
}

/// Where machine code counts its work; null: it does not.
runtime::WorkProfile* MachineModule::countedProfile() const {
  return code_.profile != nullptr && code_.profile->countsWork() ? code_.profile.get() : nullptr;
}

Result<void> MachineModule::makeThunks() {
  const u32 count = support::narrow<u32>(module_.bodies.size());
  WASMRUN_TRY_ASSIGN(jumpTable_, area_->allocateSlots(count));
  WASMRUN_TRY_ASSIGN(const code::CodeBlock block, area_->allocate(count * masm::kThunkSize));
  for (u32 i = 0; i < count; ++i) {
    const u64 offset = u64{i} * masm::kThunkSize;
    masm::writeThunk(block.writable + offset, reinterpret_cast<u64>(block.executable + offset), i, tier_.stubs());
  }
  code::FunctionRecordBuilder record;
  code::CodeIdentity identity;
  identity.kind = code::CodeKind::Stubs;
  record.begin(identity);
  record.addStubPart("thunks", 0);
  WASMRUN_TRY(area_->publish(block, record.finish(block.executable, block.size)));
  // Code of other modules may call these functions as soon as they have an entry.
  for (u32 i = 0; i < count; ++i) {
    const u8* const thunk = block.executable + u64{i} * masm::kThunkSize;
    FuncCode& func = code_.code(wasm::DefinedFuncIndex(i));
    jumpTable_[i].store(thunk, std::memory_order_relaxed);
    func.jumpSlot = &jumpTable_[i];
    func.machine.store(thunk, std::memory_order_release);
  }
  return {};
}

bool MachineModule::compile(FuncCode& code, Promotion why) {
  std::unique_ptr<baseline::Compiler> compiler;
  {
    const std::lock_guard lock(mutex_);
    const TierState state = code.tier.load(std::memory_order_relaxed);
    if (state == TierState::Compiled || state == TierState::Refused) return state == TierState::Compiled;
    if (start_ == Start::NotYet) {
      const Result<void> started = start();
      start_ = started ? Start::Done : Start::Failed;
      if (!started) failure_ = started.error().message;
    }
    if (start_ == Start::Failed) {
      timelines_[code.index.value].refusal = failure_;
      code.tier.store(TierState::Refused, std::memory_order_relaxed);
      return false;
    }
    if (!compiling_.insert(code.index.value).second) return false;
    compiler = takeCompiler();
  }
  const u64 start = platform::monotonicNanos();
  code::CodeIdentity identity;
  identity.tier = kBaseline;
  identity.owner = &code;
  const auto compiled = compiler->compile(code.index, identity);
  Result<const code::FunctionRecord*> installed = nullptr;
  if (compiled) installed = baseline::install(*area_, *compiled);
  const u64 end = platform::monotonicNanos();

  const std::lock_guard lock(mutex_);
  compiling_.erase(code.index.value);
  idle_.push_back(std::move(compiler));
  TierTimeline& timeline = timelines_[code.index.value];
  timeline.why = why;
  timeline.compileNanos = end - start;
  if (!compiled || !installed) {
    timeline.refusal = compiled ? installed.error().message : "its code would be too large";
    code.tier.store(TierState::Refused, std::memory_order_relaxed);
    return false;
  }
  timeline.compiledAt = end;
  timeline.codeBytes = (*installed)->size();
  publish(code, **installed);
  return true;
}

/// Every order in which other threads see these stores is right: each way leads to code of the function.
void MachineModule::publish(FuncCode& code, const code::FunctionRecord& record) {
  code.machine.store(record.begin(), std::memory_order_release);
  code.jumpSlot->store(record.begin(), std::memory_order_release);
  code.record.store(&record, std::memory_order_release);
  code.tier.store(TierState::Compiled, std::memory_order_release);
  interp::useMachineCode(code);
}

std::unique_ptr<baseline::Compiler> MachineModule::takeCompiler() {
  if (idle_.empty()) return std::make_unique<baseline::Compiler>(*environment_, tier_.features());
  std::unique_ptr<baseline::Compiler> compiler = std::move(idle_.back());
  idle_.pop_back();
  return compiler;
}

void MachineModule::noteQueued(const FuncCode& code) {
  const std::lock_guard lock(mutex_);
  timelines_[code.index.value].queuedAt = platform::monotonicNanos();
}

void MachineModule::noteLoopEntry(const FuncCode& code) {
  const std::lock_guard lock(mutex_);
  TierTimeline& timeline = timelines_[code.index.value];
  if (timeline.loopEntries++ != 0) return;
  timeline.loopEnteredAt = platform::monotonicNanos();
  if (code_.profile != nullptr) code_.profile->of(code.index).machine.noteEntry();
}

TierTimeline MachineModule::timelineOf(wasm::DefinedFuncIndex index) const {
  const std::lock_guard lock(mutex_);
  const auto known = timelines_.find(index.value);
  return known == timelines_.end() ? TierTimeline() : known->second;
}

std::unordered_map<u32, TierTimeline> MachineModule::timelines() const {
  const std::lock_guard lock(mutex_);
  return timelines_;
}

}  // namespace wasmrun::engine
