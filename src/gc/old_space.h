// OldSpace: objects that have survived. What a full collection has not marked becomes holes. Objects stay where they
// are, until so little is left of a block's that it is worth emptying (Evacuation).
//
// Objects go into holes one after the other, as into fresh memory: between two objects that stay there is a hole if
// there is any room. Where objects begin is known from one bit a granule (the start bits), which is also how cards and
// the verifier find objects. A hole has nothing in it that needs to be kept up.
#pragma once

#include <vector>

#include "gc/block_table.h"
#include "gc/collector.h"
#include "gc/granule_bits.h"

namespace wasmrun::gc {

class OldSpace {
 public:
  /// Larger objects are the LargeSpace's.
  static constexpr u32 kLargest = kSmallBytes;
  static_assert(kLargest <= kBlockBytes / 2, "at worst half of a block is lost (GenerationalCollector::run)");

  OldSpace(HeapCore& core, BlockTable& blocks, GranuleBits starts, GranuleBits marks)
      : core_(core), blocks_(blocks), starts_(std::move(starts)), marks_(std::move(marks)) {}

  /// Room for an object of at most kLargest bytes; enough blocks are free (BlockTable::ensureFree). Never null.
  Ref allocate(u32 bytes) {
    if (bytes > end_ - top_) findHole(bytes);
    return bump(top_, bytes);
  }

  /// Marks an object. False if it was marked.
  bool mark(Ref ref, u64 bytes) {
    if (!marks_.setIfClear(ref.bits())) return false;
    blocks_.of(ref.bits()).value += static_cast<u32>(bytes);
    return true;
  }
  bool isMarked(Ref ref) const { return marks_.test(ref.bits()); }
  /// What is not marked is gone; nothing is marked any more. Bytes alive.
  u64 sweep();

  /// Bytes of objects, dead ones that were not swept yet included.
  u64 bytes() const { return bytes_; }

  /// After a sweep, blocks of which no more than `most` bytes are alive, of together no more than `bytes` alive, the
  /// emptiest first. Allocation does not go through them any more, and their objects count no more; forEachIn knows
  /// them until release.
  std::vector<u32> takeSparse(u32 most, u64 bytes);
  /// A block that was taken, and is empty now, is free.
  void release(u32 block);

  /// Calls visit(Ref) for the objects that have a part in [begin, end), which lies in one block.
  template <class Visit>
  void forEachIn(u32 begin, u32 end, Visit&& visit) const {
    const u32 blockBegin = begin & ~(kBlockBytes - 1);
    const u32 before = starts_.lastBefore(begin & ~(GranuleBits::kWordBytes - 1), blockBegin);
    if (before < begin && !starts_.test(begin)) visit(Ref::fromBits(before));
    for (u32 at = starts_.next(begin, end); at < end; at = starts_.next(at + kGranule, end)) visit(Ref::fromBits(at));
  }
  /// As Collector::forEachObject. False if `visit` ended the walk.
  bool forEach(const Collector::ObjectVisitor& visit) const;

 private:
  Ref bump(u32& top, u32 bytes) {
    const Ref ref = Ref::fromBits(top);
    top += bytes;
    starts_.set(ref.bits());
    bytes_ += bytes;
    return ref;
  }
  void findHole(u32 bytes);
  bool nextHole();
  u32 freshBlock();
  bool sweepBlock(u32 block);
  void poisonHoles(u32 block);

  HeapCore& core_;
  BlockTable& blocks_;
  GranuleBits starts_, marks_;
  u64 bytes_ = 0;

  // The hole that allocation goes through, and where to look for the next.
  u32 top_ = 0, end_ = 0;
  u32 cursor_ = 0, cursorEnd_ = 0;  // rest of the block that holes are taken from
  struct Holed {
    u32 block;
    u32 alive;  // bytes
  };
  std::vector<Holed> withHoles_;  // blocks not looked at since the last sweep; the next one last
};

}  // namespace wasmrun::gc
