// GuestMemory: a checked view of the guest's linear memory for the length of one call.
//
// Every address and length comes from the guest. Whatever lies outside the memory gives Errno::Fault; nothing here can
// be made to touch a byte beyond `size`. The memory may be shared: other threads of the guest may write it at any
// moment, so whatever is checked is first copied out (paths, iovec arrays, subscriptions) and only the copy is used.
#pragma once

#include <bit>
#include <concepts>
#include <cstring>
#include <span>
#include <string_view>

#include "support/int.h"
#include "wasi/errno.h"

namespace wasmrun::wasi {

class GuestMemory {
 public:
  /// `base` may be null if `size` (bytes) is 0. The view is good until the guest runs again: memory.grow may move it.
  GuestMemory(std::byte* base, u64 size) : base_(base), size_(size) {}

  u64 size() const { return size_; }

  /// The bytes [address, address + length); Fault if any is outside. An empty range may lie at the very end.
  Fallible<std::byte*> range(u64 address, u64 length) const {
    if (address > size_ || length > size_ - address) [[unlikely]]
      return std::unexpected(Errno::Fault);
    return base_ + address;
  }

  /// A little-endian integer at any alignment.
  template <std::unsigned_integral T>
  Fallible<T> read(u64 address) const {
    WASI_ASSIGN(const std::byte* bytes, range(address, sizeof(T)));
    return load<T>(bytes);
  }

  /// Writes a little-endian integer at any alignment.
  template <std::unsigned_integral T>
  Errno write(u64 address, T value) const {
    WASI_ASSIGN(auto* bytes, range(address, sizeof(T)));
    store(bytes, value);
    return Errno::Success;
  }

  /// Copies bytes into the guest. `bytes` must not lie in the guest's memory.
  Errno writeBytes(u64 address, std::string_view bytes) const {
    WASI_ASSIGN(auto* target, range(address, bytes.size()));
    if (!bytes.empty()) std::memcpy(target, bytes.data(), bytes.size());
    return Errno::Success;
  }

  /// One integer from bytes already checked or copied.
  template <std::unsigned_integral T>
  static T load(const std::byte* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return std::endian::native == std::endian::little ? value : std::byteswap(value);
  }

  template <std::unsigned_integral T>
  static void store(std::byte* bytes, T value) {
    if constexpr (std::endian::native != std::endian::little) value = std::byteswap(value);
    std::memcpy(bytes, &value, sizeof value);
  }

 private:
  std::byte* base_;
  u64 size_;
};

/// A path copied out of the guest's memory, checked and terminated by a zero byte.
class GuestPath {
 public:
  static constexpr u32 kMaxLength = 4095;  ///< bytes, Linux's PATH_MAX without its zero byte

  /// Copies and checks. Errors: Fault, NoEnt (empty), NameTooLong, Inval (a zero byte inside). Bytes that are not UTF-8
  /// are let through: host directories hold such names, and fd_readdir shows them.
  Errno copy(GuestMemory memory, u32 address, u32 length);

  std::string_view view() const { return {text_, length_}; }
  const char* c_str() const { return text_; }

 private:
  u32 length_ = 0;
  char text_[kMaxLength + 1];
};

/// The buffers of a scattered read or a gathered write, checked and copied out of the guest's memory.
///
/// Empty buffers are left out. At most kMax are taken: the rest of a longer array is left for the guest's next call, as
/// POSIX allows for partial reads and writes.
class GuestBuffers {
 public:
  static constexpr u32 kMax = 1024;  ///< Linux's IOV_MAX

  /// One buffer, laid out as the host's struct iovec (host_files.cpp asserts it).
  struct Buffer {
    std::byte* bytes;
    size_t length;
  };

  /// Fault if the array, or any buffer that is taken, is outside the memory.
  Errno copy(GuestMemory memory, u32 address, u32 count);

  std::span<const Buffer> view() const { return {buffers_, count_}; }
  bool empty() const { return count_ == 0; }

  /// Cuts the buffers to `limit` bytes in all.
  void truncate(u64 limit);

 private:
  u32 count_ = 0;
  Buffer buffers_[kMax];
};

}  // namespace wasmrun::wasi
