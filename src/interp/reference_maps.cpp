#include "interp/reference_maps.h"

#include <algorithm>
#include <utility>

namespace wasmrun::interp {

namespace {

/// Changes before the whole set is written down once more, beside as many as it has members.
constexpr u32 kFewChanges = 64;

}  // namespace

// -- Recording -------------------------------------------------------------------------------------------------------

void ReferenceMaps::add(u32 slot) {
  if (slot >= indexOf_.size()) indexOf_.resize(slot + 1, kAbsent);
  CHECK(indexOf_[slot] == kAbsent, "an operand's slot becomes a reference once");
  indexOf_[slot] = static_cast<u32>(current_.size());
  current_.push_back(slot);
  changes_.push_back(slot * 2);
}

void ReferenceMaps::remove(u32 slot) {
  const u32 index = std::exchange(indexOf_[slot], kAbsent);
  CHECK(index != kAbsent, "an operand that goes was a reference");
  current_[index] = current_.back();
  if (current_[index] != slot) indexOf_[current_[index]] = index;
  current_.pop_back();
  // What came and went between two points is no change.
  const u32 fixed = points_.empty() ? 0 : points_.back().changes;
  if (changes_.size() > fixed && changes_.back() == slot * 2)
    changes_.pop_back();
  else
    changes_.push_back(slot * 2 + 1);
}

void ReferenceMaps::point(u32 word) {
  const u32 changes = static_cast<u32>(changes_.size());
  points_.push_back({word, changes});
  const u32 before = wholes_.empty() ? 0 : wholes_.back().changes;
  if (changes - before < current_.size() + kFewChanges) return;
  const u32 begin = static_cast<u32>(wholeSlots_.size());
  wholeSlots_.insert(wholeSlots_.end(), current_.begin(), current_.end());
  wholes_.push_back({changes, begin, static_cast<u32>(wholeSlots_.size())});
}

// -- Reading ---------------------------------------------------------------------------------------------------------

std::vector<u32> ReferenceMaps::operandsAt(const Point& point) const {
  // The last change of a slot counts: sort them by slot, then in their order.
  std::vector<std::pair<u32, u32>> states;  // slot; 0 for members of the whole set, 1 + (order * 2 + removed)
  const auto after = std::ranges::upper_bound(wholes_, point.changes, {}, &Whole::changes);
  u32 from = 0;
  if (after != wholes_.begin()) {
    const Whole& whole = after[-1];
    for (u32 i = whole.begin; i < whole.end; ++i) states.emplace_back(wholeSlots_[i], 0);
    from = whole.changes;
  }
  for (u32 i = from; i < point.changes; ++i)
    states.emplace_back(changes_[i] / 2, 1 + ((i - from) * 2 + changes_[i] % 2));
  std::ranges::sort(states);
  std::vector<u32> slots;
  for (size_t i = 0; i < states.size(); ++i) {
    const bool isLast = i + 1 == states.size() || states[i + 1].first != states[i].first;
    const bool isPresent = states[i].second == 0 || (states[i].second - 1) % 2 == 0;
    if (isLast && isPresent) slots.push_back(states[i].first);
  }
  return slots;
}

FrameReferences ReferenceMaps::at(u32 word) {
  const auto after = std::ranges::upper_bound(points_, word, {}, &Point::word);
  if (after == points_.begin()) return {locals_, {}};
  const u32 index = static_cast<u32>(after - points_.begin()) - 1;
  const auto [known, isNew] = known_.try_emplace(index);
  if (isNew) known->second = operandsAt(points_[index]);
  return {locals_, known->second};
}

}  // namespace wasmrun::interp
