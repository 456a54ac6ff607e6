#include "gc/marker.h"

#include <algorithm>

#include "gc/tracing.h"

namespace wasmrun::gc {

namespace {

constexpr u32 kElementsAtOnce = 1024;

}  // namespace

void Marker::mark(Ref ref) {
  const bool isNew =
      blocks_.of(ref.bits()).kind == BlockKind::Large ? large_.mark(ref) : old_.mark(ref, core_.bytesOf(ref));
  if (!isNew) return;
  if (hasRefs(core_.layoutOf(core_.at(ref)))) pending_.push_back({ref, 0});
}

void Marker::scan(Pending pending) {
  Object& object = core_.at(pending.object);
  const Layout& layout = core_.layoutOf(object);
  if (layout.kind != ObjectKind::Array || object.length <= kElementsAtOnce) {
    forEachRef(object, layout, [&](Ref* place) {
      if (place->isObject()) mark(*place);
    });
    return;
  }
  const u32 end = pending.element + std::min(object.length - pending.element, kElementsAtOnce);
  if (end < object.length) pending_.push_back({pending.object, end});
  for (u32 i = pending.element; i < end; ++i) {
    const Ref ref = object.elements()[i];
    if (ref.isObject()) mark(ref);
  }
}

void Marker::run() {
  core_.visitRoots(*this, RootSet::All);
  while (!pending_.empty()) {
    const Pending pending = pending_.back();
    pending_.pop_back();
    scan(pending);
  }
  core_.weak.update(*this, false);
}

}  // namespace wasmrun::gc
