// Objects as they lie in the heap.
//
//           0            4            8
//   struct  | type       | fields, by their alignment, in the order of layout.h ...
//   array   | type       | length     | elements ...
//   host    | type       | number in the heap's WeakTable |
//
// The type word is the bits of the object's exact type as a wasm::HeapType; it is below 2^26. There are no bits of the
// collector's in an object: marks, cards and ages are kept beside the heap or told by where an object lies. So no
// length and no field can run into them. The one exception lasts for a collection: an object that has been moved has
// its new place in the type word, told by the highest bit.
#pragma once

#include <cstring>

#include "gc/layout.h"
#include "gc/ref.h"

namespace wasmrun::gc {

inline constexpr u32 kTypeOffset = 0;
inline constexpr u32 kLengthOffset = 4;    ///< of arrays: u32
inline constexpr u32 kElementsOffset = 8;  ///< of arrays
inline constexpr u32 kHostNumberOffset = 4;

/// Everything up to the first element of an array; other objects have a field where the length is.
struct Object {
  u32 type;
  u32 length;

  u8* bytes() { return reinterpret_cast<u8*>(this); }
  const u8* bytes() const { return reinterpret_cast<const u8*>(this); }
  Ref* refAt(u32 offset) { return reinterpret_cast<Ref*>(bytes() + offset); }
  Ref* elements() { return refAt(kElementsOffset); }

  static constexpr u32 kMoved = 1u << 31;
  bool isMoved() const { return (type & kMoved) != 0; }
  Ref movedTo() const { return Ref::fromBits((type & ~kMoved) * kGranule); }
  void setMovedTo(Ref ref) { type = ref.bits() / kGranule | kMoved; }
};
static_assert(sizeof(Object) == kElementsOffset);

/// Bytes of an object in the heap, a multiple of kGranule.
inline u64 bytesOf(const Object& object, const Layout& layout) {
  return layout.kind == ObjectKind::Array ? arrayBytes(layout, object.length) : layout.size;
}

/// A copy of `bytes` bytes, a multiple of kGranule, elsewhere.
inline void copyObject(Object& to, const Object& from, u64 bytes) {
  if (bytes > 64) {
    std::memcpy(&to, &from, bytes);
    return;
  }
  // Most objects are a few words: no call.
  u64* out = reinterpret_cast<u64*>(&to);
  const u64* in = reinterpret_cast<const u64*>(&from);
  for (const u64* const end = in + bytes / sizeof(u64); in != end;) *out++ = *in++;
}

/// Calls visit(Ref*) for every place in an object that holds a reference, null and i31 included.
template <class Visit>
inline void forEachRef(Object& object, const Layout& layout, Visit&& visit) {
  if (layout.kind == ObjectKind::Array) {
    if (layout.element != Storage::Ref) return;
    Ref* at = object.elements();
    for (Ref* const end = at + object.length; at != end; ++at) visit(at);
    return;
  }
  const u32* const offsets = layout.refOffsets;
  for (u32 i = 0; i < layout.refCount; ++i) visit(object.refAt(offsets[i]));
}

}  // namespace wasmrun::gc
