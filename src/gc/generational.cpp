// The generational collector. Objects are made in young space, which is collected often and quickly: most objects die
// there. What survives twice moves to old space, which is collected when it has grown to twice of what was alive, or
// has not been for so long that it may have shrunk.
//
// The heap's limit counts all of young space and the blocks of old and large space. A collection may exceed it for its
// duration, by at most the size of young space or an eighth of the limit. If it does afterwards, then the allocation
// that asked for it fails, and so do the following ones until a full collection has found room.
#include <algorithm>
#include <cstring>

#include "gc/collector.h"
#include "gc/evacuation.h"
#include "gc/marker.h"
#include "gc/young_collection.h"
#include "support/text.h"

namespace wasmrun::gc {

namespace {

/// Old space is not collected before it has this many bytes.
constexpr u64 kFirstFullBytes = u64{8} << 20;
/// A young collection shall not have more than this to move: eden is made smaller when it would. About a millisecond.
constexpr u64 kMovedAtOnce = u64{512} << 10;
/// A full collection is due when so many times what is old has been allocated since the last one; then it costs little
/// beside that. Twice as many after one that found little.
constexpr u64 kFirstPatience = 16, kMostPatience = 1024;
/// Large objects made since the last young collection, for each byte of eden.
constexpr u64 kLargePerEden = 4;
/// Free memory that is kept after a full collection.
constexpr u64 kKeptBytes = u64{4} << 20;
/// In stress mode, every so many collections is a full one, or fewer of a large heap.
constexpr u64 kStressFullEvery = 16;
constexpr u64 kLargestObject = u64{1} << 31;

class GenerationalCollector final : public Collector {
 public:
  GenerationalCollector(HeapCore& core, YoungSpace young, BlockTable blocks, GranuleBits starts, GranuleBits marks)
      : Collector(core),
        young_(young),
        blocks_(std::move(blocks)),
        old_(core, blocks_, std::move(starts), std::move(marks)),
        large_(core, blocks_),
        // A program may begin by building what it keeps.
        eden_(std::min<u64>(young.edenEnd - young.begin, kMovedAtOnce)),
        oldBudget_(budgetFor(core, young)) {
    openEden();
  }

  std::expected<Ref, AllocFailure> allocate(u64 bytes, bool zeroed) override {
    if (isCorrupt()) return std::unexpected(AllocFailure::Corrupt);
    if (bytes > maxObjectBytes()) return std::unexpected(AllocFailure::TooLarge);
    const bool isLarge = bytes > OldSpace::kLargest;
    if (core_.options.stress || !hasRoom(bytes, isLarge) || (isLarge && isDueForLarge())) {
      if (!collectFor(bytes, isLarge)) return std::unexpected(AllocFailure::Corrupt);
      if (!hasRoom(bytes, isLarge)) return std::unexpected(AllocFailure::HeapFull);
    }
    if (isLarge) {
      const Ref ref = large_.allocate(bytes, zeroed);
      if (ref.isNull()) return std::unexpected(AllocFailure::HeapFull);
      core_.statistics.allocatedBytes += bytes;
      return ref;
    }
    const u32 top = core_.state.top;
    core_.state.top = static_cast<u32>(top + bytes);
    if (zeroed) std::memset(core_.bytesAt(top), 0, bytes);
    return Ref::fromBits(top);
  }

  void forEachObject(const ObjectVisitor& visit) const override {
    const YoungSpace::Survivors& survivors = young_.survivors[young_.current];
    if (forEachFrom(young_.edenBegin, core_.state.top, visit) && forEachFrom(survivors.begin, survivors.top, visit) &&
        old_.forEach(visit))
      large_.forEach(visit);
  }
  u64 objectBytes() const override { return movableBytes() + old_.bytes() + large_.bytes(); }
  u64 usedBytes() const override { return young_.bytes() + blocks_.usedBytes(); }
  u64 maxObjectBytes() const override { return std::min(oldBudget_, kLargestObject); }

  bool isYoung(Ref ref) const override {
    if (young_.isYoung(ref.bits())) return true;
    return blocks_.of(ref.bits()).kind == BlockKind::Large && large_.isYoung(ref);
  }
  bool isForgotten(Ref holder, u32 offset, Ref target) const override {
    if (!isYoung(target) || isYoung(holder)) return false;
    // Large objects do not move: a young one that is referred to is only found through a dirty card, too.
    return *core_.cardOf(offset) == 0;
  }

