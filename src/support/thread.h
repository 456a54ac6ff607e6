// Thread: a thread that the system may refuse, as it does under a limit on processes (containers have one). std::thread
// throws then, which ends a program without C++ exceptions.
#pragma once

#include <pthread.h>

#include <functional>
#include <utility>

namespace wasmrun::support {

class Thread {
 public:
  /// No thread.
  Thread() = default;
  /// Runs `work` on a new thread; none if the system has none to give.
  explicit Thread(std::move_only_function<void()> work);
  Thread(Thread&& other) noexcept : id_(other.id_), isRunning_(std::exchange(other.isRunning_, false)) {}
  Thread& operator=(Thread&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(isRunning_, other.isRunning_);
    return *this;
  }
  /// It has been joined, or there was none.
  ~Thread();

  /// Whether there is a thread that was not joined.
  bool isRunning() const { return isRunning_; }
  /// Waits for the end of its work.
  void join();

 private:
  pthread_t id_{};
  bool isRunning_ = false;
};

}  // namespace wasmrun::support
