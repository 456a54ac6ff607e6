#include "engine/deadline_watcher.h"

namespace wasmrun::engine {

DeadlineWatcher::~DeadlineWatcher() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.isRunning()) thread_.join();
}

bool DeadlineWatcher::start() {
  const std::lock_guard lock(mutex_);
  return ensureThread();
}

bool DeadlineWatcher::ensureThread() {
  if (!thread_.isRunning()) thread_ = support::Thread([this] { run(); });
  return thread_.isRunning();
}

bool DeadlineWatcher::set(Watch& watch, Time deadline) {
  const std::lock_guard lock(mutex_);
  forget(watch);
  const bool isAhead = deadline > std::chrono::steady_clock::now();
  const bool isWatched = isAhead && ensureThread();
  if (!isWatched) {
    watch.store->reachDeadline();
    return !isAhead;
  }
  watch.deadline = deadline;
  watches_.insert(&watch);
  if (*watches_.begin() == &watch) changed_.notify_all();
  return true;
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
