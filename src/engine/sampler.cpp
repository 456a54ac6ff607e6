#include "engine/sampler.h"

namespace wasmrun::engine {

Sampler::~Sampler() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.isRunning()) thread_.join();
}

bool Sampler::add(runtime::Store& store) {
  const std::lock_guard lock(mutex_);
  if (!thread_.isRunning()) thread_ = support::Thread([this] { run(); });
  stores_.push_back({&store, std::chrono::steady_clock::now()});
  changed_.notify_all();
  return thread_.isRunning();
}

void Sampler::remove(runtime::Store& store) {
  const std::lock_guard lock(mutex_);
  std::erase_if(stores_, [&](const Entry& entry) { return entry.store == &store; });
}

void Sampler::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (stores_.empty()) {
      changed_.wait(lock);
      continue;
    }
    // A thread that comes late notes as much as has passed.
    changed_.wait_for(lock, interval_, [this] { return ending_; });
    const Time now = std::chrono::steady_clock::now();
    for (Entry& entry : stores_) {
      entry.store->wantSample(static_cast<u64>(std::chrono::nanoseconds(now - entry.seen).count()));
      entry.seen = now;
    }
  }
}

}  // namespace wasmrun::engine
