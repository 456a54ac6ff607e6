// Region: the address space that a heap lives in, and the card table beside it.
//
//   base - 8 MiB                base      base + 64 KiB                          base + size
//   | card table: 1 byte per    | never   | objects: offsets are what a Ref      | guard |
//   | 512 bytes of the region   | open    | holds                                |       |
//
// With a size of 4 GiB (it is less only where address space is scarce) every u32 is an offset inside, and the fields of
// what a corrupt reference names are inside as well, for objects other than arrays.
#pragma once

#include "platform/mapping.h"

namespace wasmrun::gc {

inline constexpr u32 kCardLog2 = 9;
inline constexpr u32 kCardBytes = 1u << kCardLog2;
inline constexpr u64 kLargestRegion = u64{1} << 32;
/// The card of offset `o` is the byte at base - kCardTableBytes + (o >> kCardLog2). Code generators rely on it.
inline constexpr u64 kCardTableBytes = kLargestRegion >> kCardLog2;
/// Offsets below are no object's: what is read through null faults.
inline constexpr u32 kFirstOffset = 64 * 1024;

class Region {
 public:
  Region() = default;
  /// A region of 4 GiB, or of the largest smaller power of two that can be had, down to 64 MiB. Limit error if not even
  /// that.
  static Result<Region> reserve();

  u8* base() const { return mapping_.base() + kCardTableBytes; }
  u8* cards() const { return mapping_.base(); }
  u64 size() const { return size_; }

  // Offsets and sizes are multiples of the system's page size.
  /// Opens [offset, offset + bytes). Limit error if the system refuses.
  Result<void> open(u64 offset, u64 bytes) { return mapping_.commit(kCardTableBytes + offset, bytes); }
  /// Takes access away, so that references to what has moved away are found. Best effort.
  void close(u64 offset, u64 bytes);
  /// Gives the memory back to the system; reads as zeros afterwards.
  void giveBack(u64 offset, u64 bytes);
  void expectWrites(u64 offset, u64 bytes) { mapping_.expectWrites(kCardTableBytes + offset, bytes); }

 private:
  platform::Mapping mapping_;
  u64 size_ = 0;
};

}  // namespace wasmrun::gc
