#include "wasi/nonblocking.h"

#include "wasi/host_poll.h"

namespace wasmrun::wasi {

Errno awaitNonblocking(const Descriptor& descriptor, GuestBuffers& buffers, bool forWriting) {
  if (!descriptor.emulatesNonblocking()) return Errno::Success;
  PollRequest request = {descriptor.file.get(), forWriting};
  WASI_TRY(pollFiles({&request, 1}, 0));
  if (!request.isReady) return Errno::Again;
  // A pipe that is ready takes PIPE_BUF bytes without blocking, not more (pipe(7)).
  static constexpr u64 kPipeBuffer = 4096;
  if (forWriting) buffers.truncate(kPipeBuffer);
  return Errno::Success;
}

}  // namespace wasmrun::wasi
