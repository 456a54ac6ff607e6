// Faults of memory accesses: SIGSEGV and SIGBUS. One handler for the process, which asks whether a fault is ours and
// passes all others on to whoever handled them before.
#pragma once

#include "support/int.h"
#include "support/result.h"

namespace wasmrun::platform {

/// The state of a thread whose access faulted; valid in the handler.
class FaultState {
 public:
  FaultState(void* context, u64 address, bool isBusError)
      : context_(context), address_(address), isBusError_(isBusError) {}

  /// Of the instruction.
  const u8* pc() const;
  /// A general register by its number in instructions (x64: 0 is rax, 4 rsp; a64: 31 is sp).
  u64 general(u32 number) const;
  /// What was accessed: the first byte that could not be, as far as the system says.
  u64 address() const { return address_; }
  /// SIGBUS: the page is there, its contents could not be had.
  bool isBusError() const { return isBusError_; }

 private:
  friend class FaultSignals;
  void continueAt(const void* pc);

  void* context_;  // the system's
  u64 address_;
  bool isBusError_;
};

/// Where the thread goes on, with all other registers as they are; null: the fault is somebody else's. Runs in a signal
/// handler on the thread's alternate stack.
using FaultFilter = const void* (*)(const FaultState& fault);

class FaultSignals {
 public:
  /// From now on `filter` is asked about every fault of the process. Handlers stay installed for good, since others may
  /// have noted them as theirs to call. Once a process, any thread; Limit error if the system refuses.
  static Result<void> install(FaultFilter filter);

 private:
  static void handle(int signal, void* info, void* context);
  friend struct SignalEntry;
};

}  // namespace wasmrun::platform
