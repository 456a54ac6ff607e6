// Sampling: where a store's thread spends its time, as it says itself when it is asked.
//
//   1. A sampler's thread notes from time to time how much time has passed (Store::wantSample), and asks for a poll by
//      a bit beside those that stop a store.
//   2. At its next poll (ExecContext::takeInterrupt) the store's thread gives that time to the function it is in. In
//      stores that are sampled, code also does so before it calls and before it returns, and when it leaves wasm for a
//      host function or C++ and comes back: no function gets the time of another, or of the host.
//   3. Nobody looks at frames from outside or from a signal handler: they are walked by the thread they belong to,
//      where it could take a backtrace as well.
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

/// Whose time it is.
enum class SampleOf : u8 {
  Innermost,  ///< the innermost wasm frame's function
  Caller,     ///< the frame's below: the innermost has only just been entered
};

/// Gives the time to a function, or to the host function that it called. On the store's thread, where
/// TierHooks::runningFunction may be called.
void takeSample(ExecContext& context, SampleOf whose = SampleOf::Innermost);

/// Gives the time to nobody.
void dropSample(ExecContext& context);

/// SlotEntry of host functions (HostFunc::entry): calls them.
CallStatus callSampledHost(ExecContext& context, Func& callee, u64* slots);

/// Around `entry`, a tier's SlotEntry: a call by C++.
CallStatus callSampled(SlotEntry entry, ExecContext& context, Func& callee, u64* slots);

}  // namespace wasmrun::runtime
