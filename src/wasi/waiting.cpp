#include "wasi/waiting.h"

#include "wasi/host_poll.h"

namespace wasmrun::wasi {

bool mustAwait(const StopSignal& stop, const Descriptor& descriptor) {
  return descriptor.mayBlock() && stop.descriptor() >= 0;
}

Errno awaitReady(const StopSignal& stop, const Descriptor& descriptor, bool forWriting) {
  PollRequest request = {descriptor.file.get(), forWriting};
  if (descriptor.emulatesNonblocking()) {
    WASI_TRY(pollFiles({&request, 1}, 0, stop));
    return request.isReady ? Errno::Success : Errno::Again;
  }
  if (!mustAwait(stop, descriptor)) return Errno::Success;
  while (!request.isReady) WASI_TRY(pollFiles({&request, 1}, kWaitForever, stop));
  return Errno::Success;
}

}  // namespace wasmrun::wasi
