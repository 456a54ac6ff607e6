#include "code/range_list.h"

namespace wasmrun::code {

RangeList::Entry* RangeList::add(u64 begin, u64 end, void* value) {
  CHECK(begin < end && value != nullptr, "a range has addresses and a value");
  const std::lock_guard lock(mutex_);
  for (Block* block = &first_;; block = block->next.load()) {
    for (Entry& entry : block->entries) {
      if (entry.end_.load() != 0) continue;
      entry.begin_.store(begin);
      entry.value_.store(value);
      entry.end_.store(end);
      return &entry;
    }
    if (block->next.load() == nullptr) block->next.store(new Block());
  }
}

void RangeList::remove(Entry* entry) {
  const std::lock_guard lock(mutex_);
  entry->end_.store(0);
}

void* RangeList::find(u64 address) const {
  for (const Block* block = &first_; block != nullptr; block = block->next.load()) {
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
