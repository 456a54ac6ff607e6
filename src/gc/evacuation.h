// Evacuation: empties blocks of old space in which little is alive, when nothing is young: their objects move to where
// others are, and every reference to them follows. For each place that holds a reference, the block that it refers to
// says whether the object has left.
#pragma once

#include <span>

#include "gc/heap_core.h"
#include "gc/large_space.h"
#include "gc/old_space.h"

namespace wasmrun::gc {

class Evacuation final : RootVisitor, Survivors {
 public:
  Evacuation(HeapCore& core, BlockTable& blocks, OldSpace& old, LargeSpace& large)
      : core_(core), blocks_(blocks), old_(old), large_(large) {}

  /// `blocks` are old ones that allocation does not go through (OldSpace::takeSparse); they are free afterwards. Twice
  /// as many as their objects fill are free before (BlockTable::ensureFree). Bytes moved.
  u64 run(std::span<const u32> blocks);

 private:
  void visit(Ref& ref) override { ref = find(ref); }
  Ref find(Ref ref) override {
    return blocks_.of(ref.bits()).kind == BlockKind::Leaving ? core_.at(ref).movedTo() : ref;
  }
  bool isYoung(Ref) const override { return false; }

  u64 moveObjects(u32 block);
  bool updateFields(Ref ref);

  HeapCore& core_;
  BlockTable& blocks_;
  OldSpace& old_;
  LargeSpace& large_;
};

}  // namespace wasmrun::gc
