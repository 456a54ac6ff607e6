#include "runtime/exception.h"

#include <algorithm>

namespace wasmrun::runtime {

u32 ExceptionTable::add(Tag& tag, const u64* payload) {
  u32 number = firstFree_;
  if (number != 0) {
    firstFree_ = entries_[number].nextFree;
  } else {
    number = static_cast<u32>(entries_.size());
    CHECK(number < u32{1} << (32 - kShift), "exceptions run out of memory before they run out of numbers");
    entries_.emplace_back();
  }
  Entry& entry = entries_[number];
  entry = Entry{};
  entry.exception.tag = &tag;
  if (tag.slots != 0) {
    entry.exception.payload = std::make_unique_for_overwrite<u64[]>(tag.slots);
    std::copy_n(payload, tag.slots, entry.exception.payload.get());
  }
  ++live_;
  return number << kShift;
}

bool ExceptionTable::markIfNew(u32 ref) {
  const u32 number = ref >> kShift;
  if (number == 0 || number >= entries_.size()) return false;
  Entry& entry = entries_[number];
  if (entry.exception.tag == nullptr || entry.marked) return false;
  entry.marked = true;
  return true;
}

void ExceptionTable::markPinned(std::vector<u32>& marked) {
  for (u32 number = 1; number < entries_.size(); ++number)
    if (entries_[number].pins != 0 && markIfNew(number << kShift)) marked.push_back(number << kShift);
}

void ExceptionTable::sweep() {
  for (u32 number = 1; number < entries_.size(); ++number) {
    Entry& entry = entries_[number];
    if (entry.exception.tag != nullptr && !entry.marked) {
      entry.exception = Exception{};
      entry.nextFree = firstFree_;
      firstFree_ = number;
      --live_;
    }
    entry.marked = false;
  }
  threshold_ = std::max(kFirstThreshold, live_ * 2);
}

}  // namespace wasmrun::runtime
