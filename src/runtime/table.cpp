#include "runtime/table.h"

#include <algorithm>
#include <cstdlib>

#include "support/text.h"

namespace wasmrun::runtime {

namespace {

constexpr u64 kFirstCapacity = 8;
/// Elements that fit in memory at all; limiters allow fewer.
constexpr u64 kMaxElements = u64{1} << 48;

std::optional<u64> declaredMax(const wasm::TableType& type) {
  if (!type.limits.hasMax) return std::nullopt;
  return type.limits.max;
}

u64 maxElements(const wasm::TableType& type) {
  const u64 most = type.limits.is64 ? kMaxElements : u64{0xffff'ffff};
  return type.limits.hasMax ? std::min(type.limits.max, most) : most;
}

}  // namespace

Result<std::unique_ptr<Table>> Table::make(const wasm::TableType& type, u64 initial, ResourceLimiter& limiter) {
  const u64 count = type.limits.min;
  std::unique_ptr<Table> table(new Table(type));
  if (count > maxElements(type))
    return fail(ErrorKind::Limit, support::concat("table minimum size of ", count, " elements exceeds the limits"));
  WASMRUN_TRY(limiter.makeTable(count, declaredMax(type)));
  // calloc gives large tables of null without touching them.
  if (count != 0) table->elements = static_cast<u64*>(std::calloc(count, sizeof(u64)));
  if (count != 0 && table->elements == nullptr)
    return fail(ErrorKind::Limit, support::concat("no memory for a table of ", count, " elements"));
  table->size = table->capacity_ = count;
  if (initial != 0) std::fill_n(table->elements, count, initial);
  return table;
}

Table::~Table() { std::free(elements); }

bool Table::reserve(u64 wanted) {
  if (wanted <= capacity_) return true;
  const u64 capacity = std::max({wanted, capacity_ + capacity_ / 2, kFirstCapacity});
  void* const moved = std::realloc(elements, capacity * sizeof(u64));
  if (moved == nullptr) return false;
  elements = static_cast<u64*>(moved);
  capacity_ = capacity;
  return true;
}

std::optional<u64> Table::grow(u64 delta, u64 initial, ResourceLimiter& limiter) {
  const u64 before = size;
  if (delta > maxElements(type) - before) return std::nullopt;
  if (delta == 0) return before;
  if (!limiter.growTable(before, before + delta, declaredMax(type)) || !reserve(before + delta)) return std::nullopt;
  std::fill_n(elements + before, delta, initial);
  size = before + delta;
  return before;
}

wasm::TableType Table::presentType() const {
  wasm::TableType present = type;
  present.limits.min = size;
  return present;
}

}  // namespace wasmrun::runtime
