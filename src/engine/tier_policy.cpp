#include "engine/tier_policy.h"

#include <algorithm>
#include <thread>

#include "code/function_record.h"
#include "support/text.h"

namespace wasmrun::engine {

using runtime::FuncCode;
using runtime::Heat;
using runtime::TierState;

namespace {

/// Back-edges and calls of the interpreter between two looks at the function that runs: a tenth of a millisecond or so.
constexpr i64 kPollInterval = 20'000;
/// The same while a program is young: loops that matter go up early.
constexpr i64 kFirstPollInterval = 2'000;
constexpr u32 kFirstPolls = 1'000;
/// No interval is a multiple of a loop's length, or polls would find the same place each time, which may not be a loop.
constexpr u32 kIntervalSpread = 1'021;
/// Bytes of bodies that are called or become hot before a program counts as warm. Compiling takes about half as long
/// again as translating, which the second execution or the first loop brings in; but machine code has to be begun with,
/// which takes as long as programs of a few lines.
constexpr u64 kColdWork = u64{4} << 10;
/// FuncCode::work of what need not be asked about again.
constexpr i64 kNeverHot = INT64_MAX;

}  // namespace

// -- CompileQueue ----------------------------------------------------------------------------------------------------

namespace {

/// Threads that compile, of `wanted` (0: of the processors'): one is left to the program.
u32 compileThreads(u64 wanted) {
  if (wanted == 0) wanted = std::thread::hardware_concurrency();
  return static_cast<u32>(std::clamp<u64>(wanted, 2, 8) - 1);
}

}  // namespace

CompileQueue::~CompileQueue() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    waiting_.clear();
  }
  added_.notify_all();
  for (support::Thread& thread : threads_) thread.join();
}

void CompileQueue::add(FuncCode& code, Promotion why) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back({&MachineModule::of(code), &code, why});
  // Counting processors reads a file: only for programs that have work for them.
  if (threadLimit_ == 0) threadLimit_ = compileThreads(wantedThreads_);
  if (idleThreads_ < waiting_.size() && threads_.size() < threadLimit_) {
    // If the system has no more to give, those that there are do it; without any, functions stay as they are.
    support::Thread thread([this] { run(); });
    if (thread.isRunning()) return threads_.push_back(std::move(thread));
  }
  added_.notify_one();
}

void CompileQueue::forget(const MachineModule& module) {
  std::unique_lock lock(mutex_);
  std::erase_if(waiting_, [&](const Task& task) { return task.module == &module; });
  finished_.wait(lock, [&] { return std::ranges::find(busy_, &module) == busy_.end(); });
}

void CompileQueue::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (waiting_.empty()) {
      ++idleThreads_;
      added_.wait(lock);
      --idleThreads_;
      continue;
    }
    const Task task = waiting_.front();
    waiting_.pop_front();
    busy_.push_back(task.module);
    lock.unlock();
    task.module->compile(*task.code, task.why);
    lock.lock();
    busy_.erase(std::ranges::find(busy_, task.module));
    finished_.notify_all();
  }
}

// -- Policies --------------------------------------------------------------------------------------------------------

const void* Policy::loopEntry(const FuncCode& code, u32 wasmOffset) {
  const code::FunctionRecord* const record = code.record.load(std::memory_order_acquire);
  const void* const entry = record == nullptr ? nullptr : record->loopEntry(wasmOffset);
  if (entry != nullptr) MachineModule::of(code).noteLoopEntry(code);
  return entry;
}

i64 PinnedPolicy::pollInterval() { return kPollInterval; }

std::string PinnedPolicy::whyInterpreted(const FuncCode&) const { return "another thread is compiling it"; }

/// A function that begins executes its body once, so with no execution at all it could not begin. The most, by the
/// size of any body, is a number that fits FuncCode::work.
ClimbingPolicy::ClimbingPolicy(Budgets budgets, u64 threads)
    : budgets_{std::clamp(budgets.executions, u64{1}, u64{1} << 32), budgets.atOnceBytes}, queue_(threads) {}

