// What one collection is: its kind, why it took place, and what came of it.
#pragma once

#include <functional>
#include <string_view>

#include "support/int.h"

namespace wasmrun::gc {

enum class CollectionKind : u8 { Young, Full };

enum class CollectionReason : u8 {
  AreaFull,       ///< no room for the next object where objects are made
  LargeObjects,   ///< many large objects were made
  OldSpaceGrown,  ///< old objects have doubled since the last full collection
  OldSpaceAged,   ///< much has been made since the last full collection, though little has become old
  Limit,          ///< the heap's limit, or the system's, is reached
  HostObjects,    ///< host objects have doubled; they stand for memory that the heap does not see
  Requested,
  Stress,
};

std::string_view nameOf(CollectionKind kind);
/// In words: "nursery full". Static lifetime.
std::string_view nameOf(CollectionReason reason);

struct CollectionRecord {
  CollectionKind kind = CollectionKind::Full;
  CollectionReason reason = CollectionReason::Requested;
  u64 bytesBefore = 0;  ///< of objects, headers and padding included, dead ones that were not found dead yet as well
  u64 bytesAfter = 0;
  u64 pauseNanos = 0;
};

/// Is told of each collection, at its end. Must not use the heap.
using CollectionListener = std::function<void(const CollectionRecord& record)>;

}  // namespace wasmrun::gc
