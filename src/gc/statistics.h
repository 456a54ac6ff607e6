// Statistics: what a heap did, for people and for tuning.
#pragma once

#include <array>
#include <bit>

#include "support/int.h"

namespace wasmrun::gc {

/// Durations by size: eight classes a power of two, so that a percentile is exact to an eighth.
class PauseHistogram {
 public:
  void add(u64 nanos);
  u64 count() const { return count_; }
  u64 longest() const { return longest_; }
  u64 total() const { return total_; }
  /// Nanoseconds that `part` (0 to 1) of the pauses do not exceed; 0 without pauses.
  u64 percentile(double part) const;
  /// The classes of each power of two as one, of those that have pauses: calls visit(atMost, count) for `count` pauses
  /// of (atMost - 1) / 2 + 1 to `atMost` nanoseconds, shortest first.
  template <class Visit>
  void forEachPowerOfTwo(Visit&& visit) const {
    for (u32 first = 0; first < counts_.size(); first += 1u << kClassesLog2) {
      u64 count = 0;
      for (u32 i = 0; i < 1u << kClassesLog2; ++i) count += counts_[first + i];
      if (count != 0) visit(endOf(first + (1u << kClassesLog2) - 1), count);
    }
  }

 private:
  static constexpr u32 kClassesLog2 = 3;
  static u32 classOf(u64 nanos);
  static u64 endOf(u32 index);
  std::array<u32, 64 << kClassesLog2> counts_{};
  u64 count_ = 0, longest_ = 0, total_ = 0;
};

/// Bytes are those of objects, headers and padding included.
struct Statistics {
  u64 youngCollections = 0;
  u64 fullCollections = 0;
  u64 allocatedBytes = 0;  ///< of all objects there ever were
  u64 examinedBytes = 0;   ///< allocated in young space, and looked at by a collection
  u64 survivedBytes = 0;   ///< of those, what was alive
  u64 promotedBytes = 0;   ///< moved to old space
  u64 copiedBytes = 0;     ///< moved at all
  u64 liveBytes = 0;       ///< after the last full collection
  u64 usedBytes = 0;       ///< of the heap's limit, now
  u64 peakUsedBytes = 0;
  PauseHistogram youngPauses;
  PauseHistogram fullPauses;
};

}  // namespace wasmrun::gc
