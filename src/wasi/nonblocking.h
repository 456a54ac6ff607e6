// Non-blocking reads and writes on files whose flags are not ours to change.
#pragma once

#include "wasi/errno.h"
#include "wasi/fd_table.h"
#include "wasi/guest_memory.h"

namespace wasmrun::wasi {

/// Success if a read or write of `buffers` may go to the host: it will not block, or the guest wants it to. Again if it
/// would block and must not. May shorten the buffers of a write to what a pipe takes at once.
Errno awaitNonblocking(const Descriptor& descriptor, GuestBuffers& buffers, bool forWriting);

}  // namespace wasmrun::wasi
