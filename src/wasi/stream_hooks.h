// StreamHooks: a standard stream that the embedder serves with functions instead of a host file.
#pragma once

#include <functional>
#include <span>

#include "support/int.h"
#include "wasi/errno.h"
#include "wasi/guest_memory.h"

namespace wasmrun::wasi {

/// Both are called on the guest's thread, within its call. A stream with neither is not served this way.
struct StreamHooks {
  /// Fills the front of `into` (never empty) and returns how many bytes; 0 is the end of the stream.
  std::function<Fallible<u32>(std::span<std::byte> into)> read;
  /// Takes all of `bytes` (never empty), or fails.
  std::function<Errno(std::span<const std::byte> bytes)> write;

  explicit operator bool() const { return read || write; }
};

/// Reads into the first buffer; the others are left for the next call.
Fallible<u32> readHooks(const StreamHooks& hooks, std::span<const GuestBuffers::Buffer> buffers);

/// Writes all buffers, or as many as come before one that fails; the error if that is the first.
Fallible<u32> writeHooks(const StreamHooks& hooks, std::span<const GuestBuffers::Buffer> buffers);

}  // namespace wasmrun::wasi
