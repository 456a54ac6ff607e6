// The host's calls on sockets. All return NotSock for other files. Writing to a closed peer is Errno::Pipe, not a
// signal.
#pragma once

#include <span>

#include "support/int.h"
#include "wasi/errno.h"
#include "wasi/guest_memory.h"
#include "wasi/host_fd.h"

namespace wasmrun::wasi {

struct Received {
  u32 size;          ///< bytes
  bool isTruncated;  ///< a datagram did not fit
};

Fallible<HostFd> acceptConnection(int fd, bool nonblocking);

/// `flags`: sockflag::kReceive...
Fallible<Received> receive(int fd, std::span<const GuestBuffers::Buffer> buffers, u32 flags);
Fallible<u32> send(int fd, std::span<const GuestBuffers::Buffer> buffers);

/// `how`: sockflag::kShutdown..., not 0.
Errno shutdownSocket(int fd, u32 how);

}  // namespace wasmrun::wasi
