// YoungCollection: one collection of the young objects of a generational heap.
//
//   1. roots and dirty cards: what they refer to in young space is moved, and so on through what was moved
//   2. weak references
//   3. young space is empty but for one survivor space; large objects that were not met are gone
//
// Moved objects are looked through: survivors by a pointer that runs after the one they are put at, promoted ones from
// a list. A place in an old object that still refers to a young one afterwards has its card dirty.
//
// Young objects lie where they were made, not in the order they are found: to look at one is to wait for memory. So a
// place is put in a short queue when its object is asked for, and brought up to date when others have been put behind
// it (prefetching on grey, C.-Y. Cher, A. Hosking, T. N. Vijaykumar, 2004).
#pragma once

#include <vector>

#include "gc/heap_core.h"
#include "gc/large_space.h"
#include "gc/old_space.h"
#include "gc/young_space.h"

namespace wasmrun::gc {

class YoungCollection final : public RootVisitor, Survivors {
 public:
  /// `promoteAll`: no object is young afterwards.
  YoungCollection(HeapCore& core, YoungSpace& young, BlockTable& blocks, OldSpace& old, LargeSpace& large,
                  bool promoteAll);
  void run();
  /// Bytes moved, and of those the ones moved to old space. After run().
  u64 survivedBytes() const { return survivedBytes_; }
  u64 promotedBytes() const { return promotedBytes_; }

 private:
  void visit(Ref& ref) override;
  Ref find(Ref ref) override;
  bool isYoung(Ref ref) const override { return young_.isYoung(ref.bits()); }

  void follow(Ref* place);
  void update(u32 place);
  bool updateAll();
  void meetLarge(Ref ref);
  bool isMovedAlready(Ref young) const { return young.bits() - to_.begin < to_.end - to_.begin; }
  Ref moved(Ref ref);
  Ref room(Ref ref, const Layout& layout, u32 bytes);
  void scanCards();
  void scanCard(u64 card);
  void scanPart(Ref ref, u64 begin, u64 end);
  void drain();

  HeapCore& core_;
  YoungSpace& young_;
  BlockTable& blocks_;
  OldSpace& old_;
  LargeSpace& large_;
  const u32 youngEnd_;
  const u32 oldEnough_;  // objects from here on in young space are promoted
  const bool hasYoungLarge_;
  YoungSpace::Survivors& to_;
  u32 scanned_;               // in `to_`
  std::vector<Ref> pending_;  // in old or large space, to look through
  static constexpr u32 kAhead = 8;
  u32 ahead_[kAhead] = {};  // offsets of places that wait for their objects; 0: none
  u32 nextAhead_ = 0;
  u64 survivedBytes_ = 0, promotedBytes_ = 0;
};

}  // namespace wasmrun::gc
