#include "gc/old_space.h"

#include <algorithm>

namespace wasmrun::gc {

namespace {

/// An object above does not make allocation give up on a hole: it gets a fresh block, and the hole is kept for the
/// next.
constexpr u32 kSmall = 256;
/// Blocks with less free than this many bytes are not looked through.
constexpr u32 kLeastFree = kBlockBytes / 16;

}  // namespace

// -- Allocation ------------------------------------------------------------------------------------------------------

u32 OldSpace::freshBlock() {
  const u32 block = blocks_.take(1, BlockKind::Old, 0);
  CHECK(block != 0, "old space has the blocks that a collection was promised");
  blocks_.of(block).isDirty = true;
  return block;
}

/// Takes the next hole, which may have no room at all.
bool OldSpace::nextHole() {
  while (true) {
    while (cursor_ < cursorEnd_) {
      const u32 begin = cursor_;
      const u32 object = starts_.next(begin, cursorEnd_);
      cursor_ = object < cursorEnd_ ? static_cast<u32>(object + core_.bytesOf(Ref::fromBits(object))) : cursorEnd_;
      top_ = begin;
      end_ = object;
      return true;
    }
    if (withHoles_.empty()) return false;
    cursor_ = withHoles_.back().block;
    cursorEnd_ = cursor_ + kBlockBytes;
    withHoles_.pop_back();
  }
}

void OldSpace::findHole(u32 bytes) {
  if (bytes <= kSmall) {
    while (nextHole())
      if (bytes <= end_ - top_) return;
  }
  // The rest of a hole that a larger object does not fit in is lost until the next sweep, as is what holes have left.
  top_ = freshBlock();
  end_ = top_ + kBlockBytes;
}

bool OldSpace::forEach(const Collector::ObjectVisitor& visit) const {
  for (u32 begin = blocks_.begin(); begin < blocks_.end(); begin += kBlockBytes) {
    if (blocks_.of(begin).kind != BlockKind::Old) continue;
    const u32 end = begin + kBlockBytes;
    for (u32 at = starts_.next(begin, end); at < end; at = starts_.next(at + kGranule, end))
      if (!visit(Ref::fromBits(at), end)) return false;
  }
  return true;
}

// -- Sweeping --------------------------------------------------------------------------------------------------------

/// Whether anything in the block is alive.
bool OldSpace::sweepBlock(u32 block) {
  u64 any = 0;
  for (u32 at = block; at < block + kBlockBytes; at += GranuleBits::kWordBytes) {
    u64& marks = marks_.wordAt(at);
    starts_.wordAt(at) = marks;
    any |= marks;
    marks = 0;
  }
  return any != 0;
}

void OldSpace::poisonHoles(u32 block) {
  const u32 end = block + kBlockBytes;
  for (u32 at = block; at < end;) {
    const u32 object = starts_.next(at, end);
    core_.poison(at, object - at);
    at = object < end ? static_cast<u32>(object + core_.bytesOf(Ref::fromBits(object))) : end;
  }
}

u64 OldSpace::sweep() {
  top_ = end_ = cursor_ = cursorEnd_ = 0;
  withHoles_.clear();
  bytes_ = 0;
  for (u32 at = blocks_.begin(); at < blocks_.end(); at += kBlockBytes) {
    Block& block = blocks_.of(at);
    if (block.kind != BlockKind::Old) continue;
    const bool isAlive = sweepBlock(at);
    const u32 alive = std::exchange(block.value, 0);
    bytes_ += alive;
    if (core_.options.stress) poisonHoles(at);
    if (!isAlive) {
      blocks_.give(at, 1);
    } else if (alive <= kBlockBytes - kLeastFree) {
      withHoles_.push_back({at, alive});
    }
  }
  std::reverse(withHoles_.begin(), withHoles_.end());  // lowest first
  return bytes_;
}

// -- Emptying blocks -------------------------------------------------------------------------------------------------

std::vector<u32> OldSpace::takeSparse(u32 most, u64 bytes) {
  // What is not taken is allocated from last: it may be taken the next time.
  const auto rank = [&](const Holed& each) { return each.alive <= most ? each.alive : (u64{2} << 32) - each.block; };
  std::ranges::sort(withHoles_, {}, rank);
  std::vector<u32> taken;
  auto at = withHoles_.begin();
  for (; at != withHoles_.end() && at->alive <= std::min<u64>(most, bytes); ++at) {
    taken.push_back(at->block);
    bytes -= at->alive;
    bytes_ -= at->alive;
  }
  withHoles_.erase(withHoles_.begin(), at);
  return taken;
}

void OldSpace::release(u32 block) {
  for (u32 at = block; at < block + kBlockBytes; at += GranuleBits::kWordBytes) starts_.wordAt(at) = 0;
  if (core_.options.stress) core_.poison(block, kBlockBytes);
  blocks_.give(block, 1);
}

}  // namespace wasmrun::gc
