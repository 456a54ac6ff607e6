// Table: a table instance (spec: exec/runtime). Elements are reference slots: 0 is null in every hierarchy.
#pragma once

#include <memory>
#include <optional>

#include "runtime/resource_limiter.h"
#include "support/result.h"
#include "wasm/types.h"

namespace wasmrun::runtime {

/// Belongs to its store's thread.
struct Table {
  /// A new table of `type.limits.min` elements, all `initial`. Limit error when `limiter` refuses or there is no
  /// memory.
  static Result<std::unique_ptr<Table>> make(const wasm::TableType& type, u64 initial, ResourceLimiter& limiter);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // Hot: read by the interpreter and by generated code.
  u64* elements = nullptr;
  u64 size = 0;  ///< elements

  const wasm::TableType type;

  /// Whether [index, index + count) lies inside.
  bool contains(u64 index, u64 count) const { return count <= size && index <= size - count; }

  /// Grows by `delta` elements of value `initial`; the size before, or nothing if the type's maximum, the limiter or
  /// the system refuses: the table is as before then. Moves `elements`; takes amortized constant time an element.
  std::optional<u64> grow(u64 delta, u64 initial, ResourceLimiter& limiter);

  /// Its type with the present size as minimum: what import matching compares.
  wasm::TableType presentType() const;

 private:
  explicit Table(const wasm::TableType& type) : type(type) {}
  bool reserve(u64 wanted);

  u64 capacity_ = 0;
};

}  // namespace wasmrun::runtime
