// Sampling: where a store's thread spends its time, as it says itself when it is asked.
//
//   1. A sampler's thread notes from time to time how much time has passed (Store::wantSample), and asks for a poll by
//      a bit beside those that stop a store.
//   2. At its next poll (ExecContext::takeInterrupt) the store's thread gives that time to the function it is in. So it
//      does when it leaves wasm for a host function or C++ and when it comes back, and no function gets time of the
//      host or the other way round.
//   3. Nobody looks at frames from outside or from a signal handler: they are walked by the thread they belong to,
//      where it could take a backtrace as well.
//
// Machine code polls at function entries and in every round of a loop, the interpreter after some thousands of these
// (TierPolicy::pollInterval). Straight-line code has its time given to the next loop or callee.
//
// What is here is called in stores that are sampled alone (StoreOptions::isSampled).
#pragma once

#include "runtime/exec_context.h"
#include "runtime/func_code.h"

namespace wasmrun::runtime {

/// Whether there is time to be given to somebody.
inline bool hasUnsampledTime(const ExecContext& context) {
  return context.unsampledNanos.load(std::memory_order_relaxed) != 0;
}

/// Gives the time to the innermost wasm frame's function, or to the host function that it called. On the store's
/// thread, where TierHooks::runningFunction may be called.
void takeSample(ExecContext& context);

/// Gives the time to nobody.
void dropSample(ExecContext& context);

/// SlotEntry of host functions (HostFunc::entry): calls them.
CallStatus callSampledHost(ExecContext& context, Func& callee, u64* slots);

/// Around `entry`, a tier's SlotEntry: a call by C++.
CallStatus callSampled(SlotEntry entry, ExecContext& context, Func& callee, u64* slots);

}  // namespace wasmrun::runtime
