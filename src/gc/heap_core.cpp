#include "gc/heap_core.h"

#include <algorithm>

namespace wasmrun::gc {

void HeapCore::setArea(u32 top, u32 limit) {
  CHECK(limit <= kLargestRegion - kSmallBytes, "the end of a small object in an area is a u32");
  statistics.allocatedBytes += areaBytes();
  areaBegin_ = state.top = top;
  state.limit = options.stress ? 0 : limit;
}

// -- Growth ----------------------------------------------------------------------------------------------------------

/// So that questions are few.
static u64 inSteps(u64 bytes) {
  constexpr u64 kStep = u64{1} << 20;
  return (bytes + kStep - 1) / kStep * kStep;
}

bool HeapCore::mayUse(u64 bytes) {
  if (!options.mayGrow || bytes <= granted_) return true;
  const u64 desired = std::max(bytes, std::min(inSteps(bytes), options.maxBytes));
  if (!options.mayGrow(granted_, desired)) return false;
  granted_ = desired;
  return true;
}

void HeapCore::gaveBackTo(u64 bytes) { granted_ = std::min(granted_, inSteps(bytes)); }

// -- Roots, and memory that was left ---------------------------------------------------------------------------------

void HeapCore::visitRoots(RootVisitor& visitor, RootSet set) {
  rooted.visit(visitor);
  for (RootSource* const source : sources) source->visitRoots(visitor, set);
}

void HeapCore::poison(u32 offset, u64 bytes) {
  std::fill_n(reinterpret_cast<u32*>(bytesAt(offset)), bytes / sizeof(u32), kPoison);
}

}  // namespace wasmrun::gc
