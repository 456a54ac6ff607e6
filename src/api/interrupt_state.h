// InterruptState: an InterruptHandle's way to a store that may go at any moment, without a lock: signal handlers use
// it.
#pragma once

#include <atomic>
#include <thread>

#include "runtime/store.h"

namespace wasmrun::detail {

struct InterruptState {
  explicit InterruptState(runtime::Store* store) : store_(store) {}

  /// Any thread, async-signal-safe.
  void interrupt() noexcept {
    // Sequentially consistent, as `detach`: either it sees this user and waits, or this sees that the store is gone.
    users_.fetch_add(1);
    if (runtime::Store* const store = store_.load()) store->interrupt();
    users_.fetch_sub(1);
  }

  /// The store goes. Waits for handles that are interrupting it right now, which takes them no time.
  void detach() noexcept {
    store_.store(nullptr);
    while (users_.load() != 0) std::this_thread::yield();
  }

 private:
  std::atomic<runtime::Store*> store_;
  std::atomic<u32> users_{0};
};

}  // namespace wasmrun::detail
