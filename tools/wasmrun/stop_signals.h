// StopSignals: ^C and SIGTERM end the guest first, so that what was asked for of the run is still written.
#pragma once

#include "wasmrun/store.h"

namespace wasmrun::cli {

/// While it lives, the first SIGINT or SIGTERM interrupts a store's calls, waiting ones too. It also restores what both
/// signals do otherwise, so that a second one ends the process at once. Those that the process ignores stay ignored.
/// One object in the process at a time.
class StopSignals {
 public:
  explicit StopSignals(const InterruptHandle& store);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// The signal that came, also after the object's end; 0 if none did.
  static int received();
};

/// Ends the process by that signal, as who sent it expects. Should the signal be blocked: the exit code that shells
/// show for it.
int endBy(int signal);

}  // namespace wasmrun::cli
