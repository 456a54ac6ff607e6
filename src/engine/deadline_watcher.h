// DeadlineWatcher: one thread that stops stores whose time is up. It is started by the first deadline, so that engines
// without one have no thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>

#include "runtime/store.h"
#include "support/thread.h"

namespace wasmrun::engine {

/// Any thread. Stores are cleared before they go.
class DeadlineWatcher {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// A store and its deadline. Belongs to the watcher's lock between `set` and `clear`.
  struct Watch {
    runtime::Store* store = nullptr;
    std::optional<Time> deadline;  ///< while it lies ahead
  };

  DeadlineWatcher() = default;
  ~DeadlineWatcher();

  /// Starts the thread, if it does not run. False: the system has none to give.
  bool start();
  /// Replaces the watch's deadline: calls of its store run again, until then. One in the past is reached at once, and
  /// so is any if no thread can be had to watch it: nothing that was to stop runs on. False in that case.
  bool set(Watch& watch, Time deadline);
  /// The store's calls run without a deadline. Afterwards the watcher knows nothing of the watch.
  void clear(Watch& watch);

 private:
  struct Earlier {
    bool operator()(const Watch* a, const Watch* b) const {
      return *a->deadline != *b->deadline ? *a->deadline < *b->deadline : std::less<>()(a, b);
    }
  };
  bool ensureThread();
  void forget(Watch& watch);
  void run();

  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::set<Watch*, Earlier> watches_;
  bool ending_ = false;
  support::Thread thread_;
};

}  // namespace wasmrun::engine
