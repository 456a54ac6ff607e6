// StoreImpl: the public store around the runtime's.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <unordered_map>
#include <vector>

#include "api/host_function.h"
#include "api/impl.h"
#include "api/interrupt_state.h"
#include "api/root_table.h"
#include "api/wasi_functions.h"
#include "engine/deadline_watcher.h"
#include "runtime/store.h"
#include "wasmrun/store.h"

namespace wasmrun::detail {

/// Asks the embedder's limiter (runtime/resource_limiter.h).
class LimiterAdapter final : public runtime::GrowthListener {
 public:
  bool memoryGrowing(u64 current, u64 desired, std::optional<u64> max) override {
    return limiter->memoryGrowing(current, desired, max);
  }
  bool tableGrowing(u64 current, u64 desired, std::optional<u64> max) override {
    return limiter->tableGrowing(current, desired, max);
  }
  bool heapGrowing(u64 current, u64 desired) override { return limiter->gcHeapGrowing(current, desired); }
  bool instanceMade(u64 count) override { return limiter->instanceMade(count); }

  std::shared_ptr<ResourceLimiter> limiter;
};

struct HostObject;

/// One thread at a time but for `depth` and the list links, which the engine reads under its lock.
struct StoreImpl {
  /// Aborts when there is no memory for the value stack, as `new` does: Engine::make has seen that its size can be had.
  explicit StoreImpl(std::shared_ptr<EngineImpl> engine);
  ~StoreImpl();
  StoreImpl(const StoreImpl&) = delete;
  StoreImpl& operator=(const StoreImpl&) = delete;

  const wasm::TypeRegistry& registry() const { return engine->engine->registry(); }

  u64 fuelLeft() const { return static_cast<u64>(std::max<i64>(context->fuel, 0)); }
  u64 fuelSpent() const { return fuelSpentBefore + fuelGranted - fuelLeft(); }
  /// Replaces what is left.
  void grantFuel(u64 units);

  // -- Read by every call
  runtime::ExecContext* context;                         // of `store`
  std::atomic<u32> depth{0};                             // calls on the C++ stack; written by the store's thread
  u64 calls = 0, failures = 0;                           // calls from C++, and those that failed
  runtime::CallStatus failed = runtime::CallStatus::Ok;  // how the last call that failed ended, until takeError

  std::shared_ptr<EngineImpl> engine;
  SharedLink* link;
  /// The program's data goes after all instances and host functions: it is declared before what may refer to it.
  std::shared_ptr<void> data;
  const void* dataKey = nullptr;
  LimiterAdapter limiter;
  std::unique_ptr<runtime::Store> store;

  std::unordered_map<const runtime::Instance*, std::shared_ptr<ModuleImpl>> instances;  // what they were made of
  HostFunctionCache hostFunctions;
  WasiState wasi;
  std::shared_ptr<InterruptState> interruptState;  // made when somebody asks
  engine::DeadlineWatcher::Watch watch;
  bool hasDeadline = false;
  u64 fuelGranted = 0;      // at the last grantFuel
  u64 fuelSpentBefore = 0;  // until then

  /// Lets go of the host objects that collections found dead: their destructors may use the store.
  void releaseDeadHostObjects();
  HostObject* deadHostObjects = nullptr;  // a list

  StoreImpl *next = nullptr, *previous = nullptr;  // in the engine's list
};

/// What the API says of an object that could not be made.
Error allocationError(const runtime::Store& store, gc::AllocFailure failure, std::string_view what);

}  // namespace wasmrun::detail
