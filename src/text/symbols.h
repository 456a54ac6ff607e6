// Symbols: the identifiers of a module, each a number, so that what one means is an array access.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "support/int.h"

namespace wasmrun::text {

using Symbol = u32;
inline constexpr Symbol kNoSymbol = ~u32{0};

/// Equal names have equal symbols, numbered from 0. Names point into the text they were read from, which must
/// outlive this.
class Symbols {
 public:
  Symbols();
  /// `id`: an Id token's text.
  Symbol intern(std::string_view id);
  std::string_view name(Symbol symbol) const { return names_[symbol]; }
  u32 count() const { return static_cast<u32>(names_.size()); }

 private:
  void grow();

  std::vector<u32> slots_;  // symbol + 1; 0 free. A power of two, at most half full
  std::vector<u64> hashes_;
  std::vector<std::string_view> names_;
  std::deque<std::string> unescaped_;  // names that are not in the text as they are
  std::string scratch_;
};

}  // namespace wasmrun::text
