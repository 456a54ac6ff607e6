// BlockTable: who has which part of the old end of a region: runs of blocks of 16 KiB.
#pragma once

#include <array>

#include "gc/region.h"

namespace wasmrun::gc {

inline constexpr u32 kBlockLog2 = 14;
inline constexpr u32 kBlockBytes = 1u << kBlockLog2;

constexpr u64 blocksFor(u64 bytes) { return (bytes + kBlockBytes - 1) >> kBlockLog2; }

enum class BlockKind : u8 {
  Free,
  Old,
  Large,
  Leaving,  ///< for the time of an Evacuation: old objects that have moved
};

struct Block {
  BlockKind kind = BlockKind::Free;
  bool isDirty = false;  ///< may hold other bytes than zeros
  u32 value = 0;         ///< Old: bytes marked, while a full collection lasts; Large: its number in the LargeSpace
};

class BlockTable {
 public:
  BlockTable() = default;
  /// Manages [begin, the region's end); `begin` is a multiple of kBlockBytes. Limit error if there is no memory.
  static Result<BlockTable> make(Region& region, u32 begin);

  /// Offset of `count` adjacent blocks, open, of kind `kind`; 0 if there is no such run or the system refuses.
  u32 take(u64 count, BlockKind kind, u32 value);
  void give(u32 offset, u64 count);
  /// Sees to it that `count` calls take(1) succeed. False if the region or the system has not so many.
  bool ensureFree(u64 count);
  /// Gives the memory of free blocks back to the system, but for `keep` of them.
  void trim(u64 keep);

  Block& of(u32 offset) { return blocks()[offset >> kBlockLog2]; }
  const Block& of(u32 offset) const { return blocks()[offset >> kBlockLog2]; }
  /// No block that is not free begins below `begin` or at `end` or after.
  u32 begin() const { return begin_; }
  u32 end() const { return end_; }
  u64 usedBytes() const { return used_ << kBlockLog2; }

 private:
  Block* blocks() const { return reinterpret_cast<Block*>(mapping_.base()); }

  // Runs are looked for from the lowest offset on, but not again and again past what is too short: for each length
  // there is an offset below which no run of that length begins. Of long runs there are few: they share one for lengths
  // up to twice as large.
  static constexpr u32 kExactLengths = 32, kLengths = kExactLengths + 14;
  static u32 lengthClass(u64 count);
  static u64 leastOf(u32 lengthClass);
  void lookBelow(u32 offset);
  u32 findRun(u64 count);
  bool openUpTo(u64 end);

  Region* region_ = nullptr;
  platform::Mapping mapping_;
  u32 begin_ = 0;
  u32 end_ = 0;     // grows, and shrinks when the last blocks are given back
  u64 opened_ = 0;  // offset
  u64 last_ = 0;    // offset where the region ends for us
  u64 used_ = 0;    // blocks not free
  std::array<u32, kLengths> noRunBelow_ = {};
  static constexpr u32 kNone = ~u32{0};
  u32 lowestGiven_ = kNone;  // since the last run was looked for
};

}  // namespace wasmrun::gc
