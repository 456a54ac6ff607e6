#include "wasi/guest_memory.h"

#include <algorithm>

namespace wasmrun::wasi {

Errno GuestPath::copy(GuestMemory memory, u32 address, u32 length) {
  WASI_ASSIGN(const std::byte* bytes, memory.range(address, length));
  if (length == 0) return Errno::NoEnt;
  if (length > kMaxLength) return Errno::NameTooLong;
  std::memcpy(text_, bytes, length);
  if (std::memchr(text_, 0, length) != nullptr) return Errno::Inval;
  text_[length] = 0;
  length_ = length;
  return Errno::Success;
}

Errno GuestBuffers::copy(GuestMemory memory, u32 address, u32 count) {
  static constexpr u64 kIovecSize = 8;  // witx: $iovec, buf: u32, buf_len: u32
  WASI_ASSIGN(const std::byte* array, memory.range(address, count * kIovecSize));
  for (u64 i = 0; i < count && count_ < kMax; ++i) {
    const u32 start = GuestMemory::load<u32>(array + i * kIovecSize);
    const u32 length = GuestMemory::load<u32>(array + i * kIovecSize + 4);
    WASI_ASSIGN(auto* bytes, memory.range(start, length));
    if (length != 0) buffers_[count_++] = {bytes, length};
  }
  return Errno::Success;
}

void GuestBuffers::truncate(u64 limit) {
  u32 kept = 0;
  for (; kept < count_ && limit > 0; ++kept) {
    buffers_[kept].length = static_cast<size_t>(std::min<u64>(buffers_[kept].length, limit));
    limit -= buffers_[kept].length;
  }
  count_ = kept;
}

}  // namespace wasmrun::wasi
