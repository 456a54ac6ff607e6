// HeapCore: what a heap's collector, its verifier and its users share.
#pragma once

#include <optional>
#include <vector>

#include "gc/collection.h"
#include "gc/granule_bits.h"
#include "gc/handles.h"
#include "gc/layout_table.h"
#include "gc/object.h"
#include "gc/region.h"
#include "gc/statistics.h"

namespace wasmrun::gc {

/// Objects up to this size are made where the area says, if it has room, and may move; larger ones take the slow path.
inline constexpr u32 kSmallBytes = 8 * 1024;

enum class CollectorKind : u8 {
  Null,          ///< frees nothing
  Copying,       ///< two halves
  Generational,  ///< the one to use
};

struct HeapOptions {
  CollectorKind collector = CollectorKind::Generational;
  u64 maxBytes = kLargestRegion;    ///< of memory for objects; the region may allow less, 256 KiB are had in any case
  u64 nurseryBytes = u64{4} << 20;  ///< generational: bytes between young collections; less in a small heap
  bool stress = false;              ///< collect, and so move, at every allocation; poison what is vacated
  bool verify = false;              ///< check the heap before and after every collection
  CollectionListener onCollection;  ///< may be empty
  /// Asked before the memory for objects grows, in bytes as maxBytes counts them; false is as if the limit were
  /// reached. May be empty. Must not use the heap.
  std::function<bool(u64 current, u64 desired)> mayGrow;
};

/// What running code needs of the heap. Code generators reach it through a register: at these offsets, for good.
/// Its functions are inlined wherever they are called: some callers are compiled for machines of their own.
struct HeapState {
  u8* base = nullptr;
  u32 top = 0;    ///< where the next object goes
  u32 limit = 0;  ///< and where it must end; below `top` when every allocation shall take the slow path
  const Layout* const* layouts = nullptr;  ///< by type word

  [[gnu::always_inline]] Object& at(Ref ref) const { return *reinterpret_cast<Object*>(base + ref.bits()); }
  [[gnu::always_inline]] const Layout& layoutOf(const Object& object) const { return *layouts[object.type]; }

  /// Takes `bytes`, a multiple of kGranule, for an object of at most kSmallBytes. Null if that is the slow path's to
  /// do.
  [[gnu::always_inline]] Ref bump(u64 bytes) {
    const u32 begin = top;
    if (begin + bytes > limit) [[unlikely]]
      return Ref();
    top = static_cast<u32>(begin + bytes);
    return Ref::fromBits(begin);
  }

  [[gnu::always_inline]] u8* cardOf(u32 offset) const { return base - kCardTableBytes + (offset >> kCardLog2); }
  /// Writes a reference to an object, `place` bytes from the heap's start, with the barrier.
  [[gnu::always_inline]] void storeRef(u32 place, Ref value) const {
    std::memcpy(base + place, &value, sizeof value);
    *cardOf(place) = 1;
  }
};
static_assert(offsetof(HeapState, base) == 0 && offsetof(HeapState, top) == 8 && offsetof(HeapState, limit) == 12 &&
              offsetof(HeapState, layouts) == 16);

struct HeapCore {
  HeapState state;
  HeapOptions options;
  Region region;
  LayoutTable layouts;
  std::vector<RootSource*> sources;
  RootStack rooted;
  WeakTable weak;
  Statistics statistics;
  u32 noGcScopes = 0;
  GranuleBits seen;                 ///< the verifier's: clear between verifications, made by the first one
  std::optional<Error> corruption;  ///< what the verifier found first

  u8* bytesAt(u32 offset) const { return state.base + offset; }
  Object& at(Ref ref) const { return state.at(ref); }
  const Layout& layoutOf(const Object& object) const { return state.layoutOf(object); }
  u64 bytesOf(Ref ref) const { return gc::bytesOf(at(ref), layoutOf(at(ref))); }

  /// The memory that allocation goes through next. Counts what was allocated in the one before.
  void setArea(u32 top, u32 limit);
  /// Allocated in the present area.
  u64 areaBytes() const { return state.top - areaBegin_; }

  /// Whether objects may have `bytes` of memory, as the limit counts it: asks where that is more than before.
  bool mayUse(u64 bytes);
  /// What mayUse allowed.
  u64 grantedBytes() const { return options.mayGrow ? granted_ : options.maxBytes; }
  /// Memory went back to the system: so much is left.
  void gaveBackTo(u64 bytes);

  void visitRoots(RootVisitor& visitor, RootSet set);

  u8* cardOf(u32 offset) const { return state.cardOf(offset); }
  /// Fills vacated memory with what is no reference and no type.
  void poison(u32 offset, u64 bytes);

 private:
  u32 areaBegin_ = 0;
  u64 granted_ = 0;
};

}  // namespace wasmrun::gc
