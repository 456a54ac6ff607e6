#include "gc/region.h"

#include <algorithm>

#include "platform/address_space.h"

namespace wasmrun::gc {

namespace {

/// Reach of a field access, from the start of the largest struct: 10,000 fields of 16 bytes, rounded up.
constexpr u64 kGuard = 256 * 1024;
constexpr u64 kSmallestRegion = u64{64} << 20;

}  // namespace

Result<Region> Region::reserve() {
  Region region;
  for (u64 size = kLargestRegion;; size /= 2) {
    const bool isLast = size == kSmallestRegion;
    const u64 bytes = kCardTableBytes + size + kGuard;
    if (!isLast && !platform::mayReserve(bytes)) continue;
    auto mapping = platform::Mapping::reserve(bytes);
    if (!mapping) {
      if (isLast) return fail(std::move(mapping).error());
      continue;
    }
    region.mapping_ = *std::move(mapping);
    region.size_ = size;
    break;
  }
  WASMRUN_TRY(region.mapping_.commit(0, kCardTableBytes));
  return region;
}

void Region::close(u64 offset, u64 bytes) {
  if (!mapping_.protect(kCardTableBytes + offset, bytes)) return;  // it stays open
}

void Region::giveBack(u64 offset, u64 bytes) {
  // Where the system refuses, the memory stays: zeros are promised all the same.
  if (!mapping_.decommit(kCardTableBytes + offset, bytes)) std::fill_n(base() + offset, bytes, u8{0});
}

}  // namespace wasmrun::gc
