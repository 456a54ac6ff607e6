// What a module's profile says, read while it may be written.
#include <algorithm>

#include "engine/tier_choice.h"

namespace wasmrun::engine {

namespace {

u64 read(const std::atomic<u64>& number) { return number.load(std::memory_order_relaxed); }

WorkFigures figuresOf(const runtime::TierWork& work, u64 start) {
  const u64 entered = read(work.enteredAt);
  return {read(work.calls), read(work.loopIterations), read(work.sampledNanos),
          entered == 0 ? 0 : std::max<u64>(entered - start, 1)};
}

}  // namespace

void WorkFigures::add(const WorkFigures& more) {
  calls += more.calls;
  loopIterations += more.loopIterations;
  sampledNanos += more.sampledNanos;
}

void ProfileFigures::add(const ProfileFigures& more) {
  interp.add(more.interp);
  baseline.add(more.baseline);
  hostNanos += more.hostNanos;
}

ProfileFigures profileFigures(const runtime::ModuleCode& code, wasm::DefinedFuncIndex index) {
  if (code.profile == nullptr) return {};
  const runtime::FuncWork& work = code.profile->of(index);
  const u64 start = code.profile->madeAt();
  return {figuresOf(work.interpreted, start), figuresOf(work.machine, start), read(work.hostNanos)};
}

ProfileFigures profileTotals(const wasm::Module& module, const runtime::ModuleCode& code) {
  ProfileFigures totals;
  for (u32 i = 0; i < module.bodies.size(); ++i) {
    totals.add(profileFigures(code, wasm::DefinedFuncIndex(i)));
  }
  return totals;
}

}  // namespace wasmrun::engine
