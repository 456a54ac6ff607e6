// Store: owns everything that instances and the host make while a program runs (spec: exec/runtime), until its end.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "code/fault_handler.h"
#include "gc/func_handles.h"
#include "gc/heap.h"
#include "platform/mapping.h"
#include "runtime/exception.h"
#include "runtime/exec_context.h"
#include "runtime/extern.h"
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
  bool isSampled = false;           ///< somebody will call Store::wantSample
  bool trapOnGrowFailure = false;   ///< memory.grow and table.grow trap instead of giving -1
  MemoryOptions memory;
  gc::HeapOptions heap;
  ResourceLimits limits;
};

/// Where an exception's object has the number of its tag.
inline constexpr u32 kExceptionTagOffset = 4;

/// One thread at a time, but for `interrupt`, `reachDeadline` and their counterparts. Things in a store stay where they
/// are until it goes. No call is active when it goes.
class Store final : private gc::RootSource {
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
  /// The Global of an instance's global, the same at every call.
  Global* global(Instance& instance, wasm::GlobalIndex index);

  /// Room for an instance with all arrays, zeroed, linked to store and module. The store keeps `module`. Limit error if
  /// the limiter refuses.
  Result<Instance*> makeInstance(std::shared_ptr<const PreparedModule> module);
  u64 instanceCount() const { return instances_.size(); }
  /// What instances were made of, each once, in the order of their first instances.
  std::vector<const wasm::Module*> modules() const;
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

  /// So much time has passed: the running function shall be noted for it (runtime/sampling.h). Any thread.
  void wantSample(u64 nanos);

  // -- The heap ------------------------------------------------------------------------------------------------------
  /// Null until something needs it: an instance of a module with struct or array types, a host object, an exception.
  gc::Heap* heap() const { return heap_.get(); }
  /// There is a heap from now on. Limit error if it cannot be had.
  Result<void> needHeap();
  /// The layout of objects of a type (of a function type: of exceptions with such a payload); the heap has objects of
  /// it from now on. The type is alive. Limit error if there can be no heap or no room in its tables.
  Result<const gc::Layout*> layoutOf(wasm::TypeId type);
  /// An externref of host data. May collect. The finalizer is not called if this fails.
  gc::AllocResult makeExtern(gc::HostData data);
  /// An exnref. May collect: `payload`, tag.slots of them, are roots meanwhile.
  gc::AllocResult makeException(Tag& tag, const u64* payload);
  /// By Tag::number.
  Tag& tag(u32 number) const { return const_cast<Tag&>(tags_[number]); }
  /// What stands for a function of this store in objects; 0 for null.
  u32 numberOf(Func* func) {
    if (func == nullptr) return 0;
    if (func->heapNumber == 0) giveNumber(*func);
    return func->heapNumber;
  }
  [[gnu::always_inline]] Func* funcOf(u32 number) const { return static_cast<Func*>(funcHandles_.get(number)); }
  /// What the embedder's references are; outlives the heap.
  void setHostRoots(gc::RootSource* roots) { hostRoots_ = roots; }

 private:
  void giveNumber(Func& func);
  void noteFuncHandles();
  Store(wasm::TypeRegistry& registry, const TierHooks& hooks, const StoreOptions& options, platform::Mapping stack);
  void stop(u32 bit);

  struct FreeDeleter {
    void operator()(Instance* instance) const;
  };
  struct OwnedInstance {
    std::unique_ptr<Instance, FreeDeleter> instance;
    std::shared_ptr<const PreparedModule> module;
    std::unique_ptr<ElementObjects[]> elementObjects;  // Instance::elementObjects
  };
  void visitRoots(gc::RootVisitor& visitor, gc::RootSet set) override;
  void visitInstance(const OwnedInstance& owned, gc::RootVisitor& visitor, gc::RootSet set);

  wasm::TypeRegistry& registry_;
  const TierHooks& hooks_;
  const StoreOptions options_;
  ResourceLimiter limiter_;
  platform::Mapping stack_;
  ExecContext context_;

  std::vector<wasm::TypeId> heldTypes_;
  std::deque<HostFunc> hostFuncs_;
  std::vector<std::shared_ptr<Memory>> memories_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::deque<Global> globals_;
  std::deque<Tag> tags_;
  std::vector<OwnedInstance> instances_;
  gc::FuncHandles funcHandles_;
  std::unique_ptr<code::GuardedRange> nullFaults_;  // what machine code reads through null
  gc::RootSource* hostRoots_ = nullptr;
  const Tag* newExceptionTag_ = nullptr;  // while an exception is made
  u64* newExceptionPayload_ = nullptr;
  u32 hostObjectsToCollect_ = kFirstHostObjects;
  static constexpr u32 kFirstHostObjects = 4096;
  std::unique_ptr<gc::Heap> heap_;  // goes first: finalizers may use the rest
};

}  // namespace wasmrun::runtime
