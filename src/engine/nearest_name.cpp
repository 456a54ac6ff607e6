#include "engine/nearest_name.h"

#include <algorithm>
#include <array>

#include "support/int.h"
#include "support/text.h"

namespace wasmrun::engine {

namespace {

constexpr size_t kLongest = 64;
using Row = std::array<u32, kLongest + 1>;

/// Edits between two names of at most kLongest bytes (optimal string alignment).
u32 distance(std::string_view a, std::string_view b) {
  Row beforeLast{}, last{}, row{};
  for (size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<u32>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<u32>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const u32 replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::string_view nearestName(std::string_view wanted, std::span<const std::string_view> candidates) {
  if (wanted.size() > kLongest) return {};
  std::string_view nearest;
  u32 fewest = static_cast<u32>(wanted.size()) / 3 + 2;  // more edits are another name
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const u32 edits = distance(wanted, candidate);
    if (edits >= fewest || edits >= candidate.size()) continue;
    fewest = edits;
    nearest = candidate;
  }
  return nearest;
}

std::string didYouMean(std::string_view wanted, std::span<const std::string_view> candidates) {
  const std::string_view nearest = nearestName(wanted, candidates);
  return nearest.empty() ? std::string() : support::concat("; did you mean ", nearest, '?');
}

}  // namespace wasmrun::engine
