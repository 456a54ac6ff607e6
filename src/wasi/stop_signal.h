// StopSignal: how a call that waits learns that its guest is to stop.
#pragma once

#include <atomic>

#include "platform/wake_event.h"
#include "support/int.h"
#include "wasi/errno.h"

namespace wasmrun::wasi {

/// What a call returns that did not wait to its end because the guest is to stop: no number of WASI, and never shown to
/// a guest. Nothing has been read, written or accepted then.
inline constexpr Errno kStopped{0xffff};

/// Empty by default: then nobody stops the guest. What it points to outlives it.
class StopSignal {
 public:
  StopSignal() = default;
  /// `requests` has one of the bits `stops` when the guest is to stop, and `wake` is signalled after it got it.
  StopSignal(const std::atomic<u32>& requests, u32 stops, platform::WakeEvent& wake)
      : requests_(&requests), stops_(stops), wake_(&wake) {}

  /// To be polled for reading beside the files of a wait; -1 if nobody can stop the guest.
  int descriptor() const { return wake_ != nullptr ? wake_->descriptor() : -1; }
  bool isRequested() const { return requests_ != nullptr && (requests_->load() & stops_) != 0; }
  /// After the descriptor was readable though nothing is requested (any more).
  void clear() const { wake_->clear(); }

 private:
  const std::atomic<u32>* requests_ = nullptr;
  u32 stops_ = 0;
  platform::WakeEvent* wake_ = nullptr;
};

}  // namespace wasmrun::wasi
