#include "wasi/host_stat.h"

namespace wasmrun::wasi {

static constexpr u64 kNanosecondsPerSecond = 1'000'000'000;

FileType fileTypeOfMode(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return FileType::RegularFile;
    case S_IFDIR: return FileType::Directory;
    case S_IFLNK: return FileType::SymbolicLink;
    case S_IFCHR: return FileType::CharacterDevice;
    case S_IFBLK: return FileType::BlockDevice;
    case S_IFSOCK: return FileType::SocketStream;
    default: return FileType::Unknown;
  }
}

FileStatus fileStatusOf(const struct stat& host) {
  FileStatus status;
  status.device = host.st_dev;
  status.inode = host.st_ino;
  status.type = fileTypeOfMode(host.st_mode);
  status.links = host.st_nlink;
  status.size = static_cast<u64>(host.st_size);
  status.accessed = nanosecondsOf(host.st_atim);
  status.modified = nanosecondsOf(host.st_mtim);
  status.changed = nanosecondsOf(host.st_ctim);
  return status;
}

u64 nanosecondsOf(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  u64 nanoseconds;
  if (__builtin_mul_overflow(static_cast<u64>(time.tv_sec), kNanosecondsPerSecond, &nanoseconds) ||
      __builtin_add_overflow(nanoseconds, static_cast<u64>(time.tv_nsec), &nanoseconds)) {
    return UINT64_MAX;
  }
  return nanoseconds;
}

timespec timespecOf(u64 nanoseconds) {
  timespec time = {};
  time.tv_sec = static_cast<time_t>(nanoseconds / kNanosecondsPerSecond);
  time.tv_nsec = static_cast<long>(nanoseconds % kNanosecondsPerSecond);
  return time;
}

timespec timespecOf(TimeChange change) {
  if (change.kind == TimeChange::Kind::Set) return timespecOf(change.nanoseconds);
  timespec time = {};
  time.tv_nsec = change.kind == TimeChange::Kind::Now ? UTIME_NOW : UTIME_OMIT;
  return time;
}

}  // namespace wasmrun::wasi