 private:
  static u64 budgetFor(const HeapCore& core, const YoungSpace& young) {
    // What may be promoted while the limit is reached is kept free at the region's end.
    const u64 most = std::min(core.options.maxBytes, core.region.size() - kFirstOffset - 4 * young.bytes());
    return std::max(most, 2 * young.bytes()) - young.bytes();
  }

  // -- When to collect -----------------------------------------------------------------------------------------------

  u64 oldBytes() const { return old_.bytes() + large_.bytes() - large_.youngBytes(); }
  bool isOverBudget(u64 more) {
    const u64 blocks = blocks_.usedBytes() + more;
    return blocks > oldBudget_ || !core_.mayUse(young_.bytes() + blocks);
  }
  u64 movableBytes() const {
    const YoungSpace::Survivors& survivors = young_.survivors[young_.current];
    return core_.state.top - young_.edenBegin + survivors.top - survivors.begin;
  }

  bool hasRoom(u64 bytes, bool isLarge) {
    if (!isLarge) return core_.state.top + bytes <= edenLimit_;
    return !isOverBudget(blocksFor(bytes) << kBlockLog2);
  }
  /// Whether what is old may have died long ago: a program whose objects all die young promotes nothing.
  bool isStale() const {
    if (oldBytes() < kFirstFullBytes) return false;
    return core_.statistics.allocatedBytes + core_.areaBytes() - allocatedAtFull_ > oldBytes() * patience_;
  }
  bool isDueForLarge() const { return large_.youngBytes() > eden_ * kLargePerEden || oldBytes() >= nextFull_; }

  /// Collects as much as it takes to have room. False if the heap is corrupt.
  bool collectFor(u64 bytes, bool isLarge) {
    const u64 large = isLarge ? blocksFor(bytes) << kBlockLog2 : 0;
    const bool isOver = isOverBudget(movableBytes() + large), hasGrown = oldBytes() >= nextFull_;
    hasAged_ = isStale();
    const bool isFullDue = isOver || hasGrown || hasAged_ || (core_.options.stress && isFullStressed());
    CollectionReason reason = isLarge ? CollectionReason::LargeObjects : CollectionReason::AreaFull;
    if (core_.options.stress) reason = CollectionReason::Stress;
    if (hasAged_) reason = CollectionReason::OldSpaceAged;
    if (hasGrown) reason = CollectionReason::OldSpaceGrown;
    if (isOver) reason = CollectionReason::Limit;
    isShort_ = isOver;
    if (!collect(isFullDue ? CollectionKind::Full : CollectionKind::Young, reason)) return false;
    if (isFullDue || !isOverBudget(large)) return true;
    isShort_ = true;
    return collect(CollectionKind::Full, CollectionReason::Limit);
  }

  bool isFullStressed() {
    if (!stressedFull_.isDue(oldBytes()) || ++stressed_ < kStressFullEvery) return false;
    stressed_ = 0;
    return true;
  }

  // -- Collections ---------------------------------------------------------------------------------------------------

  void run(CollectionKind kind) override {
    // Objects of at most half a block: at worst, half of each block is lost.
    if (!blocks_.ensureFree(2 * blocksFor(movableBytes()) + 1)) {
      closeEden();
      return;
    }
    collectYoung(kind == CollectionKind::Full);
    if (kind == CollectionKind::Full) collectOld();
    openEden();
    core_.statistics.usedBytes = usedBytes();
  }

  void collectYoung(bool promoteAll) {
    Statistics& statistics = core_.statistics;
    const u64 examined = movableBytes();
    statistics.examinedBytes += examined;
    YoungCollection collection(core_, young_, blocks_, old_, large_, promoteAll);
    collection.run();
    statistics.survivedBytes += collection.survivedBytes();
    statistics.copiedBytes += collection.survivedBytes();
    statistics.promotedBytes += collection.promotedBytes();
    // In stress mode objects are not made where others were just before: references to those would find them.
    const bool hasMore = core_.options.stress && core_.state.top + kSmallBytes < young_.edenEnd;
    young_.edenBegin = hasMore ? core_.state.top : young_.begin;
    core_.setArea(young_.edenBegin, young_.edenBegin);
    adaptEden(examined, collection.survivedBytes());
  }

