// When functions get machine code (docs/TIERS.md): the policies, and the threads that compile in the background.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "engine/machine_tier.h"
#include "runtime/func_code.h"
#include "support/thread.h"

namespace wasmrun::engine {

/// Compiles functions one after the other, first come first served. Any thread.
class CompileQueue {
 public:
  /// Threads begin when there is work, as many as `threads` leaves beside the program's; 0 counts the processors.
  explicit CompileQueue(u64 threads) : wantedThreads_(threads) {}
  /// Nobody adds any more. Waits for what is being compiled; what waits is forgotten.
  ~CompileQueue();

  /// The module of `code` lives until `forget` was called for it.
  void add(runtime::FuncCode& code, Promotion why);
  /// Takes out what belongs to the module and waits for what is being compiled of it.
  void forget(const MachineModule& module);

 private:
  void run();

  const u64 wantedThreads_;
  std::mutex mutex_;
  std::condition_variable added_, finished_;
  /// The module is here as well: when it goes, the function's way to it (ModuleCode::attachment) is cut already.
  struct Task {
    MachineModule* module;
    runtime::FuncCode* code;
    Promotion why;
  };
  std::deque<Task> waiting_;
  std::vector<const MachineModule*> busy_;  // of what is being compiled
  std::vector<support::Thread> threads_;
  u32 threadLimit_ = 0;  // known when the first thread is to begin
  u32 idleThreads_ = 0;
  bool ending_ = false;
};

/// Functions start with work to do, and begin their ways.
class Policy : public runtime::TierPolicy {
 public:
  /// Sets FuncCode::work of a new module's function.
  virtual void begin(runtime::FuncCode&) {}
  /// Before the module goes.
  virtual void forget(const MachineModule&) {}
  /// Why a function that has been called, is not queued and was not refused has no machine code.
  virtual std::string whyInterpreted(const runtime::FuncCode& code) const = 0;
  const void* loopEntry(const runtime::FuncCode& code, u32 wasmOffset) override;
};

/// --tier=baseline: all functions are compiled at their first call.
class PinnedPolicy final : public Policy {
 public:
  bool firstCall(runtime::FuncCode& code) override {
    return MachineModule::of(code).compile(code, Promotion::FirstCall);
  }
  void hot(runtime::FuncCode&, runtime::Heat) override {}
  i64 pollInterval() override;
  std::string whyInterpreted(const runtime::FuncCode& code) const override;
};

/// -O tier-up=hot, the default. At first nothing is compiled: a program of a few lines ends before machine code would
/// pay. Once a program has shown that it runs on (`warm_`), functions go up at their first call, those that were called
/// before when they have executed their body `executions` times, and running loops when a poll finds them. Bodies of at
/// most `atOnceBytes` are compiled by the thread that wants them, larger ones are interpreted until they are hot and
/// compiled in the background.
class ClimbingPolicy final : public Policy {
 public:
  struct Budgets {
    u64 executions;
    u64 atOnceBytes;
  };
  /// `threads`: as for CompileQueue.
  ClimbingPolicy(Budgets budgets, u64 threads);
  void begin(runtime::FuncCode& code) override;
  void forget(const MachineModule& module) override { queue_.forget(module); }
  bool firstCall(runtime::FuncCode& code) override;
  void hot(runtime::FuncCode& code, runtime::Heat heat) override;
  i64 pollInterval() override;
  std::string whyInterpreted(const runtime::FuncCode& code) const override;

 private:
  /// Whether it is so now, as the program is about to execute `work` more bytes of bodies.
  bool isWarm(u64 work);

  const Budgets budgets_;
  std::atomic<bool> warm_{false};
  std::atomic<u64> coldWork_{0};
  std::atomic<u32> polls_{0};
  CompileQueue queue_;
};

/// For tests: functions and running loops go up at points that a seed chooses, at once.
class RandomPolicy final : public Policy {
 public:
  explicit RandomPolicy(u64 seed) : state_(seed) {}
  void begin(runtime::FuncCode& code) override;
  bool firstCall(runtime::FuncCode& code) override;
  void hot(runtime::FuncCode& code, runtime::Heat heat) override;
  i64 pollInterval() override;
  std::string whyInterpreted(const runtime::FuncCode& code) const override;

 private:
  /// A number below `bound`.
  u64 choose(u64 bound);

  std::atomic<u64> state_;
};

}  // namespace wasmrun::engine
