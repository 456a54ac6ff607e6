#include "gc/block_table.h"

#include <algorithm>

namespace wasmrun::gc {

namespace {

/// Memory is opened in pieces of this size, so that the system has to be asked rarely.
constexpr u64 kStep = u64{1} << 20;

}  // namespace

Result<BlockTable> BlockTable::make(Region& region, u32 begin) {
  BlockTable table;
  WASMRUN_TRY_ASSIGN(table.mapping_, platform::Mapping::allocate((region.size() >> kBlockLog2) * sizeof(Block)));
  table.region_ = &region;
  table.begin_ = table.end_ = table.firstFree_ = begin;
  table.opened_ = begin;
  // So every end of a run is a u32.
  table.last_ = region.size() - kFirstOffset;
  return table;
}

bool BlockTable::openUpTo(u64 end) {
  if (end <= opened_) return true;
  if (end > last_) return false;
  // Whole system pages, which no system has larger than kFirstOffset.
  const u64 target = std::min(last_, (std::max(end, opened_ + kStep) + kFirstOffset - 1) & ~u64{kFirstOffset - 1});
  if (!region_->open(opened_, target - opened_)) return false;
  opened_ = target;
  return true;
}

u32 BlockTable::findRun(u64 count) const {
  u64 run = 0;
  for (u32 at = firstFree_; at < end_; at += kBlockBytes) {
    run = of(at).kind == BlockKind::Free ? run + 1 : 0;
    if (run == count) return static_cast<u32>(at + kBlockBytes - (count << kBlockLog2));
  }
  // The last free blocks and what follows them.
  return static_cast<u32>(end_ - (run << kBlockLog2));
}

u32 BlockTable::take(u64 count, BlockKind kind, u32 value) {
  if (count > last_ >> kBlockLog2) return 0;
  const u32 offset = findRun(count);
  const u64 runEnd = offset + (count << kBlockLog2);
  if (!openUpTo(runEnd)) return 0;
  end_ = std::max(end_, static_cast<u32>(runEnd));
  for (u64 at = offset; at < runEnd; at += kBlockBytes) {
    Block& block = of(static_cast<u32>(at));
    block.kind = kind;
    block.value = value;
  }
  used_ += count;
  if (offset == firstFree_) firstFree_ = static_cast<u32>(runEnd);
  return offset;
}

void BlockTable::give(u32 offset, u64 count) {
  for (u64 i = 0; i < count; ++i) of(static_cast<u32>(offset + (i << kBlockLog2))).kind = BlockKind::Free;
  used_ -= count;
  firstFree_ = std::min(firstFree_, offset);
}

bool BlockTable::ensureFree(u64 count) {
  const u64 below = ((end_ - begin_) >> kBlockLog2) - used_;
  return below >= count || openUpTo(end_ + ((count - below) << kBlockLog2));
}

void BlockTable::trim(u64 keep) {
  while (end_ > begin_ && of(end_ - kBlockBytes).kind == BlockKind::Free) end_ -= kBlockBytes;
  firstFree_ = std::min(firstFree_, end_);
  // From the far end on, run by run. Blocks at and after end_ may be dirty as well.
  u64 runEnd = opened_;
  for (u64 at = opened_; at > begin_;) {
    at -= kBlockBytes;
    Block& block = of(static_cast<u32>(at));
    const bool isWaste = block.kind == BlockKind::Free && block.isDirty && (keep == 0 || keep-- == 0);
    if (isWaste) {
      block.isDirty = false;
      if (at != begin_) continue;
      at -= kBlockBytes;  // the run begins at the first block
    }
    const u64 runBegin = at + kBlockBytes;
    if (runBegin < runEnd) region_->giveBack(runBegin, runEnd - runBegin);
    runEnd = at;
    if (at < begin_) break;
  }
}

}  // namespace wasmrun::gc
