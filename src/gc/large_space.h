// LargeSpace: objects too large to be moved, each with blocks of its own. New ones are young: a young collection frees
// those that it does not come across.
#pragma once

#include <vector>

#include "gc/block_table.h"
#include "gc/collector.h"

namespace wasmrun::gc {

class LargeSpace {
 public:
  LargeSpace(HeapCore& core, BlockTable& blocks) : core_(core), blocks_(blocks) {}

  /// A young object's place; null if there are not enough blocks.
  Ref allocate(u64 bytes, bool zeroed);

  /// `ref` is an object of this space.
  bool isYoung(Ref ref) const { return entryOf(ref).isYoung; }
  bool isMarked(Ref ref) const { return entryOf(ref).isMarked; }
  /// False if it was marked.
  bool mark(Ref ref) { return !std::exchange(entryOf(ref).isMarked, true); }
  /// The object that the block at `offset` belongs to.
  Ref objectAt(u32 offset) const { return Ref::fromBits(entries_[blocks_.of(offset).value].offset); }

  bool hasYoung() const { return !young_.empty(); }
  u64 youngBytes() const { return youngBytes_; }
  /// Bytes of blocks.
  u64 bytes() const { return bytes_; }

  /// Young objects that are marked are old now, the others gone.
  void sweepYoung();
  /// Old objects that are not marked are gone. None are young.
  void sweep();

  /// As Collector::forEachObject.
  void forEach(const Collector::ObjectVisitor& visit) const;

 private:
  struct Entry {
    u32 offset = 0;  ///< 0: free
    u32 blocks = 0;
    u32 nextFree = 0;
    bool isYoung = false;
    bool isMarked = false;
  };
  const Entry& entryOf(Ref ref) const { return entries_[blocks_.of(ref.bits()).value]; }
  Entry& entryOf(Ref ref) { return entries_[blocks_.of(ref.bits()).value]; }
  void clear(u32 offset, u64 blocks, u64 bytes);
  void free(u32 number);

  HeapCore& core_;
  BlockTable& blocks_;
  std::vector<Entry> entries_ = std::vector<Entry>(1);
  std::vector<u32> young_;
  u32 firstFree_ = 0;
  u64 youngBytes_ = 0, bytes_ = 0;
};

}  // namespace wasmrun::gc
