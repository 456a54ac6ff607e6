#include "gc/array_ops.h"

#include <algorithm>
#include <cstring>

namespace wasmrun::gc {

namespace {

/// Where elements lie.
struct Range {
  u64 offset;  ///< in the array
  u64 bytes;
  Range(const Layout& layout, u32 index, u32 count)
      : offset(kElementsOffset + (u64{index} << layout.elementLog2)), bytes(u64{count} << layout.elementLog2) {}
};

/// Repeats the first `unit` bytes until `bytes` are filled, in pieces that grow to what the caches like.
void repeat(u8* at, u64 unit, u64 bytes) {
  constexpr u64 kLargestPiece = 32 * 1024;
  for (u64 done = unit; done < bytes;) {
    const u64 piece = std::min({done, kLargestPiece, bytes - done});
    std::memcpy(at + done, at, piece);
    done += piece;
  }
}

void noteWritten(Heap& heap, Ref array, const Layout& layout, const Range& range) {
  if (layout.element == Storage::Ref) heap.wroteRefs(array, range.offset, range.bytes);
}

}  // namespace

void fillElements(Heap& heap, Ref array, u32 index, u32 count, const ElementBits& value) {
  const Layout& layout = heap.layoutOf(array);
  const Range range(layout, index, count);
  if (range.bytes == 0) return;
  u8* const at = heap.at(array).bytes() + range.offset;
  const u64 unit = u64{1} << layout.elementLog2;
  if (unit == 1) {
    std::memset(at, static_cast<u8>(value.words[0]), range.bytes);
  } else {
    std::memcpy(at, value.words, unit);
    repeat(at, unit, range.bytes);
  }
  // Null and i31 need no barrier, but a fill with them is as cheap with it.
  noteWritten(heap, array, layout, range);
}

void copyElements(Heap& heap, Ref to, u32 toIndex, Ref from, u32 fromIndex, u32 count) {
  const Layout& layout = heap.layoutOf(to);
  const Range target(layout, toIndex, count), source(layout, fromIndex, count);
  DCHECK(heap.layoutOf(from).element == layout.element, "elements are copied between arrays that store them alike");
  std::memmove(heap.at(to).bytes() + target.offset, heap.at(from).bytes() + source.offset, target.bytes);
  noteWritten(heap, to, layout, target);
}

void setElements(Heap& heap, Ref array, u32 index, std::span<const u8> bytes) {
  if (bytes.empty()) return;
  const Range range(heap.layoutOf(array), index, 0);
  std::memcpy(heap.at(array).bytes() + range.offset, bytes.data(), bytes.size());
}

void setElementsFromSlots(Heap& heap, Ref array, u32 index, std::span<const u64> slots) {
  const Layout& layout = heap.layoutOf(array);
  Ref* at = heap.at(array).elements() + index;
  for (const u64 slot : slots) *at++ = Ref::fromSlot(slot);
  noteWritten(heap, array, layout, Range(layout, index, static_cast<u32>(slots.size())));
}

}  // namespace wasmrun::gc
