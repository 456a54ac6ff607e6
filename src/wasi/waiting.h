// Waiting before a call that may block: a guest that wants no waiting gets Again, and one that waits can be stopped.
//
// The call itself cannot be stopped, so a read happens when there is something to read, and a write to a pipe in pieces
// that are sure to fit. Where nobody can stop the guest, the host waits inside of the call, as everywhere.
#pragma once

#include <algorithm>
#include <span>

#include "wasi/errno.h"
#include "wasi/fd_table.h"
#include "wasi/guest_memory.h"
#include "wasi/stop_signal.h"

namespace wasmrun::wasi {

/// What a pipe that is ready takes without blocking: PIPE_BUF bytes, not more (pipe(7)).
inline constexpr u64 kPipeBuffer = 4096;

/// Whether a call on this file has to be waited for here, so that the guest can be stopped meanwhile.
bool mustAwait(const StopSignal& stop, const Descriptor& descriptor);

/// Success if a read, write or accept may go to the host: it will not block, or the guest and we want it to. Again if
/// it would block and must not; kStopped.
Errno awaitReady(const StopSignal& stop, const Descriptor& descriptor, bool forWriting);

/// Writes with `write` (a span of buffers -> Fallible<u32>) as the descriptor's flags say. Bytes written; an error or
/// kStopped only if there are none.
template <class Write>
Fallible<u32> writeWhenReady(const StopSignal& stop, const Descriptor& descriptor, GuestBuffers& buffers, Write write) {
  if (descriptor.emulatesNonblocking()) buffers.truncate(kPipeBuffer);
  // A datagram is one piece, whatever its size.
  if (!mustAwait(stop, descriptor) || descriptor.type == FileType::SocketDgram || buffers.empty()) {
    WASI_TRY(awaitReady(stop, descriptor, true));
    return write(buffers.view());
  }
  u32 written = 0;
  for (GuestBuffers::Buffer rest : buffers.view()) {
    while (rest.length != 0) {
      const GuestBuffers::Buffer piece{rest.bytes, std::min<size_t>(rest.length, kPipeBuffer)};
      Fallible<u32> moved = std::unexpected(awaitReady(stop, descriptor, true));
      if (moved.error() == Errno::Success) moved = write(std::span(&piece, 1));
      if (!moved) return written != 0 ? written : moved;
      written += *moved;
      rest.bytes += *moved;
      rest.length -= *moved;
    }
  }
  return written;
}

}  // namespace wasmrun::wasi
