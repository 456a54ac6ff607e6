#include "wasm/validate_module.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "support/thread.h"
#include "wasm/validate_function.h"

namespace wasmrun::wasm {

namespace {

// Bodies go to threads in portions of about so many bytes, in order; a thread is worth starting for a few of them.
constexpr size_t kPortionBytes = 64 * 1024;
constexpr size_t kBytesPerThread = 256 * 1024;

/// Bodies [first, end).
struct Portion {
  u32 first;
  u32 end;
};

std::vector<Portion> splitByBytes(const Module& module) {
  std::vector<Portion> portions;
  size_t bytes = 0;
  u32 first = 0;
  for (u32 i = 0; i < module.bodies.size(); ++i) {
    bytes += module.bodies[i].size;
    if (bytes < kPortionBytes) continue;
    portions.push_back({first, i + 1});
    first = i + 1;
    bytes = 0;
  }
  if (first < module.bodies.size()) portions.push_back({first, static_cast<u32>(module.bodies.size())});
  return portions;
}

Result<void> validatePortion(Module& module, Portion portion, ReaderScratch& scratch) {
  for (u32 i = portion.first; i < portion.end; ++i) {
    WASMRUN_TRY_ASSIGN(module.bodies[i].hasLoop, validateFunction(module, DefinedFuncIndex(i), scratch));
  }
  return {};
}

/// Portions are handed out in order, and one that comes before a failed one is always finished: so the first failed
/// portion is the same in every run.
class ParallelValidation {
 public:
  explicit ParallelValidation(Module& module) : module_(module), portions_(splitByBytes(module)) {}

  Result<void> run(u32 threads) {
    std::vector<support::Thread> helpers;
    for (u32 i = 1; i < threads; ++i) {
      support::Thread helper([this] { work(); });
      if (!helper.isRunning()) break;  // the system has no more: those that there are do it
      helpers.push_back(std::move(helper));
    }
    work();
    for (support::Thread& helper : helpers) helper.join();
    return std::move(result_);
  }

 private:
  void work() {
    ReaderScratch scratch;
    for (;;) {
      // Relaxed: the counter hands out numbers and nothing else; results go through the mutex and the join.
      const size_t index = next_.fetch_add(1, std::memory_order_relaxed);
      if (index >= portions_.size() || index > failed_.load(std::memory_order_relaxed)) return;
      Result<void> validated = validatePortion(module_, portions_[index], scratch);
      if (!validated) recordFailure(index, std::move(validated));
    }
  }

  void recordFailure(size_t index, Result<void> result) {
    const std::lock_guard lock(mutex_);
    if (index >= failed_.load(std::memory_order_relaxed)) return;
    failed_.store(index, std::memory_order_relaxed);
    result_ = std::move(result);
  }

  Module& module_;
  const std::vector<Portion> portions_;
  std::atomic<size_t> next_{0};
  std::atomic<size_t> failed_{SIZE_MAX};  // the first failed portion; written under mutex_
  std::mutex mutex_;
  Result<void> result_;  // of that portion; under mutex_
};

u32 usefulThreads(const Module& module, u32 wanted) {
  size_t bytes = 0;
  for (const FuncBody& body : module.bodies) bytes += body.size;
  const size_t useful = 1 + bytes / kBytesPerThread;
  if (useful == 1) return 1;  // before the cores are counted, which reads files
  if (wanted == 0) wanted = std::max(1u, std::thread::hardware_concurrency());
  return static_cast<u32>(std::min<size_t>(wanted, useful));
}

}  // namespace

Result<void> validateFunctions(Module& module, u32 threads) {
  threads = usefulThreads(module, threads);
  if (threads > 1) return ParallelValidation(module).run(threads);
  ReaderScratch scratch;
  return validatePortion(module, {0, static_cast<u32>(module.bodies.size())}, scratch);
}

}  // namespace wasmrun::wasm
