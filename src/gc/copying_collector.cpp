// The copying collector: two halves, one of them in use. A collection copies what is reachable to the other one, in the
// order it is found, and goes on there (C. J. Cheney's algorithm: what is copied and not yet looked through lies
// between two pointers, so there is no stack).
//
// The half grows with what survives, to twice of it, and gives the rest back to the system.
#include <algorithm>
#include <cstring>

#include "gc/collector.h"

namespace wasmrun::gc {

namespace {

constexpr u64 kSmallest = u64{1} << 20;

class CopyingCollector final : public Collector, RootVisitor, Survivors {
 public:
  explicit CopyingCollector(HeapCore& core) : Collector(core) {
    const u64 most = std::min(core.options.maxBytes, core.region.size() - 2 * kFirstOffset);
    half_ = std::max(most / 2 / platform::pageSize(), u64{1}) * platform::pageSize();
    spaces_[0].begin = kFirstOffset;
    spaces_[1].begin = static_cast<u32>(kFirstOffset + half_);
    capacity_ = std::min(half_, kSmallest);
    core_.setArea(kFirstOffset, kFirstOffset);
  }

  std::expected<Ref, AllocFailure> allocate(u64 bytes, bool zeroed) override {
    if (isCorrupt()) return std::unexpected(AllocFailure::Corrupt);
    if (bytes > half_) return std::unexpected(AllocFailure::TooLarge);
    const bool isStressed = core_.options.stress && stressed_.isDue(live());
    if (isStressed || !hasRoom(bytes)) {
      const auto reason = isStressed ? CollectionReason::Stress : CollectionReason::AreaFull;
      if (!collect(CollectionKind::Full, reason)) return std::unexpected(AllocFailure::Corrupt);
      if (!growFor(bytes)) return std::unexpected(AllocFailure::HeapFull);
    }
    const u32 top = core_.state.top;
    core_.state.top = static_cast<u32>(top + bytes);
    if (zeroed) std::memset(core_.bytesAt(top), 0, bytes);
    return Ref::fromBits(top);
  }

  void forEachObject(const ObjectVisitor& visit) const override { forEachFrom(space().begin, core_.state.top, visit); }
  u64 objectBytes() const override { return live(); }
  u64 usedBytes() const override { return spaces_[0].opened + spaces_[1].opened; }
  u64 maxObjectBytes() const override { return half_; }

 private:
  struct Space {
    u32 begin = 0;
    u64 opened = 0;  ///< bytes from `begin` on that may be used
  };
  Space& space() { return spaces_[current_]; }
  const Space& space() const { return spaces_[current_]; }
  u64 live() const { return core_.state.top - space().begin; }

  bool hasRoom(u64 bytes) {
    if (live() + bytes > capacity_) return false;
    return live() + bytes <= space().opened || (openArea() && live() + bytes <= capacity_);
  }

  /// Opens all of the capacity, and lets allocation have it.
  bool openArea() {
    if (!core_.mayUse(2 * capacity_))
      capacity_ = core_.grantedBytes() / 2 / platform::pageSize() * platform::pageSize();
    const bool isOpen = open(space(), capacity_);
    core_.setArea(core_.state.top, static_cast<u32>(space().begin + std::min(space().opened, capacity_)));
    return isOpen;
  }

  bool open(Space& space, u64 bytes) {
    if (bytes <= space.opened) return true;
    if (!core_.region.open(space.begin + space.opened, bytes - space.opened)) return false;
    space.opened = bytes;
    return true;
  }

  /// After a collection: room for `bytes` more.
  bool growFor(u64 bytes) {
    if (live() + bytes > half_) return false;
    capacity_ = std::max(capacity_, platform::roundUpToPage(live() + bytes));
    return hasRoom(bytes);
  }

  void giveBack(Space& space, u64 keep) {
    if (space.opened <= keep) return;
    core_.region.giveBack(space.begin + keep, space.opened - keep);
    core_.region.close(space.begin + keep, space.opened - keep);
    space.opened = keep;
  }

  /// Who still refers to it faults. Keeps the memory, which is about to be used again.
  void close(Space& space) {
    core_.region.close(space.begin, space.opened);
    space.opened = 0;
  }

  // -- A collection --------------------------------------------------------------------------------------------------

  void run(CollectionKind) override {
    Space& from = space();
    const u64 used = live();
    Space& to = spaces_[1 - current_];
    // Everything may be alive. Where the system has no memory for that, this collection does not take place.
    if (!open(to, platform::roundUpToPage(used))) return;
    current_ = 1 - current_;
    core_.setArea(to.begin, 0);
    core_.visitRoots(*this, RootSet::All);
    for (u32 at = to.begin; at < core_.state.top;) {
      Object& object = core_.at(Ref::fromBits(at));
      const Layout& layout = core_.layoutOf(object);
      forEachRef(object, layout, [&](Ref* ref) {
        if (ref->isObject()) visit(*ref);
      });
      at = static_cast<u32>(at + bytesOf(object, layout));
    }
    core_.weak.update(*this, false);
    finish(from, used);
  }

  void finish(Space& from, u64 used) {
    const u64 survived = live();
    Statistics& statistics = core_.statistics;
    statistics.allocatedBytes -= survived;  // copies are no allocations, but the area counts them as such
    statistics.examinedBytes += used;
    statistics.survivedBytes += survived;
    statistics.copiedBytes += survived;
    statistics.liveBytes = survived;
    capacity_ = std::min(half_, platform::roundUpToPage(std::max(survived * 2, kSmallest)));
    giveBack(from, capacity_);
    if (core_.options.stress) close(from);
    giveBack(space(), capacity_);
    core_.gaveBackTo(2 * capacity_);
    openArea();
  }

  void visit(Ref& ref) override {
    // A root may be shown twice.
    if (ref.bits() - space().begin < half_) return;
    Object& object = core_.at(ref);
    if (!object.isMoved()) {
      const u64 bytes = bytesOf(object, core_.layoutOf(object));
      const Ref to = Ref::fromBits(core_.state.top);
      core_.state.top = static_cast<u32>(core_.state.top + bytes);
      copyObject(core_.at(to), object, bytes);
      object.setMovedTo(to);
    }
    ref = object.movedTo();
  }

  Ref find(Ref ref) override { return core_.at(ref).isMoved() ? core_.at(ref).movedTo() : Ref(); }
  bool isYoung(Ref) const override { return false; }

  Space spaces_[2];
  u32 current_ = 0;
  u64 half_ = 0;      // bytes of a space at most
  u64 capacity_ = 0;  // bytes of the space in use before the next collection
  Pace stressed_;
};

}  // namespace

std::unique_ptr<Collector> makeCopyingCollector(HeapCore& core) { return std::make_unique<CopyingCollector>(core); }

}  // namespace wasmrun::gc
