#include "nearest.h"

#include <algorithm>
#include <vector>

namespace wasmrun::cli {

/// Edit distance with neighbours' swaps (optimal string alignment); three rows of the table are kept.
static size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> beforeLast(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); j++) last[j] = j;
  for (size_t i = 1; i <= a.size(); i++) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); j++) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], beforeLast[j - 2] + 1);
    }
    std::swap(beforeLast, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string_view nearest(std::string_view written, std::span<const std::string_view> candidates) {
  constexpr size_t kLongestCompared = 64;  // longer names are not typing mistakes, and the table is quadratic
  if (written.size() > kLongestCompared) return {};
  size_t allowed = std::clamp<size_t>(written.size() / 3, 1, 4);
  std::string_view best;
  for (std::string_view candidate : candidates) {
    if (candidate.size() > written.size() + allowed || candidate.size() + allowed < written.size()) continue;
    size_t changes = distance(written, candidate);
    if (changes > allowed || changes >= candidate.size()) continue;
    best = candidate;
    if (changes == 0) break;
    allowed = changes - 1;
  }
  return best;
}

std::string didYouMean(std::string_view written, std::span<const std::string_view> candidates) {
  std::string_view name = nearest(written, candidates);
  return name.empty() ? "" : "; did you mean '" + std::string(name) + "'?";
}

}  // namespace wasmrun::cli
