#include "gc/handles.h"

#include <utility>

namespace wasmrun::gc {

namespace {

void callFinalizer(const HostData& host) {
  if (host.finalizer != nullptr) host.finalizer(host.data);
}

}  // namespace

WeakTable::~WeakTable() {
  finalize();
  for (const Entry& entry : entries_)
    if (entry.isLive && !entry.ref.isNull()) callFinalizer(entry.host);
}

u32 WeakTable::add(Ref ref, HostData host, bool isHostObject) {
  u32 number = firstFree_;
  if (number != 0) {
    firstFree_ = entries_[number].nextFree;
  } else {
    if (entries_.size() >= ~u32{0}) return 0;
    number = static_cast<u32>(entries_.size());
    entries_.emplace_back();
  }
  Entry& entry = entries_[number];
  entry = Entry{.ref = ref, .host = host, .isLive = true, .isHostObject = isHostObject, .isInYoung = entry.isInYoung};
  noteYoung(number);
  ++count_;
  hostObjects_ += isHostObject;
  return number;
}

void WeakTable::noteYoung(u32 number) {
  if (!std::exchange(entries_[number].isInYoung, true)) young_.push_back(number);
}

void WeakTable::release(u32 number) {
  CHECK(isLive(number), "a weak handle is released once");
  Entry& entry = entries_[number];
  hostObjects_ -= entry.isHostObject;
  entry = Entry{.nextFree = firstFree_, .isInYoung = entry.isInYoung};
  firstFree_ = number;
  --count_;
}

void WeakTable::update(u32 number, Survivors& survivors) {
  Entry& entry = entries_[number];
  if (!entry.isLive || entry.ref.isNull()) return;
  entry.ref = survivors.find(entry.ref);
  if (!entry.ref.isNull()) {
    if (survivors.isYoung(entry.ref)) noteYoung(number);
    return;
  }
  if (entry.host.finalizer != nullptr) dead_.push_back(std::exchange(entry.host, {}));
  if (entry.isHostObject) release(number);
}

void WeakTable::update(Survivors& survivors, bool onlyYoung) {
  const std::vector<u32> young = std::exchange(young_, {});
  for (const u32 number : young) entries_[number].isInYoung = false;
  if (onlyYoung) {
    for (const u32 number : young) update(number, survivors);
  } else {
    for (u32 number = 1; number < entries_.size(); ++number) update(number, survivors);
  }
}

void WeakTable::finalize() {
  for (const HostData& host : std::exchange(dead_, {})) callFinalizer(host);
}

}  // namespace wasmrun::gc
