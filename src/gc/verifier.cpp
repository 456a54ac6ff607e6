#include "gc/verifier.h"

#include <algorithm>

#include "gc/cast.h"
#include "gc/collector.h"
#include "support/text.h"

namespace wasmrun::gc {

namespace {

using support::concat;
using support::Hex;

class Verifier final : RootVisitor {
 public:
  Verifier(HeapCore& core, const Collector& collector) : core_(core), collector_(collector), starts_(core.seen) {}

  Result<void> run() {
    collector_.forEachObject([&](Ref ref, u64 end) { return checkHeader(ref, end); });
    if (!error_) collector_.forEachObject([&](Ref ref, u64) { return checkFields(ref); });
    if (!error_) checkRoots();
    collector_.forEachObject([&](Ref ref, u64) { return forget(ref); });
    if (error_) return fail(ErrorKind::Internal, "corrupt GC heap: " + *std::move(error_));
    return {};
  }

 private:
  template <class... Pieces>
  void found(const Pieces&... pieces) {
    if (!error_) error_ = concat(pieces...);
  }

  bool checkHeader(Ref ref, u64 end) {
    const Object& object = core_.at(ref);
    const Layout* const layout = core_.layouts.find(object.type);
    if (layout == nullptr) {
      found("the object at ", Hex{ref.bits()}, " has the type word ", Hex{object.type});
    } else if (ref.bits() + bytesOf(object, *layout) > end) {
      found("the object at ", Hex{ref.bits()}, " ends after its space");
    } else {
      starts_.set(ref.bits());
    }
    return !error_;
  }

  /// Undoes checkHeader, as far as that came: in time that is proportional to the objects, not to where they lie.
  bool forget(Ref ref) {
    if (!starts_.test(ref.bits())) return false;
    starts_.clear(ref.bits());
    return true;
  }

  bool checkFields(Ref ref) {
    Object& object = core_.at(ref);
    const Layout& layout = core_.layoutOf(object);
    u32 index = 0;
    forEachRef(object, layout, [&](Ref* place) {
      if (error_) return;
      const u32 offset = static_cast<u32>(reinterpret_cast<u8*>(place) - object.bytes());
      check(ref, layout, offset, *place, layout.refTypes[layout.kind == ObjectKind::Array ? 0 : index++]);
    });
    return !error_;
  }

  void check(Ref holder, const Layout& layout, u32 offset, Ref ref, wasm::ValType type) {
    const auto place = [&] { return concat("offset ", offset, " of the object at ", Hex{holder.bits()}); };
    if (ref.isObject() && !isStart(ref)) return found(place(), " refers to ", Hex{ref.bits()}, ", where no object is");
    if (!isAllowed(ref, type)) return found(place(), " holds ", Hex{ref.bits()}, ", which its type does not allow");
    if (ref.isObject() && collector_.isForgotten(holder, holder.bits() + offset, ref))
      return found(place(), " refers to the young object at ", Hex{ref.bits()}, " from a clean card");
  }

  bool isStart(Ref ref) const {
    return ref.bits() % kGranule == 0 && ref.bits() < core_.region.size() && starts_.test(ref.bits());
  }

  bool isAllowed(Ref ref, wasm::ValType type) const {
    const u32 target = type.heap().bits();
    if (ref.isNull()) return type.isNullable();
    if (ref.isI31()) return i31Matches(target);
    const Layout& layout = core_.layoutOf(core_.at(ref));
    if (!type.heap().isConcrete()) return kindMatches(layout.kind, target);
    const std::span<const u32> display(layout.display, layout.displaySize);
    return layout.kind != ObjectKind::Exception && std::find(display.begin(), display.end(), target) != display.end();
  }

  /// A young collection must be shown each root that refers to a young object. Sources that leave roots out show the
  /// others as often as they always do.
  void checkRoots() {
    core_.visitRoots(*this, RootSet::All);
    const u64 all = std::exchange(youngRoots_, 0);
    if (error_ || all == 0) return;
    core_.visitRoots(*this, RootSet::MayBeYoung);
    if (youngRoots_ < all)
      found(all, " roots refer to young objects, but young collections are shown ", youngRoots_, " of them");
  }

  void visit(Ref& ref) override {
    if (!isStart(ref)) return found("a root refers to ", Hex{ref.bits()}, ", where no object is");
    youngRoots_ += collector_.isYoung(ref);
  }

  HeapCore& core_;
  const Collector& collector_;
  GranuleBits& starts_;
  u64 youngRoots_ = 0;
  std::optional<std::string> error_;
};

}  // namespace

Result<void> verifyHeap(HeapCore& core, const Collector& collector) {
  if (!core.seen.isMade()) {
    WASMRUN_TRY_ASSIGN(core.seen, GranuleBits::make(core.region.size()));
  }
  return Verifier(core, collector).run();
}

}  // namespace wasmrun::gc
