// GranuleBits: one bit for every granule of a region: where objects start, which are marked.
//
// A card is as many granules as a word has bits, so the bits of a card are one word.
#pragma once

#include <bit>

#include "gc/ref.h"
#include "gc/region.h"

namespace wasmrun::gc {

class GranuleBits {
 public:
  static constexpr u32 kWordBytes = 64 * kGranule;  ///< of the region, a word stands for
  static_assert(kWordBytes == kCardBytes);

  GranuleBits() = default;
  /// All clear; words that nothing was set in take no memory. Limit error if there is no address space.
  static Result<GranuleBits> make(u64 regionBytes) {
    GranuleBits bits;
    WASMRUN_TRY_ASSIGN(bits.mapping_, platform::Mapping::allocate(regionBytes / kWordBytes * sizeof(u64)));
    return bits;
  }

  bool isMade() const { return mapping_.base() != nullptr; }

  /// The word of [offset, offset + kWordBytes), bit 0 for the first granule. `offset` is a multiple of kWordBytes.
  u64& wordAt(u64 offset) const { return words()[offset / kWordBytes]; }

  bool test(u32 offset) const { return (words()[offset / kWordBytes] >> bitOf(offset) & 1) != 0; }
  void set(u32 offset) { words()[offset / kWordBytes] |= u64{1} << bitOf(offset); }
  void clear(u32 offset) { words()[offset / kWordBytes] &= ~(u64{1} << bitOf(offset)); }
  /// Sets the bit; whether it was clear.
  bool setIfClear(u32 offset) {
    u64& word = words()[offset / kWordBytes];
    const u64 bit = u64{1} << bitOf(offset);
    if ((word & bit) != 0) return false;
    word |= bit;
    return true;
  }

  /// Offset of the first bit set in [from, end), or `end`.
  u32 next(u32 from, u32 end) const {
    u32 at = from / kWordBytes;
    u64 word = words()[at] >> bitOf(from) << bitOf(from);
    while (word == 0) {
      if (u64{++at} * kWordBytes >= end) return end;
      word = words()[at];
    }
    const u32 found = at * kWordBytes + static_cast<u32>(std::countr_zero(word)) * kGranule;
    return found < end ? found : end;
  }
  /// Offset of the last bit set in [begin, offset), or `offset` if none. `offset` is a multiple of kWordBytes.
  u32 lastBefore(u32 offset, u32 begin) const {
    for (u32 at = offset; at > begin;) {
      at -= kWordBytes;
      const u64 word = wordAt(at);
      if (word != 0) return at + (63 - static_cast<u32>(std::countl_zero(word))) * kGranule;
    }
    return offset;
  }

 private:
  static u32 bitOf(u32 offset) { return offset / kGranule % 64; }
  u64* words() const { return reinterpret_cast<u64*>(mapping_.base()); }
  platform::Mapping mapping_;
};

}  // namespace wasmrun::gc
