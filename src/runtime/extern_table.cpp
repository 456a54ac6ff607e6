#include "runtime/extern_table.h"

#include <algorithm>

namespace wasmrun::runtime {

namespace {

void finalize(HostData host) {
  if (host.finalizer != nullptr) host.finalizer(host.data);
}

}  // namespace

ExternTable::~ExternTable() {
  for (const Entry& entry : entries_)
    if (entry.live) finalize(entry.host);
}

u32 ExternTable::add(HostData data) {
  u32 number = firstFree_;
  if (number != 0) {
    firstFree_ = entries_[number].nextFree;
  } else {
    if (entries_.size() >= u64{1} << (32 - kShift)) return 0;
    number = static_cast<u32>(entries_.size());
    entries_.emplace_back();
  }
  entries_[number] = Entry{.host = data, .live = true};
  ++live_;
  return number << kShift;
}

void ExternTable::markIfLive(u32 ref) {
  const u32 number = ref >> kShift;
  if (ref % (1u << kShift) == 0 && number < entries_.size()) entries_[number].marked = true;
}

void ExternTable::sweep() {
  for (u32 number = 1; number < entries_.size(); ++number) {
    Entry& entry = entries_[number];
    if (entry.live && !entry.marked && entry.pins == 0) {
      const HostData host = entry.host;
      entry = Entry{.nextFree = firstFree_};
      firstFree_ = number;
      --live_;
      finalize(host);
    } else {
      entry.marked = false;
    }
  }
  threshold_ = std::max(kFirstThreshold, live_ * 2);
}

}  // namespace wasmrun::runtime
