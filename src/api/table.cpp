#include "runtime/table.h"

#include "api/access.h"
#include "api/store_impl.h"
#include "api/types.h"
#include "api/values.h"
#include "support/text.h"
#include "wasmrun/extern.h"

namespace wasmrun {

using detail::StoreImpl;
using support::concat;

static runtime::Table& tableOf(const Table& table) {
  return *static_cast<runtime::Table*>(detail::Access::entity(table));
}

Result<Table> Table::make(StoreRef store, const TableType& type, const Value& initial) {
  StoreImpl& impl = *detail::Access::impl(store);
  WASMRUN_TRY_ASSIGN(const wasm::TableType own, detail::fromPublic(*impl.engine, type));
  u64 slot = 0;
  WASMRUN_TRY(detail::valueToSlot(impl, type.element, initial, &slot));
  WASMRUN_TRY_ASSIGN(runtime::Table* const made, impl.store->makeTable(own, slot));
  return detail::Access::handle<Table>(impl.link, made);
}

TableType Table::type() const {
  StoreImpl* const store = detail::Access::store(*this);
  return store ? detail::toPublic(*store->engine, tableOf(*this).presentType()) : TableType();
}

uint64_t Table::size() const noexcept { return isAlive() ? tableOf(*this).size : 0; }

static Result<void> checkIndex(const Table& table, uint64_t index) {
  if (!table.isAlive()) return fail(detail::deadHandle(detail::Access::link(table)));
  if (index < table.size()) return {};
  return fail(ErrorKind::Usage, concat("element ", index, " is not inside a table of ", table.size()));
}

Result<Value> Table::get(uint64_t index) const {
  WASMRUN_TRY(checkIndex(*this, index));
  return detail::valueFromSlot(*detail::Access::store(*this), type().element, tableOf(*this).elements + index);
}

Result<void> Table::set(uint64_t index, const Value& value) const {
  WASMRUN_TRY(checkIndex(*this, index));
  u64 slot = 0;
  WASMRUN_TRY(detail::valueToSlot(*detail::Access::store(*this), type().element, value, &slot));
  tableOf(*this).set(index, slot);
  return {};
}

Result<uint64_t> Table::grow(uint64_t count, const Value& initial) const {
  StoreImpl* const store = detail::Access::store(*this);
  if (!store) return fail(detail::deadHandle(link_));
  u64 slot = 0;
  WASMRUN_TRY(detail::valueToSlot(*store, type().element, initial, &slot));
  const auto before = tableOf(*this).grow(count, slot, store->store->limiter());
  if (!before) return fail(ErrorKind::Limit, concat("a table of ", size(), " elements cannot grow by ", count));
  return *before;
}

}  // namespace wasmrun
