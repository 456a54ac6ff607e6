#include "wasi/host_files.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstddef>
#include <iterator>

#include "wasi/host_stat.h"

namespace wasmrun::wasi {

// GuestBuffers is handed to readv as it is.
static_assert(sizeof(GuestBuffers::Buffer) == sizeof(iovec) &&
              offsetof(GuestBuffers::Buffer, bytes) == offsetof(iovec, iov_base) &&
              offsetof(GuestBuffers::Buffer, length) == offsetof(iovec, iov_len));
static_assert(GuestBuffers::kMax <= IOV_MAX);

namespace {

const iovec* iovecsOf(std::span<const GuestBuffers::Buffer> buffers) {
  return reinterpret_cast<const iovec*>(buffers.data());
}

int countOf(std::span<const GuestBuffers::Buffer> buffers) { return static_cast<int>(buffers.size()); }

Errno errnoOf(int result) { return result == 0 ? Errno::Success : errnoFromHost(errno); }

/// Runs a call that moves bytes until no signal interrupts it. Linux moves at most 2^31 bytes at once.
template <class Call>
Fallible<u32> transfer(Call call) {
  ssize_t moved;
  do moved = call();
  while (moved < 0 && errno == EINTR);
  if (moved < 0) return std::unexpected(errnoFromHost(errno));
  return static_cast<u32>(moved);
}

/// Offsets and sizes are unsigned for WASI, signed for the host.
bool fitsHost(u64 offset) { return offset <= static_cast<u64>(INT64_MAX); }

FileType socketType(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  const bool isDatagram = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM;
  return isDatagram ? FileType::SocketDgram : FileType::SocketStream;
}

u16 fdFlagsOf(int hostFlags) {
  u16 flags = 0;
  if (hostFlags & O_APPEND) flags |= fdflag::kAppend;
  if (hostFlags & O_NONBLOCK) flags |= fdflag::kNonblock;
  if ((hostFlags & O_SYNC) == O_SYNC)
    flags |= fdflag::kSync;
  else if (hostFlags & O_DSYNC)
    flags |= fdflag::kDsync;
  return flags;
}

}  // namespace

Fallible<FileStatus> fileStatus(int fd) {
  struct stat host;
  if (fstat(fd, &host) != 0) return std::unexpected(errnoFromHost(errno));
  FileStatus status = fileStatusOf(host);
  if (status.type == FileType::SocketStream) status.type = socketType(fd);
  return status;
}

Fallible<FileNature> fileNature(int fd) {
  struct stat host;
  const int hostFlags = fcntl(fd, F_GETFL);
  if (hostFlags < 0 || fstat(fd, &host) != 0) return std::unexpected(errnoFromHost(errno));
  FileNature nature;
  nature.type = fileTypeOfMode(host.st_mode);
  if (nature.type == FileType::SocketStream) nature.type = socketType(fd);
  nature.isTerminal = nature.type == FileType::CharacterDevice && isatty(fd);
  nature.isFifo = S_ISFIFO(host.st_mode);
  nature.isReadable = (hostFlags & O_ACCMODE) != O_WRONLY;
  nature.isWritable = (hostFlags & O_ACCMODE) != O_RDONLY;
  nature.flags = fdFlagsOf(hostFlags);
  return nature;
}

Fallible<u32> readBuffers(int fd, std::span<const GuestBuffers::Buffer> buffers) {
  return transfer([&] { return readv(fd, iovecsOf(buffers), countOf(buffers)); });
}

Fallible<u32> writeBuffers(int fd, std::span<const GuestBuffers::Buffer> buffers) {
  return transfer([&] { return writev(fd, iovecsOf(buffers), countOf(buffers)); });
}

Fallible<u32> readBuffersAt(int fd, std::span<const GuestBuffers::Buffer> buffers, u64 offset) {
  if (!fitsHost(offset)) return std::unexpected(Errno::Inval);
  return transfer([&] { return preadv(fd, iovecsOf(buffers), countOf(buffers), static_cast<off_t>(offset)); });
}

Fallible<u32> writeBuffersAt(int fd, std::span<const GuestBuffers::Buffer> buffers, u64 offset) {
  if (!fitsHost(offset)) return std::unexpected(Errno::Inval);
  return transfer([&] { return pwritev(fd, iovecsOf(buffers), countOf(buffers), static_cast<off_t>(offset)); });
}

Fallible<u64> seekFile(int fd, i64 offset, Whence whence) {
  static constexpr int kHostWhence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  const off_t position = lseek(fd, offset, kHostWhence[static_cast<u8>(whence)]);
  if (position < 0) return std::unexpected(errnoFromHost(errno));
  return static_cast<u64>(position);
}

Errno syncFile(int fd) { return errnoOf(fsync(fd)); }
Errno syncFileData(int fd) { return errnoOf(fdatasync(fd)); }

Errno adviseFile(int fd, u64 offset, u64 length, u32 advice) {
  static constexpr int kHostAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                        POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  if (advice >= std::size(kHostAdvice) || !fitsHost(offset) || !fitsHost(length)) return Errno::Inval;
  const int error = posix_fadvise(fd, static_cast<off_t>(offset), static_cast<off_t>(length), kHostAdvice[advice]);
  return error == 0 ? Errno::Success : errnoFromHost(error);
}

Errno allocateFile(int fd, u64 offset, u64 length) {
  if (!fitsHost(offset) || !fitsHost(length)) return Errno::FBig;
  // Not posix_fallocate, which falls back to writing to every block.
  return errnoOf(fallocate(fd, 0, static_cast<off_t>(offset), static_cast<off_t>(length)));
}

Errno resizeFile(int fd, u64 size) {
  if (!fitsHost(size)) return Errno::FBig;
  return errnoOf(ftruncate(fd, static_cast<off_t>(size)));
}

Errno setFileTimes(int fd, TimeChange accessed, TimeChange modified) {
  const timespec times[] = {timespecOf(accessed), timespecOf(modified)};
  return errnoOf(futimens(fd, times));
}

Errno setFileFlags(int fd, u16 fdFlags) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return errnoFromHost(errno);
  flags &= ~(O_APPEND | O_NONBLOCK);
  if (fdFlags & fdflag::kAppend) flags |= O_APPEND;
  if (fdFlags & fdflag::kNonblock) flags |= O_NONBLOCK;
  return errnoOf(fcntl(fd, F_SETFL, flags));
}

}  // namespace wasmrun::wasi
