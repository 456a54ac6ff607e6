#include "runtime/sampling.h"

#include <algorithm>
#include <utility>

#include "platform/clock.h"
#include "runtime/store.h"

namespace wasmrun::runtime {

namespace {

/// Ends the request first: one that comes later has its time counted later. The sampler's time may have begun before
/// the outermost call did, but no more is given than has passed since.
u64 takeTime(ExecContext& context) {
  context.interrupt.fetch_and(~ExecContext::kSampleWanted);
  const u64 noted = context.unsampledNanos.exchange(0, std::memory_order_relaxed);
  const u64 nanos = std::min(noted, platform::monotonicNanos() - context.sampledUntil);
  context.sampledUntil += nanos;
  return nanos;
}

void give(u64 nanos, const RunningFunction& running, bool isInHost) {
  if (running.code == nullptr || running.code->module->profile == nullptr) return;
  FuncWork& work = running.code->module->profile->of(running.code->index);
  TierWork& tier = running.isMachineCode ? work.machine : work.interpreted;
  (isInHost ? work.hostNanos : tier.sampledNanos).fetch_add(nanos, std::memory_order_relaxed);
}

}  // namespace

void takeSample(ExecContext& context, SampleOf whose) {
  const u64 nanos = takeTime(context);
  if (nanos == 0) return;
  give(nanos, context.store->hooks().runningFunction(context, whose == SampleOf::Caller), context.isInHost);
}

void dropSample(ExecContext& context) {
  takeTime(context);
  context.sampledUntil = platform::monotonicNanos();
}

CallStatus callSampledHost(ExecContext& context, Func& callee, u64* slots) {
  if (hasUnsampledTime(context)) takeSample(context);
  const bool wasInHost = std::exchange(context.isInHost, true);
  const CallStatus status = static_cast<HostFunc&>(callee).entry(context, callee, slots);
  if (hasUnsampledTime(context)) takeSample(context);
  context.isInHost = wasInHost;
  return status;
}

CallStatus callSampled(SlotEntry entry, ExecContext& context, Func& callee, u64* slots) {
  // Between calls of a store its time is not its own.
  if (context.activation == nullptr)
    dropSample(context);
  else if (hasUnsampledTime(context))
    takeSample(context);
  const bool wasInHost = std::exchange(context.isInHost, false);
  const CallStatus status = entry(context, callee, slots);
  // The frames are gone: what is left belongs to the function that was called, near enough.
  if (hasUnsampledTime(context)) give(takeTime(context), {callee.code, callee.code->hasMachineCode()}, false);
  context.isInHost = wasInHost;
  return status;
}

}  // namespace wasmrun::runtime
