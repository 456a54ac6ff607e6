// PathResolver: opens what a guest's path names, and never anything outside the directory it starts from.
//
// Two ways to the same answers, chosen by PathResolver itself:
// - openat2 with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS: the kernel keeps the walk inside, whatever others rename.
// - a walk in user space, one component at a time, where openat2 is missing or forbidden. Its invariants:
//   1. No system call here is ever given a name with a slash before its end, "..", or a symbolic link to follow.
//   2. The directories walked through are held open on a stack. ".." pops it; popping the last one is an escape. So
//      directories renamed during the walk cannot move it out.
//   3. A symbolic link is read and its text walked in its place: absolute text is an escape, and at most 40 are read.
//
// Names for calls that create, remove or rename are found as (directory, last name): the kernel never follows the last
// name of such calls, with or without a slash behind it. Calls that look something up (stat, link's source, times) do
// follow "name/", so for those a trailing slash is resolved here, and the last name is ".".
#pragma once

#include <string>

#include "support/int.h"
#include "wasi/errno.h"
#include "wasi/guest_memory.h"
#include "wasi/host_fd.h"

namespace wasmrun::wasi {

/// How path_open opens its file.
struct OpenRequest {
  bool read = false;
  bool write = false;
  bool create = false;
  bool exclusive = false;
  bool truncate = false;
  bool directory = false;  ///< NotDir unless it is one
  bool follow = false;     ///< follow a symbolic link in the last place; Loop if not set and it is one
  u16 fdFlags = 0;         ///< fdflag bits; Nonblock has no say, see PathResolver::open
};

/// Where a path's last component lives.
struct ResolvedName {
  HostFd directory;
  std::string name;  ///< one component; "." for a directory itself
};

class PathResolver {
 public:
  enum class Mode : u8 {
    Automatic,  ///< openat2 where the kernel lets us, else the walk
    Userspace,  ///< the walk
  };

  explicit PathResolver(Mode mode) : mode_(mode) {}

  /// Opens `path` beneath the directory `base`. The result is non-blocking, so that opening a FIFO or a device waits
  /// for nobody; the caller takes that away again. Perm for absolute paths and for walks that leave `base`.
  Fallible<HostFd> open(int base, const GuestPath& path, const OpenRequest& request) const;

  /// Finds the place of the last component for calls that create, remove or rename it. The name keeps one trailing
  /// slash if the path has any, for the kernel to check that it names a directory.
  Fallible<ResolvedName> nameToChange(int base, const GuestPath& path) const;

  /// Finds the place of the last component for calls that look it up without following links. With `follow`, a link in
  /// the last place is resolved here, so that the name is not a link (one put there meanwhile is not followed).
  Fallible<ResolvedName> nameToLookUp(int base, const GuestPath& path, bool follow) const;

 private:
  Mode mode_;
};

}  // namespace wasmrun::wasi
