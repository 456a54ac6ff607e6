#include "gc/statistics.h"

#include <algorithm>

namespace wasmrun::gc {

u32 PauseHistogram::classOf(u64 nanos) {
  constexpr u64 kFirst = u64{1} << kClassesLog2;
  if (nanos < kFirst) return static_cast<u32>(nanos);
  const u32 shift = static_cast<u32>(std::bit_width(nanos)) - 1 - kClassesLog2;
  return static_cast<u32>((shift << kClassesLog2) + (nanos >> shift));
}

u64 PauseHistogram::endOf(u32 index) {
  constexpr u32 kFirst = 1u << kClassesLog2;
  if (index < 2 * kFirst) return index;
  const u32 shift = (index >> kClassesLog2) - 1;
  return ((u64{index % kFirst + kFirst} + 1) << shift) - 1;
}

void PauseHistogram::add(u64 nanos) {
  ++counts_[classOf(nanos)];
  ++count_;
  total_ += nanos;
  longest_ = std::max(longest_, nanos);
}

u64 PauseHistogram::percentile(double part) const {
  const u64 wanted = static_cast<u64>(part * static_cast<double>(count_));
  u64 seen = 0;
  for (u32 i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (counts_[i] != 0 && seen >= wanted) return std::min(endOf(i), longest_);
  }
  return longest_;
}

}  // namespace wasmrun::gc
