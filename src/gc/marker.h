// Marker: finds what is alive in old and large space, when there are no young objects.
//
// Depth first, with a list of what is left to look through. Long arrays are put back with the element to go on at, so
// the list does not grow with their length.
#pragma once

#include <vector>

#include "gc/heap_core.h"
#include "gc/large_space.h"
#include "gc/old_space.h"

namespace wasmrun::gc {

class Marker final : public RootVisitor, public Survivors {
 public:
  Marker(HeapCore& core, const BlockTable& blocks, OldSpace& old, LargeSpace& large)
      : core_(core), blocks_(blocks), old_(old), large_(large) {}
  /// Marks all that can be reached from the roots.
  void run();

  Ref find(Ref ref) override { return isMarked(ref) ? ref : Ref(); }
  bool isYoung(Ref) const override { return false; }

 private:
  struct Pending {
    Ref object;
    u32 element;
  };
  void visit(Ref& ref) override { mark(ref); }
  bool isMarked(Ref ref) const {
    return blocks_.of(ref.bits()).kind == BlockKind::Large ? large_.isMarked(ref) : old_.isMarked(ref);
  }
  void mark(Ref ref);
  void scan(Pending pending);

  HeapCore& core_;
  const BlockTable& blocks_;
  OldSpace& old_;
  LargeSpace& large_;
  std::vector<Pending> pending_;
};

}  // namespace wasmrun::gc
