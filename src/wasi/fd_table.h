// FdTable: the guest's descriptors, with their types and rights.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/int.h"
#include "wasi/abi.h"
#include "wasi/errno.h"
#include "wasi/host_fd.h"
#include "wasi/stream_hooks.h"

namespace wasmrun::wasi {

/// One open descriptor of the guest.
struct Descriptor {
  HostFd file;
  std::unique_ptr<StreamHooks> hooks;  ///< serve it instead of `file`, if not null
  FileType type = FileType::Unknown;
  bool seekable = false;  ///< false for terminals, pipes and sockets, where seeking gives SPipe
  bool isPreopen = false;
  u16 flags = 0;  ///< fdflag bits
  Rights base = 0;
  Rights inheriting = 0;
  std::string preopenName;

  bool isOpen() const { return file.isOpen() || hooks; }
  bool isDirectory() const { return type == FileType::Directory; }
  bool isNonblocking() const { return (flags & fdflag::kNonblock) != 0; }

  /// A borrowed descriptor's open file is shared with other processes (our user's shell, say), so NONBLOCK is not set
  /// on it; reads and writes ask poll first.
  bool emulatesNonblocking() const { return isNonblocking() && file.isOpen() && !file.isOwned(); }

  /// Reads, writes or accepts may wait, unless the host's file itself is non-blocking.
  bool mayBlock() const { return file.isOpen() && !hooks && !seekable && !isDirectory() && !isNonblocking(); }

  /// Success, or NotCapable if a base right of `rights` is missing.
  Errno require(Rights rights) const { return (base & rights) == rights ? Errno::Success : Errno::NotCapable; }
};

class FdTable {
 public:
  /// Puts the descriptor at the lowest free number, and returns it.
  u32 add(Descriptor descriptor);

  /// Puts the descriptor at the next number after all others; a closed one keeps the number free. For start-up, where
  /// a closed standard stream must not shift the others.
  void append(Descriptor descriptor);

  /// The open descriptor `fd`; BadF if there is none.
  Fallible<Descriptor*> find(u32 fd);

  /// The same, and it has all the base rights; NotCapable if not.
  Fallible<Descriptor*> find(u32 fd, Rights rights);

  /// The same for the directory of a path; NotDir for other things.
  Fallible<Descriptor*> findDirectory(u32 fd, Rights rights);

  /// Closes `fd`; BadF if it is not open.
  Errno close(u32 fd);

  /// Moves `from` to the open descriptor `to`, which is closed first. BadF if either is not open.
  Errno renumber(u32 from, u32 to);

 private:
  void release(u32 fd);

  std::vector<Descriptor> descriptors_;
  u32 lowestFree_ = 0;  // no number below it is free
};

}  // namespace wasmrun::wasi
