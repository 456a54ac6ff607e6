// WakeEvent: ends a poll of files from another thread.
#pragma once

#include <atomic>

#include "support/int.h"

namespace wasmrun::platform {

/// One thread waits; any thread signals. Nothing is opened before the first wait, and only if somebody may signal.
class WakeEvent {
 public:
  WakeEvent() = default;
  WakeEvent(const WakeEvent&) = delete;
  WakeEvent& operator=(const WakeEvent&) = delete;
  ~WakeEvent();

  // -- The waiting thread
  /// From now on somebody may signal.
  void arm() { isArmed_ = true; }
  /// Becomes readable when signalled and stays so until `clear`. -1 if nobody may signal, or if the process can have no
  /// more descriptors. A signal sent before the first call is lost: whoever signals sets its condition first, and
  /// whoever waits looks at the condition after this call.
  int descriptor();
  void clear();

  // -- Any thread, async-signal-safe
  void signal();

 private:
  bool isArmed_ = false;
  std::atomic<int> fd_{-1};
};

}  // namespace wasmrun::platform
