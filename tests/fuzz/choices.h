// Choices: decisions made by a stream of bytes, so that a fuzzer that changes bytes changes decisions.
#pragma once

#include <span>
#include <vector>

#include "support/int.h"

namespace wasmrun::fuzz {

/// The same bytes or the same seed make the same choices, on every machine. Never runs out: behind the bytes come
/// numbers that follow from them.
class Choices {
 public:
  explicit Choices(std::span<const u8> bytes) : bytes_(bytes), state_(bytes.size() + 1) {
    for (const u8 byte : bytes) state_ = (state_ ^ byte) * 0x100000001b3;
  }
  explicit Choices(u64 seed) : state_(seed) {}

  u8 byte() {
    if (bytes_.empty()) return static_cast<u8>(next() >> 56);
    const u8 first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }
  u64 bits(u32 byteCount) {
    u64 value = 0;
    for (u32 i = 0; i < byteCount; ++i) value = value << 8 | byte();
    return value;
  }
  /// 0 ... limit - 1; 0 for no limit.
  u32 below(size_t limit) {
    if (limit <= 1) return 0;
    const u64 value = limit <= 256 ? byte() : bits(4);
    return static_cast<u32>(value % limit);
  }
  /// True so many times in a hundred.
  bool percent(u32 chance) { return below(100) < chance; }
  template <class List>
  const auto& oneOf(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  /// splitmix64
  u64 next() {
    u64 z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  std::span<const u8> bytes_;
  u64 state_;
};

}  // namespace wasmrun::fuzz
