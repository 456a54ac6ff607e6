#include "wasi/openat2.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace wasmrun::wasi {

namespace {

int openat2Once(int base, const char* path, int flags) {
  open_how how = {};
  how.flags = static_cast<u64>(flags);
  how.mode = (flags & O_CREAT) != 0 ? 0666 : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, base, path, &how, sizeof how));
}

bool probe() {
  // An empty path names nothing: a working call answers ENOENT, a missing or forbidden one something else.
  const int fd = openat2Once(AT_FDCWD, "", O_PATH | O_CLOEXEC);
  if (fd >= 0) close(fd);
  return fd >= 0 || errno == ENOENT;
}

}  // namespace

bool openat2Works() {
  static const bool works = probe();
  return works;
}

Fallible<HostFd> openBeneath(int base, const char* path, int flags) {
  static constexpr int kAttempts = 8;
  int error = EAGAIN;
  for (int attempt = 0; attempt < kAttempts && (error == EAGAIN || error == EINTR); ++attempt) {
    const int fd = openat2Once(base, path, flags);
    if (fd >= 0) return HostFd::owned(fd);
    error = errno;
  }
  return std::unexpected(error == EXDEV ? Errno::Perm : errnoFromHost(error));
}

}  // namespace wasmrun::wasi