void ClimbingPolicy::begin(FuncCode& code) {
  code.work.store(static_cast<i64>(budgets_.executions * code.bodyBytes), std::memory_order_relaxed);
}

i64 ClimbingPolicy::pollInterval() {
  const u32 polls = polls_.fetch_add(1, std::memory_order_relaxed);
  return (polls < kFirstPolls ? kFirstPollInterval : kPollInterval) + i64{polls * 619 % kIntervalSpread};
}

bool ClimbingPolicy::isWarm(u64 work) {
  if (warm_.load(std::memory_order_relaxed)) return true;
  if (coldWork_.fetch_add(work, std::memory_order_relaxed) + work < kColdWork) return false;
  warm_.store(true, std::memory_order_relaxed);
  return true;
}

bool ClimbingPolicy::firstCall(FuncCode& code) {
  return isWarm(code.bodyBytes) && code.bodyBytes <= budgets_.atOnceBytes &&
         MachineModule::of(code).compile(code, Promotion::FirstCall);
}

void ClimbingPolicy::hot(FuncCode& code, Heat heat) {
  // A poll that finds a loop has come late enough.
  if (!isWarm(heat == Heat::Loop ? kColdWork : budgets_.executions * code.bodyBytes)) return begin(code);
  code.work.store(kNeverHot, std::memory_order_relaxed);
  const Promotion why = heat == Heat::Loop ? Promotion::Loop : Promotion::Calls;
  if (code.bodyBytes <= budgets_.atOnceBytes) {
    MachineModule::of(code).compile(code, why);
    return;
  }
  TierState expected = TierState::Interpreted;
  if (!code.tier.compare_exchange_strong(expected, TierState::Queued, std::memory_order_relaxed)) return;
  MachineModule::of(code).noteQueued(code);
  queue_.add(code, why);
}

std::string ClimbingPolicy::whyInterpreted(const FuncCode& code) const {
  const i64 left = code.work.load(std::memory_order_relaxed);
  if (left == kNeverHot) return "it was found hot and is being compiled";
  if (!warm_.load(std::memory_order_relaxed))
    return support::concat(
        "cold: the program has not run long enough for machine code to pay (no poll found it in a loop, and bodies of "
        "less than ",
        kColdWork >> 10, " KiB were called for the first time or became hot)");
  if (code.bodyBytes > budgets_.atOnceBytes)
    return support::concat("its body of ", code.bodyBytes, " bytes is larger than tier-up-at-once, ",
                           budgets_.atOnceBytes, ": it is compiled in the background when it is hot");
  if (left <= 0) return "cold: it has not been called again since its body was executed often enough";
  return support::concat("cold: it may execute ", left, " more bytes of its body of ", code.bodyBytes,
                         " before it counts as hot");
}

std::string RandomPolicy::whyInterpreted(const FuncCode&) const { return "chance has not chosen it (tier-up=random)"; }

u64 RandomPolicy::choose(u64 bound) {
  // splitmix64
  u64 z = state_.fetch_add(0x9e3779b97f4a7c15, std::memory_order_relaxed);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return (z ^ (z >> 31)) % bound;
}

void RandomPolicy::begin(FuncCode& code) {
  code.work.store(static_cast<i64>(choose(8) * code.bodyBytes), std::memory_order_relaxed);
}

bool RandomPolicy::firstCall(FuncCode& code) {
  return choose(4) == 0 && MachineModule::of(code).compile(code, Promotion::Chance);
}

void RandomPolicy::hot(FuncCode& code, Heat) {
  if (choose(2) == 0) MachineModule::of(code).compile(code, Promotion::Chance);
  begin(code);
}

i64 RandomPolicy::pollInterval() { return static_cast<i64>(choose(40)); }

}  // namespace wasmrun::engine
