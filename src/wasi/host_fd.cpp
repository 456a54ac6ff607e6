#include "wasi/host_fd.h"

#include <unistd.h>

namespace wasmrun::wasi {

void HostFd::close() {
  // An error of close(2) leaves nothing to do: Linux has released the number in every case.
  if (owned_ && fd_ != kNone) ::close(fd_);
  fd_ = kNone;
}

}  // namespace wasmrun::wasi
