#include "runtime/global.h"

#include "api/access.h"
#include "api/store_impl.h"
#include "api/types.h"
#include "api/values.h"
#include "wasmrun/extern.h"

namespace wasmrun {

using detail::StoreImpl;

static runtime::Global& globalOf(const Global& global) {
  return *static_cast<runtime::Global*>(detail::Access::entity(global));
}

Result<Global> Global::make(StoreRef store, const GlobalType& type, const Value& initial) {
  StoreImpl& impl = *detail::Access::impl(store);
  WASMRUN_TRY_ASSIGN(const wasm::ValType own, detail::fromPublic(*impl.engine, type.value));
  u64 slots[2] = {};
  WASMRUN_TRY(detail::valueToSlot(impl, type.value, initial, slots));
  return detail::Access::handle<Global>(impl.link, impl.store->makeGlobal({own, type.isMutable}, slots));
}

GlobalType Global::type() const noexcept {
  StoreImpl* const store = detail::Access::store(*this);
  return store ? detail::toPublic(*store->engine, globalOf(*this).type) : GlobalType();
}

Result<Value> Global::get() const {
  StoreImpl* const store = detail::Access::store(*this);
  if (!store) return fail(detail::deadHandle(link_));
  return detail::valueFromSlot(*store, type().value, globalOf(*this).cell);
}

Result<void> Global::set(const Value& value) const {
  StoreImpl* const store = detail::Access::store(*this);
  if (!store) return fail(detail::deadHandle(link_));
  if (!globalOf(*this).type.isMutable) return fail(ErrorKind::Usage, "the global is immutable");
  return detail::valueToSlot(*store, type().value, value, globalOf(*this).cell);
}

}  // namespace wasmrun
