// openat2: the system call, and whether this kernel (or container) has it.
#pragma once

#include "wasi/errno.h"
#include "wasi/host_fd.h"

namespace wasmrun::wasi {

/// True unless the kernel lacks openat2 or a filter forbids it. Asked once a process; any thread.
bool openat2Works();

/// Opens `path` beneath `base` with open(2)'s `flags` (and mode 0666 if they create). Perm if the walk would leave
/// `base`; Again if directories were renamed during every one of several attempts.
Fallible<HostFd> openBeneath(int base, const char* path, int flags);

}  // namespace wasmrun::wasi
