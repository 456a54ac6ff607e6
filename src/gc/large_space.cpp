#include "gc/large_space.h"

#include <algorithm>
#include <cstring>

namespace wasmrun::gc {

/// Makes zeros of the first `bytes` of a run of blocks, those of its blocks that are not zeros anyway.
void LargeSpace::clear(u32 offset, u64 blocks, u64 bytes) {
  for (u64 i = 0; i < blocks; ++i) {
    const u64 at = i << kBlockLog2;
    if (blocks_.of(static_cast<u32>(offset + at)).isDirty)
      std::memset(core_.bytesAt(offset) + at, 0, std::min<u64>(kBlockBytes, bytes - at));
  }
}

Ref LargeSpace::allocate(u64 bytes, bool zeroed) {
  const u64 count = blocksFor(bytes);
  u32 number = firstFree_;
  if (number == 0) {
    number = support::narrow<u32>(entries_.size());
    entries_.emplace_back();
  }
  const u32 next = entries_[number].nextFree;
  const u32 offset = blocks_.take(count, BlockKind::Large, number);
  if (offset == 0) {
    // A new entry without a place is a free one.
    firstFree_ = number;
    return Ref();
  }
  firstFree_ = next;
  if (zeroed) clear(offset, count, bytes);
  for (u64 i = 0; i < count; ++i) blocks_.of(static_cast<u32>(offset + (i << kBlockLog2))).isDirty = true;
  entries_[number] = Entry{.offset = offset, .blocks = static_cast<u32>(count), .isYoung = true};
  young_.push_back(number);
  youngBytes_ += count << kBlockLog2;
  bytes_ += count << kBlockLog2;
  return Ref::fromBits(offset);
}

void LargeSpace::free(u32 number) {
  Entry& entry = entries_[number];
  if (core_.options.stress) core_.poison(entry.offset, u64{entry.blocks} << kBlockLog2);
  blocks_.give(entry.offset, entry.blocks);
  bytes_ -= u64{entry.blocks} << kBlockLog2;
  entry = Entry{.nextFree = firstFree_};
  firstFree_ = number;
}

void LargeSpace::forEach(const Collector::ObjectVisitor& visit) const {
  for (const Entry& entry : entries_) {
    const u64 end = entry.offset + (u64{entry.blocks} << kBlockLog2);
    if (entry.offset != 0 && !visit(Ref::fromBits(entry.offset), end)) return;
  }
}

void LargeSpace::sweepYoung() {
  for (const u32 number : young_) {
    Entry& entry = entries_[number];
    entry.isYoung = false;
    if (!std::exchange(entry.isMarked, false)) free(number);
  }
  young_.clear();
  youngBytes_ = 0;
}

void LargeSpace::sweep() {
  for (u32 number = 1; number < entries_.size(); ++number) {
    Entry& entry = entries_[number];
    if (entry.offset != 0 && !std::exchange(entry.isMarked, false)) free(number);
  }
}

}  // namespace wasmrun::gc
