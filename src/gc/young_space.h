// YoungSpace: where objects are made: eden, and two survivor spaces of which one is empty.
//
//   | eden: new objects      | survivors      | survivors      |
//   begin                    edenEnd                           end
//
// A collection moves what is alive in eden to the empty survivor space, and what is alive in the other one to old
// space: an object's age is told by its place. All of it lies below every old object.
#pragma once

#include <algorithm>

#include "gc/block_table.h"

namespace wasmrun::gc {

struct YoungSpace {
  struct Survivors {
    u32 begin = 0;
    u32 end = 0;
    u32 top = 0;  ///< objects are in [begin, top)
  };
  u32 begin = 0;
  u32 edenBegin = 0;  ///< where objects have been made since the last collection: `begin`, but in stress mode
  u32 edenEnd = 0;
  u32 end = 0;
  Survivors survivors[2];
  u32 current = 0;  ///< the survivor space that has objects

  /// Of a heap of `maxBytes`, with eden of at most `nurseryBytes`, from `begin` on.
  static YoungSpace make(u32 begin, u64 nurseryBytes, u64 maxBytes) {
    // A quarter of a small heap; half as much for each survivor space of a small eden, less of a large one.
    constexpr u64 kSmallest = 4 * kBlockBytes, kLargest = u64{256} << 20;
    const u64 wanted = std::min(nurseryBytes, maxBytes / 4);
    const u64 eden = std::clamp(wanted, kSmallest, kLargest) & ~u64{kBlockBytes - 1};
    const u64 survivor = eden / 4;
    YoungSpace space;
    space.begin = space.edenBegin = begin;
    space.edenEnd = static_cast<u32>(begin + eden);
    u32 at = space.edenEnd;
    for (Survivors& each : space.survivors) {
      each.begin = each.top = at;
      at = static_cast<u32>(at + survivor);
      each.end = at;
    }
    space.end = (at + kFirstOffset - 1) & ~(kFirstOffset - 1);
    return space;
  }

  u64 bytes() const { return end - begin; }
  bool isYoung(u32 offset) const { return offset < end; }
};

}  // namespace wasmrun::gc
