// Typed 32-bit indexes: a function index is not a defined-function index, and the compiler knows.
#pragma once

#include <compare>
#include <functional>

#include "support/int.h"

namespace wasmrun::support {

/// A u32 that only compares with, and only indexes containers of, its own kind.
template <class Tag>
struct Index {
  u32 value = kNone;
  static constexpr u32 kNone = ~u32{0};

  constexpr Index() = default;
  constexpr explicit Index(u32 v) : value(v) {}
  constexpr bool isNone() const { return value == kNone; }
  friend constexpr auto operator<=>(Index, Index) = default;
};

}  // namespace wasmrun::support

template <class Tag>
struct std::hash<wasmrun::support::Index<Tag>> {
  size_t operator()(wasmrun::support::Index<Tag> index) const noexcept { return index.value; }
};
