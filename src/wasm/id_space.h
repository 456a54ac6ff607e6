// IdSpace: hands out ranges of consecutive numbers and takes them back.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "support/int.h"

namespace wasmrun::wasm {

/// Best fit with coalescing, logarithmic in the number of free ranges. Numbers are 0 .. capacity-1. One thread at a
/// time.
class IdSpace {
 public:
  explicit IdSpace(u32 capacity) : capacity_(capacity) {}

  /// The first of `count` (at least 1) consecutive numbers, or nothing when no free range is that long.
  std::optional<u32> take(u32 count) {
    const auto fit = bySize_.lower_bound({count, 0});
    if (fit == bySize_.end()) {
      if (count > capacity_ - top_) return std::nullopt;
      return std::exchange(top_, top_ + count);
    }
    const auto [size, first] = *fit;
    removeFree(first, size);
    if (size > count) addFree(first + count, size - count);
    return first;
  }

  /// Takes back what `take(count)` returned.
  void giveBack(u32 first, u32 count) {
    auto after = byStart_.lower_bound(first);
    if (after != byStart_.end() && after->first == first + count) {
      const u32 size = after->second;
      removeFree(first + count, size);
      count += size;
      after = byStart_.lower_bound(first);
    }
    if (after != byStart_.begin()) {
      const auto [start, size] = *std::prev(after);
      if (start + size == first) {
        removeFree(start, size);
        first = start;
        count += size;
      }
    }
    if (first + count == top_)
      top_ = first;
    else
      addFree(first, count);
  }

  /// All numbers at and above were never taken, or are free again.
  u32 top() const { return top_; }

 private:
  void addFree(u32 first, u32 size) {
    byStart_.emplace(first, size);
    bySize_.emplace(size, first);
  }
  void removeFree(u32 first, u32 size) {
    byStart_.erase(first);
    bySize_.erase({size, first});
  }

  u32 capacity_;
  u32 top_ = 0;
  std::map<u32, u32> byStart_;            // free ranges below top_: first -> size
  std::set<std::pair<u32, u32>> bySize_;  // the same: (size, first)
};

}  // namespace wasmrun::wasm
