#include "platform/anonymous_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "support/text.h"

namespace wasmrun::platform {

namespace {

std::unexpected<Error> failed(const char* what) {
  return fail(ErrorKind::Limit, support::concat("cannot ", what, " a file in memory: ", std::strerror(errno)));
}

}  // namespace

Result<AnonymousFile> AnonymousFile::make(const char* name, u64 size) {
  // Past the process's limit of file sizes there would be a signal.
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && size > limit.rlim_cur) {
    errno = EFBIG;
    return failed("make");
  }
  AnonymousFile file(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (file.descriptor_ < 0) return failed("make");
  if (ftruncate(file.descriptor_, static_cast<off_t>(size)) != 0) return failed("size");
  return file;
}

AnonymousFile::~AnonymousFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<void> AnonymousFile::write(u64 offset, const u8* bytes, u64 count) {
  while (count != 0) {
    const ssize_t written = pwrite(descriptor_, bytes, count, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed("write");
    bytes += written;
    offset += static_cast<u64>(written);
    count -= static_cast<u64>(written);
  }
  return {};
}

Result<void> AnonymousFile::seal() {
  if (fcntl(descriptor_, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return failed("seal");
  return {};
}

}  // namespace wasmrun::platform
