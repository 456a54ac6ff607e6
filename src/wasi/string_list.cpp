#include "wasi/string_list.h"

namespace wasmrun::wasi {

bool StringList::add(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;
  if (text.size() >= UINT32_MAX - bytes_.size()) return false;
  bytes_.append(text);
  bytes_.push_back('\0');
  ++count_;
  return true;
}

Errno StringList::copyTo(GuestMemory memory, u32 pointers, u32 buffer) const {
  WASI_TRY(memory.writeBytes(buffer, bytes_));
  WASI_ASSIGN(auto* array, memory.range(pointers, u64{count_} * sizeof(u32)));
  u64 start = 0;
  for (u32 i = 0; i < count_; ++i) {
    // The block lies inside a memory that 32-bit addresses reach, so no sum here leaves 32 bits.
    GuestMemory::store(array + i * sizeof(u32), static_cast<u32>(buffer + start));
    start = bytes_.find('\0', start) + 1;
  }
  return Errno::Success;
}

}  // namespace wasmrun::wasi
