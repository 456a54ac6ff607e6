// WorkProfile: what a module's functions do in each tier: when they were entered, how often they were called and went
// round their loops, how long they were seen running. There is one only where statistics are wanted: running code
// counts if it was made to (interp's handler CountWork, baseline's FunctionCompiler::count), and samples are taken
// where a sampler asks for them (runtime/sampling.h).
//
// Calls and iterations are counted by plain additions, which lose some where several threads run a function at once.
#pragma once

#include <atomic>
#include <memory>

#include "support/int.h"
#include "wasm/types.h"

namespace wasmrun::runtime {

/// What a module's profile is for.
enum class ProfileKind : u8 {
  None,     ///< there is none
  Samples,  ///< samples, and entries that cost nothing to note
  Work,     ///< these, and all that is counted
};

/// A function in one tier. Machine code writes the first three.
struct TierWork {
  std::atomic<u64> calls{0};
  std::atomic<u64> loopIterations{0};  ///< bodies of loops that were begun
  std::atomic<u64> enteredAt{0};       ///< platform::monotonicNanos; 0: not yet
  std::atomic<u64> sampledNanos{0};

  /// It runs there now.
  void noteEntry();
};

struct FuncWork {
  TierWork interpreted, machine;
  std::atomic<u64> hostNanos{0};  ///< sampled in host functions that it called
};

/// Any thread.
class WorkProfile {
 public:
  WorkProfile(u32 functions, ProfileKind kind);

  FuncWork& of(wasm::DefinedFuncIndex index) { return functions_[index.value]; }
  bool countsWork() const { return kind_ == ProfileKind::Work; }
  /// platform::monotonicNanos
  u64 madeAt() const { return madeAt_; }

 private:
  const ProfileKind kind_;
  const u64 madeAt_;
  std::unique_ptr<FuncWork[]> functions_;
};

}  // namespace wasmrun::runtime
