#include "runtime/instance.h"

#include "api/access.h"
#include "api/externs.h"
#include "api/instantiation.h"
#include "api/store_impl.h"
#include "runtime/instantiate.h"
#include "support/text.h"
#include "wasmrun/linker.h"
#include "wasmrun/nearest_name.h"

namespace wasmrun {

using detail::Access;
using detail::StoreImpl;
using support::concat;

// -- Making ----------------------------------------------------------------------------------------------------------

namespace detail {

Result<Instance> instantiate(StoreImpl& store, const std::shared_ptr<ModuleImpl>& module,
                             std::span<const runtime::Extern> imports) {
  if (module->engine != store.engine) return fail(ErrorKind::Usage, "the module belongs to another engine");
  // The start function may run: the store counts as active, as in a call.
  const u32 depth = store.depth.load(std::memory_order_relaxed);
  store.depth.store(depth + 1, std::memory_order_relaxed);
  auto made = runtime::instantiate(*store.store, module->prepare(), imports);
  store.depth.store(depth, std::memory_order_relaxed);
  if (!made) return fail(withException(store, std::move(made).error()));

  engine::Engine& engine = *store.engine->engine;
  engine.counters().instances.fetch_add(1, std::memory_order_relaxed);
  store.instances.emplace(*made, module);
  return Access::handle<Instance>(store.link, *made);
}

}  // namespace detail

Result<Instance> Instance::make(StoreRef store, const Module& module, std::span<const Extern> imports) {
  StoreImpl& impl = *Access::impl(store);
  const std::shared_ptr<detail::ModuleImpl>& of = Access::impl(module);
  if (imports.size() != of->module->imports.size())
    return fail(ErrorKind::Link, concat(imports.size(), " imports given, the module has ", of->module->imports.size()));
  std::vector<runtime::Extern> items;
  items.reserve(imports.size());
  for (const Extern& item : imports) {
    const Handle& handle = detail::handleOf(item);
    if (Access::store(handle) != &impl) {
      const wasm::Import& import = of->module->imports[items.size()];
      const char* const why = !handle            ? "is empty"
                              : handle.isAlive() ? "is of another store"
                                                 : "is of a store that is gone";
      return fail(ErrorKind::Usage, concat("what is given for import ", support::quoted(import.module), ' ',
                                           support::quoted(import.name), ' ', why));
    }
    items.push_back(detail::fromPublic(item));
  }
  return detail::instantiate(impl, of, items);
}

// -- Exports ---------------------------------------------------------------------------------------------------------

static runtime::Instance& instanceOf(const Instance& instance) {
  return *static_cast<runtime::Instance*>(Access::entity(instance));
}

Module Instance::module() const {
  StoreImpl* const store = Access::store(*this);
  CHECK(store, "Instance::module is for living handles");
  return Access::module(store->instances.at(&instanceOf(*this)));
}

std::vector<NamedExtern> Instance::exports() const {
  std::vector<NamedExtern> result;
  if (!isAlive()) return result;
  const auto& exports = instanceOf(*this).module->exports;
  result.reserve(exports.size());
  for (u32 i = 0; i < exports.size(); ++i) result.push_back({std::string(exports[i].name), *exportAt(i)});
  return result;
}

std::optional<Extern> Instance::exportAt(uint32_t index) const {
  StoreImpl* const store = Access::store(*this);
  if (!store || index >= instanceOf(*this).module->exports.size()) return std::nullopt;
  return detail::toPublic(*store, runtime::exportAt(instanceOf(*this), index));
}

std::optional<Extern> Instance::find(std::string_view name) const {
  StoreImpl* const store = Access::store(*this);
  if (!store) return std::nullopt;
  const runtime::Extern item = runtime::findExport(instanceOf(*this), name);
  if (item.isEmpty()) return std::nullopt;
  return detail::toPublic(*store, item);
}

/// What is exported of that sort, for the message that the wanted name is not.
static std::string offeredText(const wasm::Module& module, std::string_view name, ExternKind kind) {
  std::vector<std::string_view> names;
  for (const wasm::Export& item : module.exports)
    if (static_cast<ExternKind>(item.kind) == kind) names.push_back(item.name);
  if (names.empty()) return concat("; it exports no ", kindName(kind));
  if (const std::string hint = didYouMean(name, names); !hint.empty()) return hint;
  constexpr size_t kShown = 8;
  std::string out = concat("; it exports as ", kindName(kind), ": ");
  for (size_t i = 0; i < names.size() && i < kShown; ++i) out += concat(i ? ", " : "", names[i]);
  return names.size() > kShown ? out + ", ..." : out;
}

template <class T>
static Result<T> exported(const Instance& instance, std::string_view name, ExternKind kind) {
  if (!instance.isAlive()) return fail(detail::deadHandle(Access::link(instance)));
  const auto item = instance.find(name);
  if (item && item->kind() == kind) return std::get<T>(*item);
  const wasm::Module& module = *instanceOf(instance).module;
  if (item)
    return fail(ErrorKind::Usage, concat("the export ", support::quoted(name), " is a ", kindName(item->kind()),
                                         ", not a ", kindName(kind)));
  return fail(ErrorKind::Usage,
              concat("the module exports nothing named ", support::quoted(name), offeredText(module, name, kind)));
}

Result<Func> Instance::func(std::string_view name) const { return exported<Func>(*this, name, ExternKind::Func); }
Result<Memory> Instance::memory(std::string_view name) const {
  return exported<Memory>(*this, name, ExternKind::Memory);
}
Result<Table> Instance::table(std::string_view name) const { return exported<Table>(*this, name, ExternKind::Table); }
Result<Global> Instance::global(std::string_view name) const {
  return exported<Global>(*this, name, ExternKind::Global);
}
Result<Tag> Instance::tag(std::string_view name) const { return exported<Tag>(*this, name, ExternKind::Tag); }

Result<Func> Instance::functionAt(uint32_t functionIndex) const {
  if (!isAlive()) return fail(detail::deadHandle(link_));
  const runtime::Instance& instance = instanceOf(*this);
  const size_t count = instance.module->funcTypes.size();
  if (functionIndex >= count)
    return fail(ErrorKind::Usage, concat("there is no function ", functionIndex, "; the module has ", count));
  return Access::handle<Func>(link_, &instance.func(wasm::FuncIndex(functionIndex)));
}

// -- WASI programs ---------------------------------------------------------------------------------------------------

Result<uint32_t> Instance::runCommand() const {
  WASMRUN_TRY_ASSIGN(const auto start, typed<void()>("_start"));
  auto outcome = start();
  if (outcome) return 0;
  if (const auto code = outcome.error().exitCode()) return *code;
  return fail(std::move(outcome).error());
}

Result<void> Instance::initialize() const {
  if (!isAlive()) return fail(detail::deadHandle(link_));
  if (!find("_initialize")) return {};
  WASMRUN_TRY_ASSIGN(const auto prepare, typed<void()>("_initialize"));
  return prepare();
}

}  // namespace wasmrun
