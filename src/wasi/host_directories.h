// The host's calls on names in a directory, and on a directory's list. No call here follows a symbolic link in the last
// place of a name, and names come from PathResolver, so none has a component before the last.
#pragma once

#include <span>
#include <string_view>

#include "wasi/errno.h"
#include "wasi/host_files.h"
#include "wasi/path_resolver.h"

namespace wasmrun::wasi {

Fallible<FileStatus> statusOfName(const ResolvedName& place);
Errno setTimesOfName(const ResolvedName& place, TimeChange accessed, TimeChange modified);
Errno makeDirectory(const ResolvedName& place);
Errno removeDirectory(const ResolvedName& place);
Errno unlinkName(const ResolvedName& place);
Errno renameName(const ResolvedName& from, const ResolvedName& to);
Errno linkName(const ResolvedName& from, const ResolvedName& to);
Errno makeSymlink(const char* target, const ResolvedName& place);

/// Reads a link's text into `buffer`, cut to its size, and returns the bytes written.
Fallible<u32> readLink(const ResolvedName& place, std::span<std::byte> buffer);

/// One entry of a directory.
struct DirectoryEntry {
  u64 next;  ///< the host's position of the entry after this one
  u64 inode;
  FileType type;
  std::string_view name;  ///< good until the next call on the reader
};

/// Reads a directory from a position of the host: 0, or the `next` of an entry read earlier, even through another open
/// file. What is created or removed meanwhile does not shift the positions of the rest.
class DirectoryReader {
 public:
  /// Uses `fd`'s file position. `capacity` is the bytes that the reader should try to fetch at a time.
  DirectoryReader(int fd, u32 capacity);

  /// Errors: Inval for a position that cannot be.
  Errno seek(u64 position);

  /// The next entry, without "." and ".."; null at the end. An entry of unknown type is looked at.
  Fallible<const DirectoryEntry*> next();

 private:
  static constexpr u32 kMinCapacity = 1024;  // holds the longest entry
  static constexpr u32 kMaxCapacity = 16384;

  Errno fill();

  int fd_;
  u32 capacity_;
  u32 cursor_ = 0;
  u32 end_ = 0;
  DirectoryEntry entry_ = {};
  alignas(8) std::byte buffer_[kMaxCapacity];
};

}  // namespace wasmrun::wasi
