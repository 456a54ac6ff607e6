#include "wasi/host_directories.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "wasi/host_stat.h"

namespace wasmrun::wasi {

namespace {

Errno errnoOf(int result) { return result == 0 ? Errno::Success : errnoFromHost(errno); }

/// The kernel's record of getdents64. The name, ended by a zero byte, follows the header.
struct HostEntry {
  u64 inode;
  i64 next;
  u16 recordSize;
  u8 type;
};
constexpr u32 kHostNameOffset = 19;

FileType typeOfHostEntry(u8 type) {
  switch (type) {
    case DT_REG: return FileType::RegularFile;
    case DT_DIR: return FileType::Directory;
    case DT_LNK: return FileType::SymbolicLink;
    case DT_CHR: return FileType::CharacterDevice;
    case DT_BLK: return FileType::BlockDevice;
    case DT_SOCK: return FileType::SocketStream;
    default: return FileType::Unknown;
  }
}

FileType typeByName(int directory, const char* name) {
  struct stat host;
  if (fstatat(directory, name, &host, AT_SYMLINK_NOFOLLOW) != 0) return FileType::Unknown;
  return fileTypeOfMode(host.st_mode);
}

}  // namespace

Fallible<FileStatus> statusOfName(const ResolvedName& place) {
  struct stat host;
  if (fstatat(place.directory.get(), place.name.c_str(), &host, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::unexpected(errnoFromHost(errno));
  }
  return fileStatusOf(host);
}

Errno setTimesOfName(const ResolvedName& place, TimeChange accessed, TimeChange modified) {
  const timespec times[] = {timespecOf(accessed), timespecOf(modified)};
  return errnoOf(utimensat(place.directory.get(), place.name.c_str(), times, AT_SYMLINK_NOFOLLOW));
}

Errno makeDirectory(const ResolvedName& place) {
  return errnoOf(mkdirat(place.directory.get(), place.name.c_str(), 0777));
}

Errno removeDirectory(const ResolvedName& place) {
  return errnoOf(unlinkat(place.directory.get(), place.name.c_str(), AT_REMOVEDIR));
}

Errno unlinkName(const ResolvedName& place) { return errnoOf(unlinkat(place.directory.get(), place.name.c_str(), 0)); }

Errno renameName(const ResolvedName& from, const ResolvedName& to) {
  return errnoOf(renameat(from.directory.get(), from.name.c_str(), to.directory.get(), to.name.c_str()));
}

Errno linkName(const ResolvedName& from, const ResolvedName& to) {
  return errnoOf(linkat(from.directory.get(), from.name.c_str(), to.directory.get(), to.name.c_str(), 0));
}

Errno makeSymlink(const char* target, const ResolvedName& place) {
  return errnoOf(symlinkat(target, place.directory.get(), place.name.c_str()));
}

Fallible<u32> readLink(const ResolvedName& place, std::span<std::byte> buffer) {
  // The host calls an empty buffer an error; for WASI it is a short one.
  char spare;
  char* target = buffer.empty() ? &spare : reinterpret_cast<char*>(buffer.data());
  const size_t capacity = buffer.empty() ? 1 : std::min<size_t>(buffer.size(), INT32_MAX);
  const ssize_t length = readlinkat(place.directory.get(), place.name.c_str(), target, capacity);
  if (length < 0) return std::unexpected(errnoFromHost(errno));
  return buffer.empty() ? 0 : static_cast<u32>(length);
}

DirectoryReader::DirectoryReader(int fd, u32 capacity)
    : fd_(fd), capacity_(std::clamp(capacity, kMinCapacity, kMaxCapacity)) {}

Errno DirectoryReader::seek(u64 position) {
  cursor_ = end_ = 0;
  if (position > static_cast<u64>(INT64_MAX)) return Errno::Inval;
  return lseek(fd_, static_cast<off_t>(position), SEEK_SET) >= 0 ? Errno::Success : errnoFromHost(errno);
}

Fallible<const DirectoryEntry*> DirectoryReader::next() {
  for (;;) {
    if (cursor_ == end_) WASI_TRY(fill());
    if (cursor_ == end_) return nullptr;
    const std::byte* record = buffer_ + cursor_;
    HostEntry host;
    std::memcpy(&host, record, sizeof host);
    cursor_ += host.recordSize;
    const char* name = reinterpret_cast<const char*>(record) + kHostNameOffset;
    if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) continue;
    const FileType type = host.type == DT_UNKNOWN ? typeByName(fd_, name) : typeOfHostEntry(host.type);
    entry_ = {static_cast<u64>(host.next), host.inode, type, name};
    return &entry_;
  }
}

Errno DirectoryReader::fill() {
  const long length = syscall(SYS_getdents64, fd_, buffer_, capacity_);
  if (length < 0 && errno != ENOENT) return errnoFromHost(errno);  // ENOENT: a removed directory, which is empty
  cursor_ = 0;
  end_ = length < 0 ? 0 : static_cast<u32>(length);
  return Errno::Success;
}

}  // namespace wasmrun::wasi
