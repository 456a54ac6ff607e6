// The host's calls on open files: what they are, reading and writing, sizes, times, flags. No path goes in here.
#pragma once

#include <optional>
#include <span>

#include "support/int.h"
#include "wasi/abi.h"
#include "wasi/errno.h"
#include "wasi/guest_memory.h"

namespace wasmrun::wasi {

/// What stat(2) says, in WASI's terms. Times are nanoseconds since 1970, cut to what 64 unsigned bits hold.
struct FileStatus {
  u64 device = 0;
  u64 inode = 0;
  FileType type = FileType::Unknown;
  u64 links = 0;
  u64 size = 0;  ///< bytes
  u64 accessed = 0;
  u64 modified = 0;
  u64 changed = 0;
};

/// What a descriptor refers to, as rights are given by it.
struct FileNature {
  FileType type = FileType::Unknown;
  bool isTerminal = false;
  bool isFifo = false;
  bool isReadable = false;  ///< opened for reading
  bool isWritable = false;  ///< opened for writing
  u16 flags = 0;            ///< fdflag bits of the open file
};

/// How one timestamp is to be changed.
struct TimeChange {
  enum class Kind : u8 { Keep, Now, Set } kind = Kind::Keep;
  u64 nanoseconds = 0;
};

Fallible<FileStatus> fileStatus(int fd);

/// BadF if `fd` is not open.
Fallible<FileNature> fileNature(int fd);

// -- Reading and writing ---------------------------------------------------------------------------------------------
// All return the bytes moved, fewer than asked for as POSIX allows. Interrupted calls are taken up again.

Fallible<u32> readBuffers(int fd, std::span<const GuestBuffers::Buffer> buffers);
Fallible<u32> writeBuffers(int fd, std::span<const GuestBuffers::Buffer> buffers);
Fallible<u32> readBuffersAt(int fd, std::span<const GuestBuffers::Buffer> buffers, u64 offset);
Fallible<u32> writeBuffersAt(int fd, std::span<const GuestBuffers::Buffer> buffers, u64 offset);

/// Moves the file position, and returns it.
Fallible<u64> seekFile(int fd, i64 offset, Whence whence);

// -- Other properties ------------------------------------------------------------------------------------------------

Errno syncFile(int fd);
Errno syncFileData(int fd);
Errno adviseFile(int fd, u64 offset, u64 length, u32 advice);

/// NotSup where the file system cannot reserve space; never shrinks the file.
Errno allocateFile(int fd, u64 offset, u64 length);
Errno resizeFile(int fd, u64 size);
Errno setFileTimes(int fd, TimeChange accessed, TimeChange modified);

/// Sets APPEND and NONBLOCK of the open file as in `fdFlags`, and clears them otherwise.
Errno setFileFlags(int fd, u16 fdFlags);

}  // namespace wasmrun::wasi
