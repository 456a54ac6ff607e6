// What the collector of a store did: counts, pauses, what takes the memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace wasmrun {

/// How long the collections of one kind stopped the program. Percentiles are exact to an eighth.
struct GcPauses {
  /// Pauses of about the same length.
  struct Class {
    std::chrono::nanoseconds atMost{};  ///< and longer than half of it
    uint64_t count = 0;
  };
  uint64_t count = 0;  ///< collections
  std::chrono::nanoseconds total{};
  std::chrono::nanoseconds longest{};
  std::chrono::nanoseconds p50{};  ///< half of the pauses were not longer; 0 without pauses
  std::chrono::nanoseconds p99{};
  std::chrono::nanoseconds p999{};  ///< 99.9 %
  std::vector<Class> histogram;     ///< shortest first; classes without pauses are left out
};

/// Bytes are those of objects, their headers and padding included, unless it says otherwise.
struct GcStatistics {
  GcPauses young;               ///< collections of new objects only; none with the copying collector
  GcPauses full;                ///< collections of all objects
  uint64_t allocatedBytes = 0;  ///< of all objects there ever were
  uint64_t examinedBytes = 0;   ///< of the new objects that collections looked at
  uint64_t survivedBytes = 0;   ///< of those, the ones that were still needed
  uint64_t promotedBytes = 0;   ///< of objects that became old
  uint64_t liveBytes = 0;       ///< needed at the last full collection
  uint64_t heapBytes = 0;       ///< memory that counts against the heap's limit, now
  uint64_t peakHeapBytes = 0;   ///< the most there ever was of it
  uint64_t hostObjects = 0;     ///< objects of the host's that wasm may refer to, now
  uint64_t hostReferences = 0;  ///< references that the host holds (Ref and its kin; copies count once), now

  /// Part of the bytes looked at that was still needed, 0 to 1; 0 without collections.
  double survivalRate() const noexcept {
    return examinedBytes == 0 ? 0 : static_cast<double>(survivedBytes) / static_cast<double>(examinedBytes);
  }
};

/// The objects of one type.
struct GcTypeTotal {
  /// The type's name in the name section, "$node" ("$node (type 7)" if another has it as well); else "type 5", its
  /// index in the first module of the store that has it. "host object" and "exception of ..." for those.
  std::string name;
  uint64_t objects = 0;
  uint64_t bytes = 0;
};

}  // namespace wasmrun
