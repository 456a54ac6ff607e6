#include "gc/block_table.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace wasmrun::gc {

namespace {

/// Memory is opened in pieces of this size, so that the system has to be asked rarely.
constexpr u64 kStep = u64{1} << 20;

}  // namespace

Result<BlockTable> BlockTable::make(Region& region, u32 begin) {
  BlockTable table;
  WASMRUN_TRY_ASSIGN(table.mapping_, platform::Mapping::allocate((region.size() >> kBlockLog2) * sizeof(Block)));
  table.region_ = &region;
  table.begin_ = table.end_ = begin;
  table.noRunBelow_.fill(begin);
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

// -- Runs ------------------------------------------------------------------------------------------------------------

u32 BlockTable::lengthClass(u64 count) {
  if (count <= kExactLengths) return static_cast<u32>(count - 1);
  return kExactLengths + static_cast<u32>(std::bit_width(count - 1)) - std::bit_width(kExactLengths);
}

/// The shortest run of a class.
u64 BlockTable::leastOf(u32 lengthClass) {
  if (lengthClass < kExactLengths) return lengthClass + 1;
  return (u64{kExactLengths} << (lengthClass - kExactLengths)) + 1;
}

/// Blocks from `offset` on may be free again: a run that has come to be begins less than its length before.
void BlockTable::lookBelow(u32 offset) {
  for (u32 i = 0; i < kLengths; ++i) {
    const u64 before = (leastOf(i) - 1) << kBlockLog2;
    const u64 from = offset - begin_ > before ? offset - before : begin_;
    noRunBelow_[i] = std::min(noRunBelow_[i], static_cast<u32>(from));
  }
}

/// Where the lowest run of `count` free blocks begins.
u32 BlockTable::findRun(u64 count) {
  if (lowestGiven_ != kNone) lookBelow(std::exchange(lowestGiven_, kNone));
  const u32 of = lengthClass(count);
  const u64 least = leastOf(of);
  bool isKnown = false;  // where the first run of the class begins
  u64 run = 0;
  u32 at = noRunBelow_[of];
  const auto note = [&] { noRunBelow_[of] = static_cast<u32>(at - (run << kBlockLog2)); };
  while (at < end_ && run < count) {
    run = this->of(at).kind == BlockKind::Free ? run + 1 : 0;
    at += kBlockBytes;
    if (run >= least && !std::exchange(isKnown, true)) note();
  }
  if (!isKnown) note();
  // It may begin with the last free blocks, and go on behind them.
  return static_cast<u32>(at - (run << kBlockLog2));
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
  return offset;
}

void BlockTable::give(u32 offset, u64 count) {
  for (u64 i = 0; i < count; ++i) of(static_cast<u32>(offset + (i << kBlockLog2))).kind = BlockKind::Free;
  used_ -= count;
  lowestGiven_ = std::min(lowestGiven_, offset);
}

bool BlockTable::ensureFree(u64 count) {
  const u64 below = ((end_ - begin_) >> kBlockLog2) - used_;
  return below >= count || openUpTo(end_ + ((count - below) << kBlockLog2));
}

void BlockTable::trim(u64 keep) {
  while (end_ > begin_ && of(end_ - kBlockBytes).kind == BlockKind::Free) end_ -= kBlockBytes;
  for (u32& each : noRunBelow_) each = std::min(each, end_);
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
