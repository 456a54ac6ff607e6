#include "api/externs.h"

#include "api/access.h"
#include "api/store_impl.h"
#include "api/types.h"

namespace wasmrun {

using detail::StoreImpl;

namespace detail {

Extern toPublic(StoreImpl& store, const runtime::Extern& item) {
  switch (item.kind()) {
    case wasm::ExternKind::Func: return Access::handle<Func>(store.link, item.func());
    case wasm::ExternKind::Table: return Access::handle<Table>(store.link, item.table());
    case wasm::ExternKind::Memory: return Access::handle<Memory>(store.link, item.memory());
    case wasm::ExternKind::Global: return Access::handle<Global>(store.link, item.global());
    case wasm::ExternKind::Tag: return Access::handle<Tag>(store.link, item.tag());
  }
  std::unreachable();
}

runtime::Extern fromPublic(const Extern& item) {
  const Handle& handle = handleOf(item);
  void* const entity = Access::entity(handle);
  if (!entity) return {};
  switch (item.kind()) {
    case ExternKind::Func: return runtime::Extern(static_cast<runtime::Func*>(entity));
    case ExternKind::Table: return runtime::Extern(static_cast<runtime::Table*>(entity));
    case ExternKind::Memory: return runtime::Extern(static_cast<runtime::Memory*>(entity));
    case ExternKind::Global: return runtime::Extern(static_cast<runtime::Global*>(entity));
    case ExternKind::Tag: return runtime::Extern(static_cast<runtime::Tag*>(entity));
  }
  std::unreachable();
}

const Handle& handleOf(const Extern& item) {
  return std::visit([](const Handle& handle) -> const Handle& { return handle; },
                    static_cast<const std::variant<Func, Table, Memory, Global, Tag>&>(item));
}

}  // namespace detail

ExternType Extern::type() const {
  StoreImpl* const store = detail::Access::store(detail::handleOf(*this));
  if (store) return detail::externTypeOf(*store->engine, detail::fromPublic(*this));
  switch (kind()) {
    case ExternKind::Func: return FuncType();
    case ExternKind::Table: return TableType();
    case ExternKind::Memory: return MemoryType();
    case ExternKind::Global: return GlobalType();
    case ExternKind::Tag: return TagType();
  }
  std::unreachable();
}

}  // namespace wasmrun
