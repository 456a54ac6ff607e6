// Sampler: one thread that asks stores from time to time where they are (runtime/sampling.h). There is one in engines
// with a sample interval, and it runs while there are stores.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "runtime/store.h"
#include "support/thread.h"

namespace wasmrun::engine {

/// Any thread.
class Sampler {
 public:
  explicit Sampler(u64 intervalNanos) : interval_(intervalNanos) {}
  ~Sampler();

  /// Asks from now on. False if the system has no thread to give.
  bool add(runtime::Store& store);
  /// Before the store goes.
  void remove(runtime::Store& store);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Entry {
    runtime::Store* store;
    Time seen;  ///< up to here its time is noted
  };
  void run();

  const std::chrono::nanoseconds interval_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::vector<Entry> stores_;
  bool ending_ = false;
  support::Thread thread_;
};

}  // namespace wasmrun::engine
