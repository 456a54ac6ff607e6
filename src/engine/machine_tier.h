// MachineTier: an engine's machine code: the code space, the stubs, what faults mean. MachineModule: a module's share.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "baseline/compiler.h"
#include "code/code_space.h"
#include "code/fault_handler.h"
#include "masm/stubs.h"
#include "runtime/func_code.h"

namespace wasmrun::engine {

class MachineModule;
class Policy;

/// One an engine; outlives its modules. Any thread.
class MachineTier {
 public:
  /// Unsupported error where this machine cannot run the code, Limit error where memory for it cannot be had.
  static Result<std::unique_ptr<MachineTier>> make();

  const masm::Stubs& stubs() const { return stubs_; }
  masm::CpuFeatures features() const { return features_; }
  code::CodeSpace& space() { return *space_; }
  const code::CodeSpace& space() const { return *space_; }

 private:
  MachineTier(std::unique_ptr<code::CodeSpace> space, masm::CpuFeatures features)
      : space_(std::move(space)), features_(features), area_(*space_) {}

  std::unique_ptr<code::CodeSpace> space_;
  const masm::CpuFeatures features_;
  code::CodeArea area_;  // of the stubs
  masm::Stubs stubs_;
  std::unique_ptr<code::FaultDomain> faults_;
};

/// What happened to one function on its way up. Times are platform::monotonicNanos, 0 for what did not happen.
struct TierTimeline {
  u64 queuedAt = 0;
  u64 compiledAt = 0;
  u64 compileNanos = 0;
  u64 codeBytes = 0;
  u64 loopEntries = 0;  ///< how often a running loop was continued in machine code
  /// Why it has no machine code: the instruction; kCount with `isRefused`: it would be too large.
  wasm::Opcode unsupported = wasm::Opcode::kCount;
  bool isRefused = false;
};

/// The machine code of one runtime::ModuleCode. Any thread; nothing of the module runs when it goes.
class MachineModule final : public runtime::ModuleCode::Attachment {
 public:
  /// Gives every function of `module` a thunk. `code` owns the new object. Limit error when the code space is full.
  static Result<std::unique_ptr<MachineModule>> make(MachineTier& tier, const wasm::Module& module,
                                                     const gc::LayoutSet* layouts, runtime::ModuleCode& code,
                                                     runtime::MemoryStrategy strategy, Policy& policy);
  ~MachineModule() override;

  static MachineModule& of(const runtime::FuncCode& code) {
    return static_cast<MachineModule&>(*code.module->attachment);
  }

  /// Makes machine code of the function and publishes it, unless another thread does or has. True if there is some
  /// afterwards.
  bool compile(runtime::FuncCode& code);
  void noteQueued(const runtime::FuncCode& code);
  void noteLoopEntry(const runtime::FuncCode& code);

  const wasm::Module& module() const { return module_; }
  u64 codeBytes() const { return area_.codeBytes(); }
  /// platform::monotonicNanos
  u64 madeAt() const { return madeAt_; }
  /// A copy of what is known, by function.
  std::unordered_map<u32, TierTimeline> timelines() const;

 private:
  MachineModule(MachineTier& tier, const wasm::Module& module, bool guarded, Policy& policy);
  Result<void> makeThunks(runtime::ModuleCode& code, const gc::LayoutSet* layouts);
  void publish(runtime::FuncCode& code, const code::FunctionRecord& record);
  std::unique_ptr<baseline::Compiler> takeCompiler();

  MachineTier& tier_;
  const wasm::Module& module_;
  code::CodeArea area_;
  const bool guarded_;
  const u64 madeAt_;
  Policy& policy_;
  std::span<code::JumpSlot> jumpTable_;
  std::unique_ptr<const baseline::Environment> environment_;
  mutable std::mutex mutex_;  // for what follows
  std::vector<std::unique_ptr<baseline::Compiler>> idle_;
  std::unordered_set<u32> compiling_;                // by DefinedFuncIndex
  std::unordered_map<u32, TierTimeline> timelines_;  // likewise, of functions that were queued or compiled
};

}  // namespace wasmrun::engine
