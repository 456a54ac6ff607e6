#include "engine/machine_tier.h"

#include "code/function_record_builder.h"
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

Result<std::unique_ptr<MachineTier>> MachineTier::make() {
  bool supported = false;
  const masm::CpuFeatures features = masm::CpuFeatures::detect(supported);
  if (!supported) return fail(ErrorKind::Unsupported, "machine code needs a processor with SSE4.1");
  WASMRUN_TRY_ASSIGN(auto space, code::CodeSpace::make());
  std::unique_ptr<MachineTier> tier(new MachineTier(std::move(space), features));
  WASMRUN_TRY_ASSIGN(tier->stubs_, masm::makeStubs(tier->area_, stubHooks()));
  WASMRUN_TRY_ASSIGN(tier->faults_, code::FaultDomain::make(tier->space_->map(), faultTarget, tier.get()));
  return tier;
}

// -- MachineModule ---------------------------------------------------------------------------------------------------

MachineModule::MachineModule(MachineTier& tier, const wasm::Module& module, bool guarded, Policy& policy)
    : tier_(tier),
      module_(module),
      area_(tier.space()),
      guarded_(guarded),
      madeAt_(platform::monotonicNanos()),
      policy_(policy) {}

MachineModule::~MachineModule() { policy_.forget(*this); }

Result<std::unique_ptr<MachineModule>> MachineModule::make(MachineTier& tier, const wasm::Module& module,
                                                           const gc::LayoutSet* layouts, runtime::ModuleCode& code,
                                                           runtime::MemoryStrategy strategy, Policy& policy) {
  const bool guarded = strategy == runtime::MemoryStrategy::Guarded;
  std::unique_ptr<MachineModule> made(new MachineModule(tier, module, guarded, policy));
  if (!module.bodies.empty()) WASMRUN_TRY(made->makeThunks(code, layouts));
  return made;
}

Result<void> MachineModule::makeThunks(runtime::ModuleCode& code, const gc::LayoutSet* layouts) {
  const u32 count = support::narrow<u32>(module_.bodies.size());
  WASMRUN_TRY_ASSIGN(jumpTable_, area_.allocateSlots(count));
  WASMRUN_TRY_ASSIGN(const code::CodeBlock block, area_.allocate(count * masm::kThunkSize));
  for (u32 i = 0; i < count; ++i) {
    const u64 offset = u64{i} * masm::kThunkSize;
    const u8* const thunk = block.executable + offset;
    masm::writeThunk(block.writable + offset, reinterpret_cast<u64>(thunk), i, tier_.stubs());
    FuncCode& func = code.code(wasm::DefinedFuncIndex(i));
    func.jumpSlot = &jumpTable_[i];
    func.machine.store(thunk, std::memory_order_relaxed);
    jumpTable_[i].store(thunk, std::memory_order_relaxed);
  }
  code::FunctionRecordBuilder record;
  code::CodeIdentity identity;
  identity.kind = code::CodeKind::Stubs;
  record.begin(identity);
  record.addStubPart("thunks", 0);
  WASMRUN_TRY(area_.publish(block, record.finish(block.executable, block.size)));
  environment_ = std::make_unique<baseline::Environment>(
      baseline::Environment{module_, tier_.stubs(), jumpTable_, layouts, guarded_});
  return {};
}

bool MachineModule::compile(FuncCode& code) {
  std::unique_ptr<baseline::Compiler> compiler;
  {
    const std::lock_guard lock(mutex_);
    const TierState state = code.tier.load(std::memory_order_relaxed);
    if (state == TierState::Compiled || state == TierState::Refused) return state == TierState::Compiled;
    if (!compiling_.insert(code.index.value).second) return false;
    compiler = takeCompiler();
  }
  const u64 start = platform::monotonicNanos();
  code::CodeIdentity identity;
  identity.tier = kBaseline;
  identity.owner = &code;
  const auto compiled = compiler->compile(code.index, identity);
  Result<const code::FunctionRecord*> installed = nullptr;
  if (compiled) installed = baseline::install(area_, *compiled);
  const u64 end = platform::monotonicNanos();

  const std::lock_guard lock(mutex_);
  compiling_.erase(code.index.value);
  idle_.push_back(std::move(compiler));
  TierTimeline& timeline = timelines_[code.index.value];
  timeline.compileNanos = end - start;
  if (!compiled || !installed) {
    timeline.isRefused = true;
    if (!compiled) timeline.unsupported = compiled.error().opcode;
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
  ++timelines_[code.index.value].loopEntries;
}

std::unordered_map<u32, TierTimeline> MachineModule::timelines() const {
  const std::lock_guard lock(mutex_);
  return timelines_;
}

}  // namespace wasmrun::engine
