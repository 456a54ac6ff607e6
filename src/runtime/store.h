// Store: owns everything that instances and the host make while a program runs (spec: exec/runtime), until its end.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "platform/mapping.h"
#include "runtime/exception.h"
#include "runtime/exec_context.h"
#include "runtime/extern.h"
#include "runtime/extern_table.h"
#include "runtime/global.h"
#include "runtime/instance.h"
#include "runtime/memory.h"
#include "runtime/prepared_module.h"
#include "runtime/resource_limiter.h"
#include "runtime/table.h"
#include "runtime/tier_hooks.h"
#include "wasm/type_registry.h"

namespace wasmrun::runtime {

struct StoreOptions {
  u64 maxWasmStack = u64{1} << 20;  ///< bytes of value stack; only what is touched takes memory
  u32 maxBacktrace = 100;           ///< frames kept; 0 keeps none
  bool sourceLines = true;          ///< backtraces have source locations where modules have DWARF
  bool trapOnGrowFailure = false;   ///< memory.grow and table.grow trap instead of giving -1
  MemoryOptions memory;
  ResourceLimits limits;
};

/// One thread at a time, but for `interrupt`, `reachDeadline` and their counterparts. Things in a store stay where they
/// are until it goes. No call is active when it goes.
class Store {
 public:
  /// `registry` and `hooks` outlive it. Limit error if the value stack cannot be had.
  static Result<std::unique_ptr<Store>> make(wasm::TypeRegistry& registry, const TierHooks& hooks,
                                             const StoreOptions& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  ExecContext& context() { return context_; }
  const ExecContext& context() const { return context_; }
  wasm::TypeRegistry& registry() const { return registry_; }
  const TierHooks& hooks() const { return hooks_; }
  const StoreOptions& options() const { return options_; }
  ResourceLimiter& limiter() { return limiter_; }
  ExceptionTable& exceptions() { return exceptions_; }
  ExternTable& externs() { return externs_; }

  // -- Making things -------------------------------------------------------------------------------------------------
  // Types named by TypeId are alive; the store takes its own reference where it keeps one.

  /// A function of the host. `release(data)` is called when the store goes, if not null. `type` was interned for this
  /// call: the store takes over that reference.
  Func* makeHostFunc(wasm::TypeId type, SlotEntry entry, void* data, void (*release)(void* data));
  /// Limit error as Memory::make.
  Result<Memory*> makeMemory(const wasm::MemoryType& type);
  /// A shared memory made in another store of the same engine.
  Memory* adoptMemory(std::shared_ptr<Memory> memory);
  /// The owner of a memory of this store, to share it.
  std::shared_ptr<Memory> ownerOf(const Memory* memory) const;
  /// Limit error as Table::make.
  Result<Table*> makeTable(const wasm::TableType& type, u64 initial);
  /// `initial`: one slot, two for v128.
  Global* makeGlobal(const wasm::GlobalType& type, const u64* initial);
  /// `type` is a function type without results. Takes over the caller's reference if `ownsType`.
  Tag* makeTag(wasm::TypeId type, bool ownsType = false);
  /// An externref (u32) of host data; 0 if there are too many. May reclaim (builtins.h, makeException).
  u32 makeExtern(HostData data);
  /// An exnref (u32). May reclaim.
  u32 makeException(Tag& tag, const u64* payload);

  /// The Global of an instance's global, the same at every call.
  Global* global(Instance& instance, wasm::GlobalIndex index);

  /// Room for an instance with all arrays, zeroed, linked to store and module. The store keeps `module`. Limit error if
  /// the limiter refuses.
  Result<Instance*> makeInstance(std::shared_ptr<const PreparedModule> module);
  u64 instanceCount() const { return instances_.size(); }
  std::span<const std::shared_ptr<Memory>> memories() const { return memories_; }

  // -- Stopping: any thread, async-signal-safe -----------------------------------------------------------------------
  /// Stops will end a host function's poll of files too. On the store's thread, before the first one.
  void expectStops() { context_.wakeEvent.arm(); }
  /// The running call, or else the next one, traps with Interrupted.
  void interrupt() { stop(ExecContext::kInterrupted); }
  /// The running call and all later ones trap with DeadlineReached, until clearDeadline.
  void reachDeadline() { stop(ExecContext::kDeadlineReached); }
  void clearInterrupt() { context_.interrupt.fetch_and(~ExecContext::kInterrupted); }
  void clearDeadline() { context_.interrupt.fetch_and(~ExecContext::kDeadlineReached); }

  // -- References ----------------------------------------------------------------------------------------------------
  /// Frees exceptions and host data that nothing refers to (reference_reclaim.cpp). The payload of an exception of
  /// `tag` that is about to be made, if not null, has roots too.
  void reclaimReferences(const Tag* tag = nullptr, const u64* payload = nullptr);

 private:
  Store(wasm::TypeRegistry& registry, const TierHooks& hooks, const StoreOptions& options, platform::Mapping stack);
  void stop(u32 bit);

  struct HostRecord {
    Func func;
    void (*release)(void* data) = nullptr;
  };
  struct FreeDeleter {
    void operator()(Instance* instance) const;
  };
  struct OwnedInstance {
    std::unique_ptr<Instance, FreeDeleter> instance;
    std::shared_ptr<const PreparedModule> module;
  };

  wasm::TypeRegistry& registry_;
  const TierHooks& hooks_;
  const StoreOptions options_;
  ResourceLimiter limiter_;
  platform::Mapping stack_;
  ExecContext context_;

  std::vector<wasm::TypeId> heldTypes_;
  std::deque<HostRecord> hostFuncs_;
  std::vector<std::shared_ptr<Memory>> memories_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::deque<Global> globals_;
  std::deque<Tag> tags_;
  std::vector<OwnedInstance> instances_;
  ExceptionTable exceptions_;
  ExternTable externs_;
};

}  // namespace wasmrun::runtime
