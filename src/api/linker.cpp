#include "wasmrun/linker.h"

#include <map>

#include "api/access.h"
#include "api/externs.h"
#include "api/host_function.h"
#include "api/instantiation.h"
#include "api/store_impl.h"
#include "api/types.h"
#include "runtime/import_match.h"
#include "support/text.h"
#include "wasi/functions.h"
#include "wasmrun/nearest_name.h"

namespace wasmrun {

using detail::Access;
using detail::HostDefinition;
using detail::StoreImpl;
using support::concat;

// -- Definitions -----------------------------------------------------------------------------------------------------

namespace {

/// What stands behind a name. Exactly one is set.
struct Definition {
  std::shared_ptr<const HostDefinition> host;
  const wasi::WasiFunction* wasi = nullptr;
  std::optional<Extern> item;
};

/// A name of two levels, owned or looked up with.
template <class Text>
struct Name {
  Text module, name;
};
struct NameOrder {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const Name<A>& a, const Name<B>& b) const {
    const int order = std::string_view(a.module).compare(b.module);
    return order != 0 ? order < 0 : std::string_view(a.name) < std::string_view(b.name);
  }
};
using Definitions = std::map<Name<std::string>, Definition, NameOrder>;

/// The module name of the preview before 1, and its functions that have changed since.
constexpr std::string_view kOldWasi = "wasi_unstable";
constexpr std::string_view kChangedSinceOld[] = {"fd_filestat_get", "fd_seek", "path_filestat_get", "poll_oneoff"};

bool isInOldWasi(std::string_view name) {
  return std::ranges::find(kChangedSinceOld, name) == std::end(kChangedSinceOld);
}

std::string shown(std::string_view module, std::string_view name) {
  return concat(support::quoted(module), ' ', support::quoted(name));
}

}  // namespace

struct Linker::Impl {
  std::shared_ptr<detail::EngineImpl> engine;
  bool allowShadowing = false;
  /// The WASI functions have no definitions of their own: they are found in WASI's table, after the definitions.
  bool hasWasi = false;
  Definitions definitions;

  const wasi::WasiFunction* findWasi(std::string_view module, std::string_view name) const {
    const bool fits = hasWasi && (module == wasi::kModuleName || (module == kOldWasi && isInOldWasi(name)));
    return fits ? wasi::findWasiFunction(name) : nullptr;
  }

  std::optional<Definition> find(std::string_view module, std::string_view name) const {
    const auto found = definitions.find(Name<std::string_view>{module, name});
    if (found != definitions.end()) return found->second;
    if (const wasi::WasiFunction* const row = findWasi(module, name)) return Definition{nullptr, row, {}};
    return std::nullopt;
  }
  bool has(std::string_view module, std::string_view name) const {
    return definitions.contains(Name<std::string_view>{module, name}) || findWasi(module, name);
  }

  Result<void> add(std::string_view module, std::string_view name, Definition definition) {
    if (!allowShadowing && has(module, name))
      return fail(ErrorKind::Usage, concat(shown(module, name), " is defined already"));
    definitions.insert_or_assign({std::string(module), std::string(name)}, std::move(definition));
    return {};
  }

  Result<runtime::Extern> resolve(StoreImpl& store, const Definition& definition) const;
  std::string hintFor(const wasm::Import& import) const;
  Error missingImports(const wasm::Module& module, std::span<const u32> positions) const;
};

