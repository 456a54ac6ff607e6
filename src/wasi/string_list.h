// StringList: the arguments or the environment, kept as the one block of bytes that the guest asks for.
#pragma once

#include <string>
#include <string_view>

#include "support/int.h"
#include "wasi/guest_memory.h"

namespace wasmrun::wasi {

class StringList {
 public:
  /// Adds a string; false (and nothing added) if it has a zero byte or the block would grow over 4 GiB.
  bool add(std::string_view text);

  u32 count() const { return count_; }
  u32 byteCount() const { return static_cast<u32>(bytes_.size()); }

  /// Writes the block to `buffer`, and the address of every string to the array of u32 at `pointers`.
  Errno copyTo(GuestMemory memory, u32 pointers, u32 buffer) const;

 private:
  std::string bytes_;  // every string with its terminating zero byte
  u32 count_ = 0;
};

}  // namespace wasmrun::wasi
