// PathWalk: the walk in user space that PathResolver falls back to (its header has the invariants).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wasi/errno.h"
#include "wasi/host_fd.h"
#include "wasi/path_resolver.h"

namespace wasmrun::wasi {

/// One walk; use one of the three calls once. `path` is relative and not empty.
class PathWalk {
 public:
  PathWalk(int base, std::string_view path) : base_(base), pending_(path) {}

  /// Opens with open(2)'s flags; without O_NOFOLLOW a last symbolic link is followed.
  Fallible<HostFd> open(int flags);

  Fallible<ResolvedName> nameToChange();
  Fallible<ResolvedName> nameToLookUp(bool follow);

 private:
  static constexpr u32 kMaxSymlinks = 40;  // as Linux

  /// Walks through all directories up to the last component, and returns that; "." if the path ends in a directory.
  /// With `slashIsDirectory`, a component with a slash behind it is never the last; else it keeps one slash.
  Fallible<std::string> toLast(bool slashIsDirectory);

  std::string_view takeComponent();
  Errno enter(const std::string& name);
  Errno leave();

  /// Puts the text of the link `name` before the pending path. Inval if it is not a link.
  Errno expandLink(const std::string& name);

  ResolvedName placeOf(std::string name);
  int top() const { return stack_.empty() ? base_ : stack_.back().get(); }

  int base_;
  std::string pending_;  // what is still to be walked, from cursor_
  size_t cursor_ = 0;
  u32 symlinks_ = 0;
  std::vector<HostFd> stack_;  // the directories entered, without the base
};

}  // namespace wasmrun::wasi
