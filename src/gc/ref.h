// Ref: a reference as the heap, frames, globals and tables hold it.
//
//   null     0
//   i31      value(31) 1
//   object   offset(29) 000        bytes from the start of the heap's region, a multiple of 8
//
// The region is 4 GiB, so every pattern stays inside it. All hierarchies but func use this one form: anyref and its
// subtypes, externref (host objects are objects of the heap) and exnref. So any.convert_extern and extern.convert_any
// leave the bits alone, and keep identity, i31 included. A frame slot has 8 bytes: the reference, then zeros.
#pragma once

#include <type_traits>

#include "support/int.h"

namespace wasmrun::gc {

class Ref {
 public:
  constexpr Ref() = default;
  static constexpr Ref fromBits(u32 bits) { return Ref(bits); }
  /// ref.i31: the low 31 bits of `value`.
  static constexpr Ref i31(u32 value) { return Ref(value << 1 | 1u); }
  /// What a frame slot, a global's cell or a table's element holds, if it is not of the func hierarchy.
  static constexpr Ref fromSlot(u64 slot) { return Ref(static_cast<u32>(slot)); }

  constexpr u32 bits() const { return bits_; }
  constexpr u64 slot() const { return bits_; }

  constexpr bool isNull() const { return bits_ == 0; }
  constexpr bool isI31() const { return (bits_ & 1) != 0; }
  /// The only place that tells references to objects from the others: collectors, barriers and casts ask here.
  constexpr bool isNullOrI31() const { return isNull() || isI31(); }
  constexpr bool isObject() const { return !isNullOrI31(); }

  /// i31.get_s and i31.get_u. It is an i31.
  constexpr i32 i31Signed() const { return static_cast<i32>(bits_) >> 1; }
  constexpr u32 i31Unsigned() const { return bits_ >> 1; }

  friend constexpr bool operator==(Ref, Ref) = default;

 private:
  constexpr explicit Ref(u32 bits) : bits_(bits) {}
  u32 bits_ = 0;
};

static_assert(sizeof(Ref) == 4 && std::is_trivially_copyable_v<Ref>);

/// Objects begin at, and take, multiples of this many bytes.
inline constexpr u32 kGranule = 8;

/// What memory that no object owns any more is filled with when mistakes are looked for: no reference (neither
/// aligned nor an i31), no type.
inline constexpr u32 kPoison = 0xbadbad66;

}  // namespace wasmrun::gc
