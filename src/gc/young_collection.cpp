#include "gc/young_collection.h"

#include <algorithm>
#include <cstring>

namespace wasmrun::gc {

YoungCollection::YoungCollection(HeapCore& core, YoungSpace& young, BlockTable& blocks, OldSpace& old,
                                 LargeSpace& large, bool promoteAll)
    : core_(core),
      young_(young),
      blocks_(blocks),
      old_(old),
      large_(large),
      youngEnd_(young.end),
      oldEnough_(promoteAll ? 0 : young.edenEnd),
      hasYoungLarge_(large.hasYoung()),
      to_(young.survivors[1 - young.current]),
      scanned_(to_.begin) {}

// -- Moving ----------------------------------------------------------------------------------------------------------

Ref YoungCollection::room(Ref ref, u32 bytes) {
  if (ref.bits() < oldEnough_ && bytes <= to_.end - to_.top) {
    const Ref to = Ref::fromBits(to_.top);
    to_.top += bytes;
    return to;
  }
  const Ref to = old_.allocate(bytes);
  pending_.push_back(to);
  promotedBytes_ += bytes;
  return to;
}

/// The new place of an object in the young space that is being emptied.
inline Ref YoungCollection::moved(Ref ref) {
  Object& object = core_.at(ref);
  if (object.isMoved()) return object.movedTo();
  const u32 bytes = static_cast<u32>(bytesOf(object, core_.layoutOf(object)));
  const Ref to = room(ref, bytes);
  survivedBytes_ += bytes;
  copyObject(core_.at(to), object, bytes);
  object.setMovedTo(to);
  return to;
}

/// Brings a place up to date. Whether it still refers to a young object.
inline bool YoungCollection::follow(Ref* place) {
  const Ref ref = *place;
  if (ref.isNullOrI31()) return false;
  if (ref.bits() < youngEnd_) {
    // A place may come up twice: as a root that two sources show, or in an object promoted into a card that was dirty.
    if (isMovedAlready(ref)) return true;
    *place = moved(ref);
    return place->bits() < youngEnd_;
  }
  // A mark on an old large object would stay: ask whether it is young first.
  if (hasYoungLarge_ && blocks_.of(ref.bits()).kind == BlockKind::Large && large_.isYoung(ref) && large_.mark(ref))
    pending_.push_back(ref);
  return false;
}

Ref YoungCollection::find(Ref ref) {
  if (ref.bits() < youngEnd_) return core_.at(ref).isMoved() ? core_.at(ref).movedTo() : Ref();
  const bool isDead = blocks_.of(ref.bits()).kind == BlockKind::Large && large_.isYoung(ref) && !large_.isMarked(ref);
  return isDead ? Ref() : ref;
}

// -- Cards -----------------------------------------------------------------------------------------------------------

/// Looks through the part of an old object in [begin, end), the extent of a card.
void YoungCollection::scanPart(Ref ref, u64 begin, u64 end) {
  Object& object = core_.at(ref);
  const Layout& layout = core_.layoutOf(object);
  const u64 at = ref.bits();
  u8* const card = core_.cardOf(static_cast<u32>(begin));
  bool refersToYoung = false;
  if (layout.kind == ObjectKind::Array) {
    if (layout.element != Storage::Ref) return;
    const u64 elements = at + kElementsOffset;
    const u64 first = std::max(elements, begin), last = std::min(elements + u64{object.length} * sizeof(Ref), end);
    for (u64 place = first; place < last; place += sizeof(Ref))
      refersToYoung |= follow(object.refAt(static_cast<u32>(place - at)));
  } else {
    const u32* const last = layout.refOffsets + layout.refCount;
    const u32* offset = layout.refOffsets;
    if (begin > at) offset = std::lower_bound(offset, last, static_cast<u32>(begin - at));
    for (; offset != last && at + *offset < end; ++offset) refersToYoung |= follow(object.refAt(*offset));
  }
  if (refersToYoung) *card = 1;
}

void YoungCollection::scanCard(u64 card) {
  const u64 begin = card << kCardLog2, end = begin + kCardBytes;
  *core_.cardOf(static_cast<u32>(begin)) = 0;
  const u32 offset = static_cast<u32>(begin);
  switch (blocks_.of(offset).kind) {
    case BlockKind::Free:
    case BlockKind::Leaving: break;
    case BlockKind::Old:
      old_.forEachIn(offset, static_cast<u32>(end), [&](Ref ref) { scanPart(ref, begin, end); });
      break;
    case BlockKind::Large: {
      const Ref ref = large_.objectAt(offset);
      // A young one is looked through as a whole if it is met.
      if (!large_.isYoung(ref)) scanPart(ref, begin, end);
      break;
    }
  }
}

void YoungCollection::scanCards() {
  const u8* const cards = core_.region.cards();
  // Blocks, and so both ends, are whole words of cards.
  for (u64 card = blocks_.begin() >> kCardLog2; card < blocks_.end() >> kCardLog2; card += sizeof(u64)) {
    u64 word;
    std::memcpy(&word, cards + card, sizeof word);
    for (u64 i = card; word != 0; word >>= 8, ++i)
      if ((word & 0xff) != 0) scanCard(i);
  }
}

// -- The rest of the objects -----------------------------------------------------------------------------------------

/// Looks through an object that is old from now on.
void YoungCollection::scanWhole(Ref ref) {
  Object& object = core_.at(ref);
  forEachRef(object, core_.layoutOf(object), [&](Ref* place) {
    if (follow(place)) *core_.cardOf(static_cast<u32>(reinterpret_cast<u8*>(place) - core_.state.base)) = 1;
  });
}

void YoungCollection::drain() {
  while (true) {
    while (scanned_ < to_.top) {
      Object& object = core_.at(Ref::fromBits(scanned_));
      const Layout& layout = core_.layoutOf(object);
      forEachRef(object, layout, [&](Ref* place) { follow(place); });
      scanned_ += static_cast<u32>(bytesOf(object, layout));
    }
    if (pending_.empty()) return;
    const Ref ref = pending_.back();
    pending_.pop_back();
    scanWhole(ref);
  }
}

void YoungCollection::run() {
  core_.visitRoots(*this, RootSet::MayBeYoung);
  scanCards();
  drain();
  core_.weak.update(*this, true);
  large_.sweepYoung();
  YoungSpace::Survivors& from = young_.survivors[young_.current];
  if (core_.options.stress) {
    core_.poison(young_.edenBegin, core_.state.top - young_.edenBegin);
    core_.poison(from.begin, from.top - from.begin);
  }
  from.top = from.begin;
  young_.current = 1 - young_.current;
}

}  // namespace wasmrun::gc
