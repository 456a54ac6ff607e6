// Faults as traps: an access of a Guarded memory out of its bounds faults, and machine code goes on at a stub that
// traps.
//
// A fault is ours if the instruction is one that code has noted as an access (FunctionRecord::accesses) and the address
// lies in a reservation that was registered (GuardedRange). All other faults go to the handler that was there before.
#pragma once

#include <memory>

#include "code/code_map.h"
#include "code/range_list.h"
#include "platform/fault_signals.h"
#include "support/result.h"

namespace wasmrun::code {

/// An access out of bounds, seen from a signal handler.
struct Fault {
  const FunctionRecord& record;
  const platform::FaultState& state;
  void* range;  ///< the value of the GuardedRange
};

/// Notes what the stub will need and returns its address, where the thread goes on with all its registers; or null: not
/// ours after all. Runs in a signal handler: no locks, no memory.
using FaultTarget = const void* (*)(void* data, const Fault& fault);

/// Faults of one code space are handled while this lives. An engine's; outlives all running of its code.
class FaultDomain {
 public:
  /// `map` outlives the domain. The first one of the process installs the signal handlers; Limit error if the system
  /// refuses. Threads that run the code call platform::ensureAlternateStack() first.
  static Result<std::unique_ptr<FaultDomain>> make(const CodeMap& map, FaultTarget target, void* data);
  ~FaultDomain();
  FaultDomain(const FaultDomain&) = delete;
  FaultDomain& operator=(const FaultDomain&) = delete;

 private:
  FaultDomain(const CodeMap& map, FaultTarget target, void* data) : map_(map), target_(target), data_(data) {}
  static const void* filter(const platform::FaultState& state);
  const void* handle(const platform::FaultState& state) const;

  const CodeMap& map_;
  const FaultTarget target_;
  void* const data_;
  RangeList::Entry* entry_ = nullptr;
};

/// Address space in which faults of machine code are traps while this lives: a Guarded memory's whole reservation. Any
/// thread.
class GuardedRange {
 public:
  /// `value` is handed to the fault's target; not null.
  GuardedRange(const void* begin, u64 size, void* value);
  ~GuardedRange();
  GuardedRange(const GuardedRange&) = delete;
  GuardedRange& operator=(const GuardedRange&) = delete;

 private:
  RangeList::Entry* entry_;
};

}  // namespace wasmrun::code
