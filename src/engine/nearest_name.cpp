#include "wasmrun/nearest_name.h"

#include <algorithm>
#include <array>

#include "support/int.h"
#include "support/text.h"

namespace wasmrun {

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

std::string_view nearestName(std::string_view written, std::span<const std::string_view> candidates) {
  if (written.size() > kLongest) return {};
  size_t allowed = std::clamp<size_t>((written.size() + 2) / 3, 1, 4);
  std::string_view nearest;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    if (candidate.size() > written.size() + allowed || candidate.size() + allowed < written.size()) continue;
    const size_t edits = distance(written, candidate);
    if (edits > allowed || edits >= candidate.size()) continue;
    nearest = candidate;
    if (edits == 0) break;
    allowed = edits - 1;
  }
  return nearest;
}

std::string didYouMean(std::string_view written, std::span<const std::string_view> candidates) {
  const std::string_view nearest = nearestName(written, candidates);
  return nearest.empty() ? std::string() : support::concat("; did you mean '", support::escaped(nearest), "'?");
}

}  // namespace wasmrun
