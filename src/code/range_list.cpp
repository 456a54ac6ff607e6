#include "code/range_list.h"

#include <utility>

namespace wasmrun::code {

RangeList::Entry* RangeList::add(u64 begin, u64 end, void* value) {
  CHECK(begin < end && value != nullptr, "a range has addresses and a value");
  const std::lock_guard lock(mutex_);
  if (free_ == nullptr) {
    auto* const block = new Block();
    block->next.store(first_.load());
    for (Entry& entry : block->entries) entry.nextFree_ = std::exchange(free_, &entry);
    first_.store(block);
  }
  Entry* const entry = std::exchange(free_, free_->nextFree_);
  entry->begin_.store(begin);
  entry->value_.store(value);
  entry->end_.store(end);
  return entry;
}

void RangeList::remove(Entry* entry) {
  const std::lock_guard lock(mutex_);
  entry->end_.store(0);
  entry->nextFree_ = std::exchange(free_, entry);
}

void* RangeList::find(u64 address) const {
  for (const Block* block = first_.load(); block != nullptr; block = block->next.load()) {
    for (const Entry& entry : block->entries) {
      const u64 end = entry.end_.load();
      if (address >= end) continue;
      const u64 begin = entry.begin_.load();
      void* const value = entry.value_.load();
      if (entry.end_.load() == end && address >= begin) return value;
    }
  }
  return nullptr;
}

}  // namespace wasmrun::code
