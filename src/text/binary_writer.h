// BinaryWriter: the binary format's numbers, written shortest.
#pragma once

#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "support/int.h"

namespace wasmrun::text {

class BinaryWriter {
 public:
  void byte(u8 value) { bytes_.push_back(value); }
  void leb(u64 value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<u8>(value | 0x80));
    byte(static_cast<u8>(value));
  }
  void signedLeb(i64 value) {
    for (; value < -64 || value > 63; value >>= 7) byte(static_cast<u8>(value | 0x80));
    byte(static_cast<u8>(value & 0x7f));
  }
  /// Little-endian.
  void fixed(u64 value, u32 size) {
    for (u32 i = 0; i < size; ++i) byte(static_cast<u8>(value >> 8 * i));
  }
  void append(std::span<const u8> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void append(std::string_view text) { bytes_.insert(bytes_.end(), text.begin(), text.end()); }
  /// A length and as many bytes.
  void name(std::string_view text) { leb(text.size()), append(text); }
  void sized(std::span<const u8> bytes) { leb(bytes.size()), append(bytes); }

  u32 size() const { return static_cast<u32>(bytes_.size()); }
  std::span<const u8> bytes() const { return bytes_; }
  std::vector<u8>& buffer() { return bytes_; }
  void clear() { bytes_.clear(); }
  void truncate(u32 size) { bytes_.resize(size); }

 private:
  std::vector<u8> bytes_;
};

}  // namespace wasmrun::text
