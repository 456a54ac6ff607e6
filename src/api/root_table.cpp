#include "api/root_table.h"

#include "support/text.h"

namespace wasmrun::detail {

// -- Links -----------------------------------------------------------------------------------------------------------

void freeLink(StoreLink* link) noexcept { delete static_cast<SharedLink*>(link); }

Error deadHandle(const StoreLink* link) {
  return Error{ErrorKind::Usage, link ? "the store of this handle is gone" : "this handle is empty"};
}

// -- Roots -----------------------------------------------------------------------------------------------------------

u64 RootTable::add(Root root) {
  const std::lock_guard lock(mutex_);
  weakCount_ += root.isWeak;
  u64 number = entries_.size();
  if (free_.empty()) {
    entries_.emplace_back();
  } else {
    number = free_.back();
    free_.pop_back();
  }
  Entry& entry = entries_[number];
  entry = {root, 1, entry.isNoted};
  if (!root.isWeak && !std::exchange(entry.isNoted, true)) mayBeYoung_.push_back(number);
  return number;
}

// A weak root's slot is an i31, which stays, or twice the object's number in the WeakTable: an even number.
u64 RootTable::addWeak(gc::Heap* heap, u64 strong) {
  Root root = get(strong);
  root.isWeak = true;
  const gc::Ref ref = gc::Ref::fromSlot(root.slot);
  if (ref.isObject()) {
    {
      const std::lock_guard lock(mutex_);
      for (const u32 number : std::exchange(releasedWeak_, {})) heap->weak().release(number);
    }
    const u32 number = heap->weak().add(ref, {});
    CHECK(number != 0, "there are fewer than 2^32 weak references");
    root.slot = u64{number} << 1;
  }
  return add(root);
}

u64 RootTable::lock(gc::Heap* heap, u64 weak) {
  Root root = get(weak);
  root.isWeak = false;
  if (!gc::Ref::fromSlot(root.slot).isI31()) root.slot = heap->weak().get(static_cast<u32>(root.slot >> 1)).slot();
  return root.slot == 0 ? 0 : add(root);
}

bool RootTable::isGone(const gc::Heap* heap, u64 weak) const {
  const Root root = get(weak);
  return !gc::Ref::fromSlot(root.slot).isI31() && heap->weak().get(static_cast<u32>(root.slot >> 1)).isNull();
}

void RootTable::retain(u64 number) noexcept {
  if (number == 0) return;
  const std::lock_guard lock(mutex_);
  ++entries_[number].owners;
}

void RootTable::release(u64 number) noexcept {
  if (number == 0) return;
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[number];
  if (--entry.owners != 0) return;
  free_.push_back(number);
  if (!entry.root.isWeak) return;
  --weakCount_;
  // The heap's table is the store's thread's alone.
  if (!gc::Ref::fromSlot(entry.root.slot).isI31()) releasedWeak_.push_back(static_cast<u32>(entry.root.slot >> 1));
}

Root RootTable::get(u64 number) const noexcept {
  const std::lock_guard lock(mutex_);
  return entries_[number].root;
}

u64 RootTable::count() const noexcept {
  const std::lock_guard lock(mutex_);
  return entries_.size() - 1 - free_.size() - weakCount_;
}

void RootTable::visitRoots(gc::RootVisitor& visitor, gc::RootSet set) {
  const std::lock_guard lock(mutex_);
  const auto visit = [&](Entry& entry) {
    return entry.owners != 0 && !entry.root.isWeak && visitor.slot(entry.root.slot);
  };
  if (set == gc::RootSet::All) {
    for (Entry& entry : entries_) visit(entry);
    return;
  }
  std::erase_if(mayBeYoung_, [&](u64 number) { return !(entries_[number].isNoted = visit(entries_[number])); });
}

}  // namespace wasmrun::detail