Linker::Linker(const Engine& engine) : impl_(std::make_unique<Impl>()) { impl_->engine = Access::impl(engine); }
Linker::Linker(const Linker& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
Linker::Linker(Linker&& other) noexcept = default;
Linker& Linker::operator=(const Linker& other) {
  impl_ = std::make_unique<Impl>(*other.impl_);
  return *this;
}
Linker& Linker::operator=(Linker&& other) noexcept = default;
Linker::~Linker() = default;

void Linker::allowShadowing(bool allow) noexcept { impl_->allowShadowing = allow; }

Result<void> Linker::define(std::string_view module, std::string_view name, const Extern& item) {
  const Handle& handle = detail::handleOf(item);
  const StoreImpl* const store = Access::store(handle);
  if (!store) return fail(detail::deadHandle(Access::link(handle)));
  if (store->engine != impl_->engine)
    return fail(ErrorKind::Usage, concat("what is given for ", shown(module, name), " belongs to another engine"));
  return impl_->add(module, name, {nullptr, nullptr, item});
}

Result<void> Linker::defineHost(std::string_view module, std::string_view name, detail::HostFunc host) {
  FuncType type{host.params, host.results};
  return impl_->add(module, name, {std::make_shared<HostDefinition>(std::move(host), std::move(type)), nullptr, {}});
}

Result<void> Linker::dynamicFunc(std::string_view module, std::string_view name, const FuncType& type,
                                 Func::Dynamic callable) {
  if (!callable) return fail(ErrorKind::Usage, "there is no callable to make a function of");
  WASMRUN_TRY_ASSIGN(const wasm::TypeId id, detail::internFuncType(*impl_->engine, type));
  impl_->engine->engine->registry().release(id);  // it was only to see whether it can be had
  auto host = detail::makeDynamic(type, std::move(callable));
  return impl_->add(module, name, {std::make_shared<HostDefinition>(std::move(host), type), nullptr, {}});
}

Result<void> Linker::defineInstance(std::string_view module, const Instance& instance) {
  if (!instance.isAlive()) return fail(detail::deadHandle(Access::link(instance)));
  for (const NamedExtern& item : instance.exports()) WASMRUN_TRY(define(module, item.name, item.item));
  return {};
}

Result<void> Linker::defineWasi() {
  for (const wasi::WasiFunction& row : wasi::wasiFunctions()) {
    for (const std::string_view module : {wasi::kModuleName, kOldWasi}) {
      if (module == kOldWasi && !isInOldWasi(row.name)) continue;
      const auto taken = impl_->definitions.find(Name<std::string_view>{module, row.name});
      if (taken == impl_->definitions.end()) continue;
      if (!impl_->allowShadowing) return fail(ErrorKind::Usage, concat(shown(module, row.name), " is defined already"));
      impl_->definitions.erase(taken);
    }
  }
  impl_->hasWasi = true;
  return {};
}

Result<void> Linker::alias(std::string_view module, std::string_view name, std::string_view asModule,
                           std::string_view asName) {
  auto definition = impl_->find(module, name);
  if (!definition) return fail(ErrorKind::Usage, concat(shown(module, name), " is not defined"));
  return impl_->add(asModule, asName, std::move(*definition));
}

Result<void> Linker::aliasModule(std::string_view module, std::string_view asModule) {
  std::vector<std::string> names;
  for (const auto& [name, definition] : impl_->definitions)
    if (name.module == module) names.push_back(name.name);
  for (const wasi::WasiFunction& row : wasi::wasiFunctions())
    if (impl_->findWasi(module, row.name) && !impl_->definitions.contains(Name<std::string_view>{module, row.name}))
      names.emplace_back(row.name);
  if (names.empty()) return fail(ErrorKind::Usage, concat("nothing is defined in ", support::quoted(module)));
  for (const std::string& name : names) WASMRUN_TRY(alias(module, name, asModule, name));
  return {};
}

// -- Unknown imports -------------------------------------------------------------------------------------------------

namespace {

/// A function of any type that traps and says which import was called.
detail::HostFunc trapping(std::string message) {
  detail::HostFunc host;
  host.env = std::make_shared<std::string>(std::move(message));
  host.entry = [](Caller& caller, uint64_t*, void* env) -> bool {
    detail::setHostError(caller, failTrap(*static_cast<std::string*>(env), TrapKind::UnknownImport).error());
    return false;
  };
  return host;
}

Result<void> requireDefaults(const ImportType& import) {
  for (const ValType& result : import.type.function()->results)
    if (result.isRef() && !result.isNullable())
      return fail(ErrorKind::Link, concat("the unknown import ", shown(import.module, import.name),
                                          " cannot return a default: ", result.toString(), " has none"));
  return {};
}

}  // namespace

Result<void> Linker::defineUnknownAsTraps(const Module& module) {
  for (const ImportType& import : missing(module)) {
    const FuncType* const type = import.type.function();
    if (!type || impl_->has(import.module, import.name)) continue;
    auto host = trapping(concat("unknown import called: ", shown(import.module, import.name)));
    auto definition = std::make_shared<HostDefinition>(std::move(host), *type);
    WASMRUN_TRY(impl_->add(import.module, import.name, {std::move(definition), nullptr, {}}));
  }
  return {};
}

Result<void> Linker::defineUnknownAsDefaults(const Module& module) {
  for (const ImportType& import : missing(module)) {
    const FuncType* const type = import.type.function();
    if (!type || impl_->has(import.module, import.name)) continue;
    WASMRUN_TRY(requireDefaults(import));
    const auto zeros = [](Caller&, std::span<const Value>, std::span<Value>) -> Result<void> { return {}; };
    WASMRUN_TRY(dynamicFunc(import.module, import.name, *type, zeros));
  }
  return {};
}

// -- Use -------------------------------------------------------------------------------------------------------------

Result<runtime::Extern> Linker::Impl::resolve(StoreImpl& store, const Definition& definition) const {
  if (store.engine != engine) return fail(ErrorKind::Usage, "the store belongs to another engine than the linker");
  if (definition.wasi) {
    WASMRUN_TRY_ASSIGN(runtime::Func* const func, store.wasi.function(store, *definition.wasi));
    return runtime::Extern(func);
  }
  if (definition.host) {
    WASMRUN_TRY_ASSIGN(runtime::Func* const func, store.hostFunctions.get(store, definition.host));
    return runtime::Extern(func);
  }
  const Handle& handle = detail::handleOf(*definition.item);
  if (Access::store(handle) == &store) return detail::fromPublic(*definition.item);
  return fail(ErrorKind::Usage,
              handle.isAlive() ? "it was defined from another store" : "the store that it was defined from is gone");
}

std::optional<Extern> Linker::find(StoreRef store, std::string_view module, std::string_view name) const {
  const auto definition = impl_->find(module, name);
  if (!definition) return std::nullopt;
  StoreImpl& impl = *Access::impl(store);
  const auto item = impl_->resolve(impl, *definition);
  return item ? std::optional(detail::toPublic(impl, *item)) : std::nullopt;
}

std::vector<ImportType> Linker::missing(const Module& module) const {
  std::vector<ImportType> result;
  const auto& imports = Access::impl(module)->module->imports;
  for (size_t i = 0; i < imports.size(); ++i)
    if (!impl_->has(imports[i].module, imports[i].name)) result.push_back(module.imports()[i]);
  return result;
}

/// The nearest name that is defined in the import's module; if nothing is, the nearest module.
std::string Linker::Impl::hintFor(const wasm::Import& import) const {
  std::vector<std::string_view> names, modules;
  for (const auto& [name, definition] : definitions) {
    if (name.module == import.module) names.push_back(name.name);
    if (modules.empty() || modules.back() != name.module) modules.push_back(name.module);
  }
  if (hasWasi) {
    modules.push_back(wasi::kModuleName);
    if (import.module == wasi::kModuleName)
      for (const wasi::WasiFunction& row : wasi::wasiFunctions()) names.push_back(row.name);
  }
  if (!names.empty()) return didYouMean(import.name, names);
  const std::string_view nearest = nearestName(import.module, modules);
  return nearest.empty() ? std::string() : concat("; did you mean the module '", support::escaped(nearest), "'?");
}

Error Linker::Impl::missingImports(const wasm::Module& module, std::span<const u32> positions) const {
  constexpr size_t kShown = 50;
  std::string message = "unknown import";
  if (positions.size() > 1) message += concat(": ", positions.size(), " imports are not defined");
  for (size_t i = 0; i < positions.size() && i < kShown; ++i) {
    const wasm::Import& import = module.imports[positions[i]];
    message += concat(positions.size() == 1 ? ": " : "\n  ", shown(import.module, import.name), ' ',
                      runtime::importTypeText(module, import));
    if (positions.size() == 1) message += " is not defined";
    message += hintFor(import);
  }
  if (positions.size() > kShown) message += concat("\n  and ", positions.size() - kShown, " more");
  return Error{ErrorKind::Link, std::move(message)};
}

Result<Instance> Linker::instantiate(StoreRef store, const Module& module) const {
  StoreImpl& impl = *Access::impl(store);
  const std::shared_ptr<detail::ModuleImpl>& of = Access::impl(module);
  const auto& imports = of->module->imports;
  std::vector<runtime::Extern> items(imports.size());
  std::vector<u32> missing;
  for (u32 i = 0; i < imports.size(); ++i) {
    const auto definition = impl_->find(imports[i].module, imports[i].name);
    if (!definition) {
      missing.push_back(i);
      continue;
    }
    auto item = impl_->resolve(impl, *definition);
    if (!item) {
      Error error = std::move(item).error();
      error.message = concat("import ", shown(imports[i].module, imports[i].name), ": ", error.message);
      return fail(std::move(error));
    }
    items[i] = *item;
  }
  if (!missing.empty()) return fail(impl_->missingImports(*of->module, missing));
  return detail::instantiate(impl, of, items);
}

}  // namespace wasmrun
