// Table: a table instance (spec: exec/runtime). Elements are reference slots: 0 is null in every hierarchy.
//
// A table may be much larger than what a young collection has to look at otherwise. So writes leave a mark on the card
// of the element: one byte for 512 elements, set without looking at the value. A young collection looks through the
// marked cards, and takes the mark off those that refer to no young object any more.
#pragma once

#include <memory>
#include <optional>

#include "gc/roots.h"
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

  // Hot: read by the interpreter and by generated code. Written by the functions below alone, for the cards' sake.
  u64* elements = nullptr;
  u64 size = 0;  ///< elements

  const wasm::TableType type;

  /// Whether [index, index + count) lies inside.
  bool contains(u64 index, u64 count) const { return count <= size && index <= size - count; }

  // Indices are inside.
  void set(u64 index, u64 value) {
    elements[index] = value;
    cards_[index >> kCardLog2] = 1;
  }
  void fill(u64 to, u64 value, u64 count);
  /// `from` may be this table, and the ranges overlap.
  void copy(u64 to, const Table& from, u64 first, u64 count);

  /// Shows the elements, of which the hierarchy is not func.
  void visitElements(gc::RootVisitor& visitor, gc::RootSet set);

  /// Grows by `delta` elements of value `initial`; the size before, or nothing if the type's maximum, the limiter or
  /// the system refuses: the table is as before then. Moves `elements`; takes amortized constant time an element.
  std::optional<u64> grow(u64 delta, u64 initial, ResourceLimiter& limiter);

  /// Its type with the present size as minimum: what import matching compares.
  wasm::TableType presentType() const;

 private:
  explicit Table(const wasm::TableType& type) : type(type) {}
  bool reserve(u64 wanted);
  void mark(u64 first, u64 count);

  static constexpr u32 kCardLog2 = 9;
  static u64 cardsFor(u64 elements);

  u8* cards_ = nullptr;  // a multiple of 8
  u64 capacity_ = 0;
};

}  // namespace wasmrun::runtime
