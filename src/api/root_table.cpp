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
  if (--entries_[number].owners == 0) free_.push_back(number);
}

Root RootTable::get(u64 number) const noexcept {
  const std::lock_guard lock(mutex_);
  return entries_[number].root;
}

u64 RootTable::count() const noexcept {
  const std::lock_guard lock(mutex_);
  return entries_.size() - 1 - free_.size();
}

void RootTable::visitRoots(gc::RootVisitor& visitor, gc::RootSet) {
  const std::lock_guard lock(mutex_);
  for (Entry& entry : entries_)
    if (entry.owners != 0) visitor.slot(entry.root.slot);
}

}  // namespace wasmrun::detail
