#include "gc/heap_core.h"

#include <algorithm>

namespace wasmrun::gc {

void HeapCore::setArea(u32 top, u32 limit) {
  CHECK(limit <= kLargestRegion - kSmallBytes, "the end of a small object in an area is a u32");
  statistics.allocatedBytes += areaBytes();
  areaBegin_ = state.top = top;
  state.limit = options.stress ? 0 : limit;
}

void HeapCore::visitRoots(RootVisitor& visitor, RootSet set) {
  rooted.visit(visitor);
  for (RootSource* const source : sources) source->visitRoots(visitor, set);
}

void HeapCore::poison(u32 offset, u64 bytes) {
  std::fill_n(reinterpret_cast<u32*>(bytesAt(offset)), bytes / sizeof(u32), kPoison);
}

}  // namespace wasmrun::gc
