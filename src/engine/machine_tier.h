// MachineTier: an engine's machine code: the code space, the stubs, what faults mean. MachineModule: a module's share.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "baseline/compiler.h"
#include "code/code_observer.h"
#include "code/code_space.h"
#include "code/fault_handler.h"
#include "interp/interpreter.h"
#include "masm/stubs.h"
#include "runtime/func_code.h"

namespace wasmrun::engine {

class MachineModule;
class Policy;

/// One an engine; outlives its modules. It begins without anything, since many a program ends before it needs machine
/// code. Any thread.
class MachineTier {
 public:
  /// `observers` are told of all code.
  MachineTier(const code::CodeSpaceOptions& options, std::vector<std::unique_ptr<code::CodeObserver>> observers)
      : options_(options), observers_(std::move(observers)) {}

  /// Makes the code space and the stubs, unless that was done. Unsupported error where this machine cannot run the
  /// code, Limit error where memory for it cannot be had: so it stays then.
  Result<void> start();

  // After `start`.
  const masm::Stubs& stubs() const { return stubs_; }
  masm::CpuFeatures features() const { return features_; }
  code::CodeSpace& space() { return *space_; }

  /// Of the code space; zeros before `start`.
  code::CodeSpaceStatistics memory() const;
  /// For stores, which may ask before `start`.
  const runtime::MachineSupport& support() const { return support_; }

 private:
  Result<void> make();

  const code::CodeSpaceOptions options_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<code::CodeObserver>> observers_;  // until `start` gives them to the code space
  bool started_ = false;                                        // with or without success
  std::optional<Error> failure_;
  runtime::MachineSupport support_;
  std::unique_ptr<code::CodeSpace> space_;
  masm::CpuFeatures features_;
  std::optional<code::CodeArea> area_;  // of the stubs
  masm::Stubs stubs_;
  std::unique_ptr<code::FaultDomain> faults_;
};

/// Why a function is compiled.
enum class Promotion : u8 {
  FirstCall,  ///< it was called
  Calls,      ///< it had executed its body often enough
  Loop,       ///< a poll found it in a loop
  Chance,     ///< RandomPolicy
};

/// What happened to one function on its way up. Times are platform::monotonicNanos, 0 for what did not happen.
struct TierTimeline {
  Promotion why = Promotion::FirstCall;
  u64 queuedAt = 0;
  u64 compiledAt = 0;
  u64 loopEnteredAt = 0;  ///< a running loop was continued in machine code for the first time
  u64 compileNanos = 0;
  u64 codeBytes = 0;
  u64 loopEntries = 0;  ///< how often a running loop was continued in machine code
  std::string refusal;  ///< why it stays in the interpreter for good, in words; empty: it does not
};

/// The machine code of one runtime::ModuleCode. Any thread; nothing of the module runs when it goes.
class MachineModule final : public runtime::ModuleCode::Attachment {
 public:
  /// `code` owns the new object. The others outlive it; `layouts` as in runtime::TierHooks::prepareModule.
  MachineModule(MachineTier& tier, const wasm::Module& module, const gc::LayoutSet* layouts, runtime::ModuleCode& code,
                runtime::MemoryStrategy strategy, const interp::InterpreterOptions& options, Policy& policy);
  ~MachineModule() override;

  static MachineModule& of(const runtime::FuncCode& code) {
    return static_cast<MachineModule&>(*code.module->attachment);
  }

  /// Makes machine code of the function and publishes it, unless another thread does or has. True if there is some
  /// afterwards. The first time starts the tier, and gives every function of the module a thunk.
  bool compile(runtime::FuncCode& code, Promotion why);
  void noteQueued(const runtime::FuncCode& code);
  void noteLoopEntry(const runtime::FuncCode& code);

  const wasm::Module& module() const { return module_; }
  /// platform::monotonicNanos
  u64 madeAt() const { return madeAt_; }
  const Policy& policy() const { return policy_; }
  /// A copy of what is known, by function.
  std::unordered_map<u32, TierTimeline> timelines() const;
  /// The same of one function.
  TierTimeline timelineOf(wasm::DefinedFuncIndex index) const;

 private:
  Result<void> start();
  Result<void> makeThunks();
  runtime::WorkProfile* countedProfile() const;
  void publish(runtime::FuncCode& code, const code::FunctionRecord& record);
  std::unique_ptr<baseline::Compiler> takeCompiler();

  MachineTier& tier_;
  const wasm::Module& module_;
  const gc::LayoutSet* const layouts_;
  runtime::ModuleCode& code_;
  const bool guarded_;
  const bool countsFuel_;
  const bool isSampled_;
  const u64 madeAt_;
  Policy& policy_;
  mutable std::mutex mutex_;  // for what follows
  enum class Start : u8 { NotYet, Done, Failed } start_ = Start::NotYet;
  std::string failure_;  // why it Failed
  // Made by `start`, and constant from then on.
  std::optional<code::CodeArea> area_;
  std::span<code::JumpSlot> jumpTable_;
  std::unique_ptr<const baseline::Environment> environment_;
  std::vector<std::unique_ptr<baseline::Compiler>> idle_;
  std::unordered_set<u32> compiling_;                // by DefinedFuncIndex
  std::unordered_map<u32, TierTimeline> timelines_;  // likewise, of functions that were queued or compiled
};

}  // namespace wasmrun::engine
