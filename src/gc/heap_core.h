// HeapCore: what a heap's collector, its verifier and its users share.
#pragma once

#include <optional>
#include <vector>

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
};

/// What code generators reach through a register: at these offsets, for good.
struct HeapState {
  u8* base = nullptr;
  u32 top = 0;    ///< where the next object goes
  u32 limit = 0;  ///< and where it must end; below `top` when every allocation shall take the slow path
  const Layout* const* layouts = nullptr;  ///< by type word
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
  PersistentTable persistent;
  WeakTable weak;
  Statistics statistics;
  u32 noGcScopes = 0;
  GranuleBits seen;                 ///< the verifier's: clear between verifications, made by the first one
  std::optional<Error> corruption;  ///< what the verifier found first

  u8* bytesAt(u32 offset) const { return state.base + offset; }
  Object& at(Ref ref) const { return *reinterpret_cast<Object*>(bytesAt(ref.bits())); }
  const Layout& layoutOf(const Object& object) const { return *state.layouts[object.type]; }
  u64 bytesOf(Ref ref) const { return gc::bytesOf(at(ref), layoutOf(at(ref))); }

  /// The memory that allocation goes through next. Counts what was allocated in the one before.
  void setArea(u32 top, u32 limit);
  /// Allocated in the present area.
  u64 areaBytes() const { return state.top - areaBegin_; }

  void visitRoots(RootVisitor& visitor, RootSet set);

  u8* cardOf(u32 offset) const { return region.cards() + (offset >> kCardLog2); }
  /// Fills vacated memory with what is no reference and no type.
  void poison(u32 offset, u64 bytes);

 private:
  u32 areaBegin_ = 0;
};

}  // namespace wasmrun::gc
