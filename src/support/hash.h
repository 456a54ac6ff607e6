// Hashing for tables whose keys come from outside: seeded, so that no module can be built to make a table slow.
#pragma once

#include <cstring>
#include <span>
#include <string_view>

#include "support/int.h"

namespace wasmrun::support {

/// A number that differs from process to process. Any thread.
u64 hashSeed();

/// Folds words into 64 bits. The order counts.
class Hasher {
 public:
  Hasher() : state_(hashSeed()) {}
  void add(u64 word) { state_ = fold(state_ ^ word, kMultiplier) + kIncrement; }
  u64 value() const { return fold(state_, kIncrement); }

 private:
  static constexpr u64 kMultiplier = 0x9e3779b97f4a7c15;
  static constexpr u64 kIncrement = 0xd1b54a32d192ed03;
  /// Both halves of the 128-bit product: every input bit reaches every output bit.
  static u64 fold(u64 a, u64 b) {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<u64>(product) ^ static_cast<u64>(product >> 64);
  }
  u64 state_;
};

inline u64 hashOf(std::string_view text) {
  Hasher hasher;
  hasher.add(text.size());
  while (text.size() >= 8) {
    u64 word;
    std::memcpy(&word, text.data(), 8);
    hasher.add(word);
    text.remove_prefix(8);
  }
  u64 rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  hasher.add(rest);
  return hasher.value();
}

}  // namespace wasmrun::support
