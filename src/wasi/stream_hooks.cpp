#include "wasi/stream_hooks.h"

#include <algorithm>

namespace wasmrun::wasi {

Fallible<u32> readHooks(const StreamHooks& hooks, std::span<const GuestBuffers::Buffer> buffers) {
  if (buffers.empty()) return 0;
  const std::span<std::byte> into(buffers.front().bytes, buffers.front().length);
  WASI_ASSIGN(const u32 size, hooks.read(into));
  return static_cast<u32>(std::min<size_t>(size, into.size()));
}

Fallible<u32> writeHooks(const StreamHooks& hooks, std::span<const GuestBuffers::Buffer> buffers) {
  static constexpr u64 kMaxWritten = INT32_MAX;  // what a host's write moves at most, too
  u64 written = 0;
  for (const GuestBuffers::Buffer& buffer : buffers) {
    const size_t length = std::min<u64>(buffer.length, kMaxWritten - written);
    if (length == 0) break;
    const Errno error = hooks.write({buffer.bytes, length});
    if (error != Errno::Success && written == 0) return std::unexpected(error);
    if (error != Errno::Success) break;
    written += length;
  }
  return static_cast<u32>(written);
}

}  // namespace wasmrun::wasi
