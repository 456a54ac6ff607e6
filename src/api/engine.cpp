#include "wasmrun/engine.h"

#include "api/access.h"
#include "api/store_impl.h"
#include "api/types.h"
#include "support/out_of_memory.h"
#include "support/text.h"

namespace wasmrun {

// -- EngineImpl ------------------------------------------------------------------------------------------------------

namespace detail {

EngineImpl::~EngineImpl() {
  CHECK(firstStore == nullptr, "stores keep their engine");
  for (const u32 first : kept_) engine->registry().release(wasm::TypeId(first));
}

static u32 firstOfGroup(const wasm::TypeRegistry& registry, wasm::TypeId id) {
  return id.value - registry.get(id).groupPosition;
}

void EngineImpl::keepType(wasm::TypeId id) {
  wasm::TypeRegistry& registry = engine->registry();
  const std::lock_guard lock(keptMutex_);
  if (kept_.insert(firstOfGroup(registry, id)).second) registry.retain(id);
}

bool EngineImpl::isKept(wasm::TypeId id) const {
  const std::lock_guard lock(keptMutex_);
  // What is kept is alive and may be looked at; the number in question may mean nothing. So its group is found by the
  // groups' own bounds.
  const auto after = kept_.upper_bound(id.value);
  if (after == kept_.begin()) return false;
  const u32 first = *std::prev(after);
  return id.value - first < engine->registry().get(wasm::TypeId(first)).groupSize;
}

void EngineImpl::addStore(StoreImpl& store) {
  const std::lock_guard lock(storesMutex);
  store.next = firstStore;
  if (firstStore) firstStore->previous = &store;
  firstStore = &store;
}

void EngineImpl::removeStore(StoreImpl& store) {
  const std::lock_guard lock(storesMutex);
  (store.previous ? store.previous->next : firstStore) = store.next;
  if (store.next) store.next->previous = store.previous;
}

}  // namespace detail

// -- Engine ----------------------------------------------------------------------------------------------------------

std::string_view version() noexcept { return WASMRUN_VERSION; }

Engine::Engine(std::shared_ptr<detail::EngineImpl> impl) noexcept : impl_(std::move(impl)) {}

Engine::Engine() {
  auto engine = make(Config());
  CHECK(engine, "an engine with the default options can be made");
  impl_ = std::move(engine->impl_);
}

Result<Engine> Engine::make(const Config& config) {
  support::endWhenOutOfMemory();
  const detail::ConfigImpl& impl = detail::Access::impl(config);
  WASMRUN_TRY_ASSIGN(auto engine, engine::Engine::make(impl.options, impl.sink));
  return Engine(std::make_shared<detail::EngineImpl>(config, std::move(engine)));
}

const Config& Engine::config() const noexcept { return impl_->config; }

void Engine::interruptAll() const noexcept {
  const std::lock_guard lock(impl_->storesMutex);
  for (detail::StoreImpl* store = impl_->firstStore; store; store = store->next)
    if (store->depth.load(std::memory_order_relaxed) != 0) store->store->interrupt();
}

bool Engine::matches(const ValType& sub, const ValType& super) const noexcept {
  const auto ownSub = detail::fromPublic(*impl_, sub);
  const auto ownSuper = detail::fromPublic(*impl_, super);
  return ownSub && ownSuper && impl_->engine->registry().isSubtype(*ownSub, *ownSuper);
}

// -- Descriptions ----------------------------------------------------------------------------------------------------

namespace {

using support::concat;

std::string fieldText(const wasm::TypeRegistry& registry, const wasm::FieldType& field) {
  const std::string storage = registry.toText(field.storage);
  return field.isMutable ? concat("(mut ", storage, ')') : storage;
}

std::string listText(const wasm::TypeRegistry& registry, const char* word, std::span<const wasm::ValType> types) {
  if (types.empty()) return {};
  std::string out = concat(" (", word);
  for (const wasm::ValType type : types) out += concat(' ', registry.toText(type));
  return out + ')';
}

std::string compositeText(const wasm::TypeRegistry& registry, const wasm::TypeDef& def) {
  switch (def.kind) {
    case wasm::CompositeKind::Func:
      return concat("(func", listText(registry, "param", def.func.params),
                    listText(registry, "result", def.func.results), ')');
    case wasm::CompositeKind::Array: return concat("(array ", fieldText(registry, def.fields[0]), ')');
    case wasm::CompositeKind::Struct: break;
  }
  std::string out = "(struct";
  for (const wasm::FieldType& field : def.fields) out += concat(" (field ", fieldText(registry, field), ')');
  return out + ')';
}

}  // namespace

Result<std::string> Engine::describe(const ValType& type) const {
  WASMRUN_TRY_ASSIGN(const wasm::ValType own, detail::fromPublic(*impl_, type));
  if (!own.isRef() || !own.heap().isConcrete()) return type.toString();
  const wasm::TypeRegistry& registry = impl_->engine->registry();
  const wasm::TypeDef& def = registry.get(own.heap().typeId());
  std::string text = compositeText(registry, def);
  if (!def.isFinal || !def.super.isNone()) {
    const std::string super = def.super.isNone() ? "" : concat(def.super.value, ' ');
    text = concat("(sub ", def.isFinal ? "final " : "", super, text, ')');
  }
  return concat("(type ", def.id.value, ' ', text, ')');
}

// -- Statistics ------------------------------------------------------------------------------------------------------

/// Nothing where no machine code has been needed.
static void appendCodeMemory(const code::CodeSpaceStatistics& memory, Statistics& statistics) {
  if (memory.reservedBytes == 0) return;
  statistics.entries.insert(
      statistics.entries.end(),
      {{"code.reserved_bytes", memory.reservedBytes, "bytes", "address space for machine code and jump tables"},
       {"code.dual_mapped", memory.dualMapped, "", "1: it is written through a second mapping"},
       {"code.taken_bytes", memory.chunkBytes, "bytes", "of it, taken by modules and stubs"},
       {"code.used_bytes", memory.codeBytes, "bytes", "of that, code: functions, stubs, ways to functions without"},
       {"code.blocks", memory.blocks, "", "pieces that this code is in"},
       {"code.jump_slots", memory.slots, "", "entries of jump tables"},
       {"code.record_bytes", memory.recordBytes, "bytes", "memory for what is known of places in the code"}});
}

Statistics Engine::statistics() const {
  const engine::Counters& counters = impl_->engine->counters();
  const auto load = [](const std::atomic<u64>& counter) { return counter.load(std::memory_order_relaxed); };
  Statistics statistics;
  statistics.entries = {
      {"engine.modules", load(counters.modules), "", "modules decoded and validated"},
      {"engine.module_bytes", load(counters.moduleBytes), "bytes", "size of those modules"},
      {"engine.decode_time", load(counters.decodeNanos), "ns", "time spent on decoding and validating them"},
      {"engine.stores", load(counters.stores), "", "stores made"},
      {"engine.instances", load(counters.instances), "", "instances made"},
      {"engine.type_groups", impl_->engine->registry().groupCount(), "", "recursive type groups alive"},
  };
  appendCodeMemory(impl_->engine->hooks().codeMemory(), statistics);
  return statistics;
}

}  // namespace wasmrun
