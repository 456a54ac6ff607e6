#include "wasmrun/store.h"

#include <algorithm>

#include "api/access.h"
#include "api/gc_entries.h"
#include "api/store_impl.h"
#include "support/out_of_memory.h"
#include "support/text.h"

namespace wasmrun {

using detail::StoreImpl;

// -- StoreImpl -------------------------------------------------------------------------------------------------------

namespace detail {

StoreImpl::StoreImpl(std::shared_ptr<EngineImpl> ofEngine) : engine(std::move(ofEngine)), link(new SharedLink(this)) {
  engine::Engine& shared = *engine->engine;
  auto made = runtime::Store::make(shared.registry(), shared.hooks(), shared.storeOptions());
  if (!made) support::outOfMemory();  // address space for its stack: no constructor of ours can fail
  store = std::move(*made);
  store->setHostRoots(&link->roots);
  context = &store->context();
  watch.store = store.get();
  if (const u64 fuel = shared.options().fuel; fuel != engine::kUnset) grantFuel(fuel);
  shared.counters().stores.fetch_add(1, std::memory_order_relaxed);
  engine->addStore(*this);
  if (engine::Sampler* const sampler = shared.sampler(); sampler != nullptr && !sampler->add(*store))
    shared.log(LogLevel::Warning, "no samples are taken: the system has no thread to give");
  if (shared.options().timeout != engine::kUnset)
    Access::storeRef(this).setTimeout(std::chrono::nanoseconds(std::min<u64>(shared.options().timeout, INT64_MAX)));
}

StoreImpl::~StoreImpl() {
  CHECK(depth.load(std::memory_order_relaxed) == 0, "no call is active when a store goes");
  engine->removeStore(*this);
  if (interruptState) interruptState->detach();
  if (engine::Sampler* const sampler = engine->engine->sampler(); sampler != nullptr) sampler->remove(*store);
  if (hasDeadline) engine->engine->deadlines().clear(watch);
  if (const u64 roots = link->roots.count(); roots != 0 && engine->engine->logs(LogLevel::Warning))
    engine->engine->log(LogLevel::Warning, support::concat("a store goes while the host holds ", roots,
                                                           " references to objects in it; they are dead now"));
  link->store = nullptr;
  store.reset();
  releaseDeadHostObjects();
  detail::release(link);
}

void StoreImpl::grantFuel(u64 units) {
  fuelSpentBefore = fuelSpent();
  fuelGranted = std::min<u64>(units, INT64_MAX);
  context->fuel = static_cast<i64>(fuelGranted);
}

}  // namespace detail

// -- Limits ----------------------------------------------------------------------------------------------------------

void StoreRef::setLimiter(std::shared_ptr<ResourceLimiter> limiter) const {
  impl_->limiter.limiter = std::move(limiter);
  impl_->store->limiter().setListener(impl_->limiter.limiter ? &impl_->limiter : nullptr);
}

// -- Store -----------------------------------------------------------------------------------------------------------

Store::Store(const Engine& engine) : StoreRef(new StoreImpl(detail::Access::impl(engine))) {}
Store::Store(Store&& other) noexcept : StoreRef(std::exchange(other.impl_, nullptr)) {}
Store& Store::operator=(Store&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}
Store::~Store() { delete impl_; }

Engine StoreRef::engine() const noexcept { return detail::Access::engine(impl_->engine); }

// -- Fuel ------------------------------------------------------------------------------------------------------------

static Result<void> requireFuel(const StoreImpl& store) {
  if (store.engine->engine->hasFuel()) return {};
  return fail(ErrorKind::Usage, "fuel accounting is off: Config::fuel or Config::fuelAccounting switches it on");
}

Result<uint64_t> StoreRef::fuel() const {
  WASMRUN_TRY(requireFuel(*impl_));
  return impl_->fuelLeft();
}

Result<void> StoreRef::setFuel(uint64_t units) const {
  WASMRUN_TRY(requireFuel(*impl_));
  impl_->grantFuel(units);
  return {};
}

Result<void> StoreRef::addFuel(uint64_t units) const {
  WASMRUN_TRY(requireFuel(*impl_));
  const uint64_t left = impl_->fuelLeft();
  return setFuel(units > INT64_MAX - left ? INT64_MAX : left + units);
}

// -- Time and interruption -------------------------------------------------------------------------------------------

InterruptHandle StoreRef::interruptHandle() const {
  impl_->store->expectStops();
  if (!impl_->interruptState) impl_->interruptState = std::make_shared<detail::InterruptState>(impl_->store.get());
  return detail::Access::interruptHandle(impl_->interruptState);
}

void InterruptHandle::interrupt() const noexcept {
  if (state_) state_->interrupt();
}

void StoreRef::clearInterrupt() const noexcept { impl_->store->clearInterrupt(); }

void StoreRef::setDeadline(std::optional<std::chrono::steady_clock::time_point> deadline) const {
  engine::DeadlineWatcher& watcher = impl_->engine->engine->deadlines();
  if (deadline) impl_->store->expectStops();
  if (deadline && !watcher.set(impl_->watch, *deadline))
    impl_->engine->engine->log(LogLevel::Error, "a deadline counts as reached: the system has no thread to watch it");
  else if (!deadline && impl_->hasDeadline)
    watcher.clear(impl_->watch);
  impl_->hasDeadline = deadline.has_value();
}

// -- Data ------------------------------------------------------------------------------------------------------------

void StoreRef::setDataRaw(std::shared_ptr<void> data, const void* key) const {
  impl_->data = std::move(data);
  impl_->dataKey = key;
}

void* StoreRef::dataRaw(const void* key) const noexcept { return impl_->dataKey == key ? impl_->data.get() : nullptr; }

// -- Statistics ------------------------------------------------------------------------------------------------------

Statistics StoreRef::statistics() const {
  const runtime::Store& store = *impl_->store;
  u64 memoryBytes = 0, guardedMemories = 0;
  for (const auto& memory : store.memories()) {
    memoryBytes += memory->byteSize();
    if (memory->strategy == runtime::MemoryStrategy::Guarded) ++guardedMemories;
  }
  Statistics statistics;
  statistics.entries = {
      {"store.calls", impl_->calls, "", "calls from the host into wasm"},
      {"store.failed_calls", impl_->failures, "", "of those, ended by a trap, an exception or exit"},
      {"store.instances", store.instanceCount(), "", "instances in the store"},
      {"store.memory_bytes", memoryBytes, "bytes", "size of its linear memories"},
      {"store.guarded_memories", guardedMemories, "", "of those, kept in bounds by address space around them"},
      {"store.checked_memories", store.memories().size() - guardedMemories, "", "those whose accesses are checked"},
  };
  if (store.heap() != nullptr) detail::appendGcEntries(*this, statistics);
  if (impl_->engine->engine->hasFuel()) {
    statistics.entries.push_back({"store.fuel_used", impl_->fuelSpent(), "", "fuel used"});
    statistics.entries.push_back({"store.fuel_left", impl_->fuelLeft(), "", "fuel left"});
  }
  return statistics;
}

}  // namespace wasmrun
