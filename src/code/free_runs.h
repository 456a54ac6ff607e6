// FreeRuns: which of a row of equal units are free.
#pragma once

#include <map>
#include <optional>

#include "support/int.h"

namespace wasmrun::code {

/// Neighbouring free runs are always one. One thread at a time.
class FreeRuns {
 public:
  /// Units 0 .. count-1, all free.
  explicit FreeRuns(u32 count) {
    if (count != 0) runs_[0] = count;
  }

  /// The first of `count` free units (at least 1) in a row, which are taken: the lowest that there are. None if there
  /// is no such row.
  std::optional<u32> take(u32 count) {
    for (auto run = runs_.begin(); run != runs_.end(); ++run) {
      if (run->second < count) continue;
      const auto [first, length] = *run;
      runs_.erase(run);
      if (length != count) runs_[first + count] = length - count;
      return first;
    }
    return std::nullopt;
  }

  /// Makes taken units free.
  void give(u32 first, u32 count) {
    const auto after = runs_.lower_bound(first);
    if (after != runs_.end() && after->first == first + count) {
      count += after->second;
      runs_.erase(after);
    }
    const auto next = runs_.lower_bound(first);
    if (next != runs_.begin()) {
      const auto before = std::prev(next);
      if (before->first + before->second == first) {
        before->second += count;
        return;
      }
    }
    runs_[first] = count;
  }

 private:
  std::map<u32, u32> runs_;  // first unit -> count
};

}  // namespace wasmrun::code