  void collectOld() {
    const u64 before = oldBytes();
    Marker marker(core_, blocks_, old_, large_);
    marker.run();
    old_.sweep();
    large_.sweep();
    evacuate();
    // Nothing is young: no card is needed.
    std::memset(core_.cardOf(blocks_.begin()), 0, (blocks_.end() - blocks_.begin()) >> kCardLog2);
    const u64 live = oldBytes();
    core_.statistics.liveBytes = live;
    nextFull_ = std::max(live * 2, kFirstFullBytes);
    const bool wasVain = std::exchange(hasAged_, false) && live > before / 4 * 3;
    patience_ = wasVain ? std::min(patience_ * 2, kMostPatience) : kFirstPatience;
    allocatedAtFull_ = core_.statistics.allocatedBytes + core_.areaBytes();
    blocks_.trim(blocksFor(std::max(live / 4, kKeptBytes)));
    core_.gaveBackTo(usedBytes());
    isShort_ = false;
  }

  /// Empties sparse blocks if there is little room, or less in blocks than beside it. In stress mode, all that have
  /// holes.
  void evacuate() {
    const u64 atOnce = std::max(young_.bytes(), oldBudget_ / 8);
    while (true) {
      const u64 holes = blocks_.usedBytes() - large_.bytes() - old_.bytes();
      const bool isTight = isShort_ || blocks_.usedBytes() > oldBudget_ - oldBudget_ / 4;
      const bool isSparse = holes > old_.bytes() + kKeptBytes;
      if (!isTight && !isSparse && !core_.options.stress) return;
      const u32 most = core_.options.stress ? kBlockBytes : isTight ? kBlockBytes / 4 * 3 : kBlockBytes / 2;
      const u64 bytes = std::min(atOnce, old_.bytes());
      const bool hasRoom = blocks_.ensureFree(2 * blocksFor(bytes) + 1);
      const std::vector<u32> blocks = old_.takeSparse(most, hasRoom ? bytes : 0);
      if (blocks.empty()) return;
      core_.statistics.copiedBytes += Evacuation(core_, blocks_, old_, large_).run(blocks);
    }
  }

  /// So that the next collection moves about kMovedAtOnce, if the same part of eden and of the survivors survives.
  void adaptEden(u64 examined, u64 survived) {
    const u64 largest = young_.edenEnd - young_.begin, least = std::min<u64>(largest, 256 * 1024);
    const YoungSpace::Survivors& survivors = young_.survivors[young_.current];
    const u64 known = survivors.top - survivors.begin;
    const u64 both = survived > 0 ? examined * kMovedAtOnce / survived : largest;
    const u64 wanted = both > known ? std::min(both - known, 2 * eden_) : least;
    eden_ = std::clamp(wanted & ~u64{kBlockBytes - 1}, least, largest);
  }

  void openEden() {
    if (isOverBudget(0)) return closeEden();
    edenLimit_ = core_.options.stress ? young_.edenEnd : static_cast<u32>(young_.begin + eden_);
    core_.setArea(core_.state.top, edenLimit_);
  }
  /// Every allocation comes to the slow path, and collects.
  void closeEden() {
    edenLimit_ = core_.state.top;
    core_.setArea(core_.state.top, 0);
  }

  YoungSpace young_;
  BlockTable blocks_;
  OldSpace old_;
  LargeSpace large_;
  u64 eden_;  // bytes of eden in use
  const u64 oldBudget_;
  u64 nextFull_ = kFirstFullBytes;
  u64 patience_ = kFirstPatience, allocatedAtFull_ = 0;
  bool hasAged_ = false;  // a collection for that reason comes
  Pace stressedFull_;
  u64 stressed_ = 0;
  bool isShort_ = false;  // a collection for lack of room comes
  u32 edenLimit_ = 0;
};

}  // namespace

Result<std::unique_ptr<Collector>> makeGenerationalCollector(HeapCore& core) {
  // Where address space is scarce, most of it is for old objects all the same.
  const u64 nursery = std::min(core.options.nurseryBytes, core.region.size() / 16);
  const YoungSpace young = YoungSpace::make(kFirstOffset, nursery, core.options.maxBytes);
  if (!core.mayUse(young.bytes()))
    return fail(ErrorKind::Limit, support::concat("the store's limiter refuses ", young.bytes(), " bytes for objects"));
  WASMRUN_TRY(core.region.open(young.begin, young.bytes()));
  WASMRUN_TRY_ASSIGN(auto blocks, BlockTable::make(core.region, young.end));
  WASMRUN_TRY_ASSIGN(auto starts, GranuleBits::make(core.region.size()));
  WASMRUN_TRY_ASSIGN(auto marks, GranuleBits::make(core.region.size()));
  core.setArea(young.begin, young.begin);
  return std::make_unique<GenerationalCollector>(core, young, std::move(blocks), std::move(starts), std::move(marks));
}

}  // namespace wasmrun::gc
