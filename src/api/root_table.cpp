#include "api/root_table.h"

#include "support/text.h"

namespace wasmrun::detail {

// -- Links -----------------------------------------------------------------------------------------------------------

void freeLink(StoreLink* link) noexcept { delete static_cast<SharedLink*>(link); }

Error deadHandle(const StoreLink* link) {
  return Error{ErrorKind::Usage, link ? "the store of this handle is gone" : "this handle is empty"};
}

// -- Roots -----------------------------------------------------------------------------------------------------------

/// Host objects and exceptions are pinned; an i31 is its own value.
void RootTable::pin(runtime::Store& store, const Root& root) {
  if (root.kind == RootKind::Exn)
    store.exceptions().pin(static_cast<u32>(root.slot));
  else if (!gc::Ref::fromSlot(root.slot).isI31())
    store.externs().pin(static_cast<u32>(root.slot));
}

void RootTable::unpin(runtime::Store& store, const Root& root) {
  if (root.kind == RootKind::Exn)
    store.exceptions().unpin(static_cast<u32>(root.slot));
  else if (!gc::Ref::fromSlot(root.slot).isI31())
    store.externs().unpin(static_cast<u32>(root.slot));
}

u64 RootTable::add(runtime::Store& store, Root root) {
  const std::lock_guard lock(mutex_);
  for (const u64 number : dropped_) unpin(store, entries_[number].root);
  free_.insert(free_.end(), dropped_.begin(), dropped_.end());
  dropped_.clear();
  pin(store, root);
  u64 number = entries_.size();
  if (free_.empty()) {
    entries_.emplace_back();
  } else {
    number = free_.back();
    free_.pop_back();
  }
  entries_[number] = {root, 1};
  return number;
}

void RootTable::retain(u64 number) noexcept {
  if (number == 0) return;
  const std::lock_guard lock(mutex_);
  ++entries_[number].owners;
}

void RootTable::release(u64 number) noexcept {
  if (number == 0) return;
  const std::lock_guard lock(mutex_);
  if (--entries_[number].owners == 0) dropped_.push_back(number);
}

Root RootTable::get(u64 number) const noexcept {
  const std::lock_guard lock(mutex_);
  return entries_[number].root;
}

}  // namespace wasmrun::detail
