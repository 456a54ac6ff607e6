#include "gc/young_collection.h"

#include <algorithm>
#include <cstring>

#include "gc/tracing.h"

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

Ref YoungCollection::room(Ref ref, const Layout& layout, u32 bytes) {
  if (ref.bits() < oldEnough_ && bytes <= to_.end - to_.top) {
    const Ref to = Ref::fromBits(to_.top);
    to_.top += bytes;
    return to;
  }
  const Ref to = old_.allocate(bytes);
  if (hasRefs(layout)) pending_.push_back(to);
  promotedBytes_ += bytes;
  return to;
}

/// The new place of an object in the young space that is being emptied.
inline Ref YoungCollection::moved(Ref ref) {
  Object& object = core_.at(ref);
  if (object.isMoved()) return object.movedTo();
  const Layout& layout = core_.layoutOf(object);
  const u32 bytes = static_cast<u32>(bytesOf(object, layout));
  const Ref to = room(ref, layout, bytes);
  survivedBytes_ += bytes;
  copyObject(core_.at(to), object, bytes);
  object.setMovedTo(to);
  return to;
}

void YoungCollection::meetLarge(Ref ref) {
  // A mark on an old large object would stay: ask whether it is young first.
  if (blocks_.of(ref.bits()).kind == BlockKind::Large && large_.isYoung(ref) && large_.mark(ref))
    pending_.push_back(ref);
}

void YoungCollection::visit(Ref& ref) {
  if (ref.bits() >= youngEnd_) {
    if (hasYoungLarge_) meetLarge(ref);
  } else if (!isMovedAlready(ref)) {  // two sources may show a root
    ref = moved(ref);
  }
}

/// Brings a place in an object up to date, now or soon.
inline void YoungCollection::follow(Ref* place) {
  const Ref ref = *place;
  if (ref.bits() >= youngEnd_) {
    if (hasYoungLarge_ && ref.isObject()) meetLarge(ref);
    return;
  }
  if (ref.isNullOrI31()) return;
  __builtin_prefetch(&core_.at(ref));
  const u32 offset = static_cast<u32>(reinterpret_cast<u8*>(place) - core_.state.base);
  if (const u32 due = std::exchange(ahead_[nextAhead_++ % kAhead], offset); due != 0) update(due);
}

/// A place that refers to a young object.
inline void YoungCollection::update(u32 offset) {
  Ref& place = *reinterpret_cast<Ref*>(core_.bytesAt(offset));
  // A place may come up twice: in an object promoted into a card that was dirty.
  if (place.bits() < youngEnd_ && !isMovedAlready(place)) place = moved(place);
  if (place.bits() < youngEnd_ && offset >= youngEnd_) *core_.cardOf(offset) = 1;
}

/// Whether there were any.
bool YoungCollection::updateAll() {
  bool any = false;
  for (u32& place : ahead_) {
    if (place == 0) continue;
    update(std::exchange(place, 0));
    any = true;
  }
  return any;
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
  if (layout.kind == ObjectKind::Array) {
    if (layout.element != Storage::Ref) return;
    const u64 elements = at + kElementsOffset;
    const u64 first = std::max(elements, begin), last = std::min(elements + u64{object.length} * sizeof(Ref), end);
    for (u64 place = first; place < last; place += sizeof(Ref)) follow(object.refAt(static_cast<u32>(place - at)));
  } else {
    const u32* const last = layout.refOffsets + layout.refCount;
    const u32* offset = layout.refOffsets;
    if (begin > at) offset = std::lower_bound(offset, last, static_cast<u32>(begin - at));
    for (; offset != last && at + *offset < end; ++offset) follow(object.refAt(*offset));
  }
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

void YoungCollection::drain() {
  do {
    while (scanned_ < to_.top) {
      Object& object = core_.at(Ref::fromBits(scanned_));
      const Layout& layout = core_.layoutOf(object);
      forEachRef(object, layout, [&](Ref* place) { follow(place); });
      scanned_ += static_cast<u32>(bytesOf(object, layout));
    }
    while (!pending_.empty()) {
      Object& object = core_.at(pending_.back());
      pending_.pop_back();
      forEachRef(object, core_.layoutOf(object), [&](Ref* place) { follow(place); });
    }
  } while (scanned_ < to_.top || updateAll());
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
