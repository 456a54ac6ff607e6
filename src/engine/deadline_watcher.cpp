#include "engine/deadline_watcher.h"

namespace wasmrun::engine {

DeadlineWatcher::~DeadlineWatcher() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void DeadlineWatcher::set(Watch& watch, Time deadline) {
  const std::lock_guard lock(mutex_);
  forget(watch);
  if (deadline <= std::chrono::steady_clock::now()) return watch.store->reachDeadline();
  watch.deadline = deadline;
  watches_.insert(&watch);
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  if (*watches_.begin() == &watch) changed_.notify_all();
}

void DeadlineWatcher::clear(Watch& watch) {
  const std::lock_guard lock(mutex_);
  forget(watch);
}

void DeadlineWatcher::forget(Watch& watch) {
  if (watch.deadline) watches_.erase(&watch);
  watch.deadline.reset();
  watch.store->clearDeadline();
}

void DeadlineWatcher::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (watches_.empty()) {
      changed_.wait(lock);
      continue;
    }
    Watch& first = **watches_.begin();
    if (const Time deadline = *first.deadline; std::chrono::steady_clock::now() < deadline) {
      changed_.wait_until(lock, deadline);
      continue;
    }
    watches_.erase(watches_.begin());
    first.deadline.reset();
    first.store->reachDeadline();
  }
}

}  // namespace wasmrun::engine
