#include "gc/evacuation.h"

namespace wasmrun::gc {

u64 Evacuation::moveObjects(u32 block) {
  u64 moved = 0;
  old_.forEachIn(block, block + kBlockBytes, [&](Ref ref) {
    Object& object = core_.at(ref);
    const u32 bytes = static_cast<u32>(bytesOf(object, core_.layoutOf(object)));
    const Ref to = old_.allocate(bytes);
    copyObject(core_.at(to), object, bytes);
    object.setMovedTo(to);
    moved += bytes;
  });
  return moved;
}

bool Evacuation::updateFields(Ref ref) {
  Object& object = core_.at(ref);
  forEachRef(object, core_.layoutOf(object), [&](Ref* place) {
    if (place->isObject()) *place = find(*place);
  });
  return true;
}

u64 Evacuation::run(std::span<const u32> blocks) {
  u64 moved = 0;
  for (const u32 block : blocks) blocks_.of(block).kind = BlockKind::Leaving;
  for (const u32 block : blocks) moved += moveObjects(block);
  core_.visitRoots(*this, RootSet::All);
  const auto update = [&](Ref ref, u64) { return updateFields(ref); };
  old_.forEach(update);
  large_.forEach(update);
  core_.weak.update(*this, false);
  for (const u32 block : blocks) old_.release(block);
  return moved;
}

}  // namespace wasmrun::gc
