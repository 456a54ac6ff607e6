// ByteImage: a file's bytes as they are put together, in the byte order of the machine.
#pragma once

#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "support/int.h"

namespace wasmrun::code {

class ByteImage {
 public:
  u64 size() const { return bytes_.size(); }
  std::span<const u8> bytes() const { return bytes_; }

  template <class T>
  void add(const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
    addBytes({reinterpret_cast<const u8*>(&value), sizeof(T)});
  }
  // Not vector::insert, of which g++ 12 believes that it writes beyond the end.
  void addBytes(std::span<const u8> bytes) {
    const size_t before = bytes_.size();
    bytes_.resize(before + bytes.size());
    if (!bytes.empty()) std::memcpy(bytes_.data() + before, bytes.data(), bytes.size());
  }
  /// Ended by a zero; those in it become question marks.
  void addText(std::string_view text) {
    for (const char c : text) bytes_.push_back(c == 0 ? '?' : static_cast<u8>(c));
    bytes_.push_back(0);
  }
  void align(u64 alignment) {
    while (bytes_.size() % alignment != 0) bytes_.push_back(0);
  }
  /// Overwrites what was added before.
  template <class T>
  void set(u64 offset, const T& value) {
    CHECK(offset + sizeof(T) <= bytes_.size(), "what is overwritten is there");
    std::memcpy(bytes_.data() + offset, &value, sizeof(T));
  }

 private:
  std::vector<u8> bytes_;
};

}  // namespace wasmrun::code
