#include "wasi/path_walk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace wasmrun::wasi {

Fallible<HostFd> PathWalk::open(int flags) {
  // As Linux: what is created is never a directory, whether it exists or not.
  if ((flags & O_CREAT) != 0 && pending_.back() == '/') return std::unexpected(Errno::IsDir);
  for (;;) {
    WASI_ASSIGN(const std::string name, toLast(true));
    int fd;
    do fd = openat(top(), name.c_str(), flags | O_NOFOLLOW, 0666);
    while (fd < 0 && errno == EINTR);
    if (fd >= 0) return HostFd::owned(fd);
    const int error = errno;
    const bool mayBeLink = error == ELOOP || error == ENOTDIR;
    if (!mayBeLink || (flags & O_NOFOLLOW) != 0) return std::unexpected(errnoFromHost(error));
    const Errno expanded = expandLink(name);
    if (expanded == Errno::Inval) return std::unexpected(errnoFromHost(error));
    WASI_TRY(expanded);
  }
}

Fallible<ResolvedName> PathWalk::nameToChange() {
  WASI_ASSIGN(std::string name, toLast(false));
  return placeOf(std::move(name));
}

Fallible<ResolvedName> PathWalk::nameToLookUp(bool follow) {
  for (;;) {
    WASI_ASSIGN(std::string name, toLast(true));
    if (!follow) return placeOf(std::move(name));
    const Errno expanded = expandLink(name);
    if (expanded == Errno::Inval) return placeOf(std::move(name));
    WASI_TRY(expanded);
  }
}

Fallible<std::string> PathWalk::toLast(bool slashIsDirectory) {
  for (;;) {
    std::string name(takeComponent());
    if (name.empty()) return std::string(".");
    if (name == ".") continue;
    if (name == "..") {
      WASI_TRY(leave());
      continue;
    }
    const bool hasSlash = cursor_ < pending_.size();
    const bool isLast = pending_.find_first_not_of('/', cursor_) == std::string::npos;
    if (isLast && !(hasSlash && slashIsDirectory)) return hasSlash ? name + '/' : name;
    WASI_TRY(enter(name));
  }
}

std::string_view PathWalk::takeComponent() {
  const size_t start = std::min(pending_.find_first_not_of('/', cursor_), pending_.size());
  cursor_ = std::min(pending_.find('/', start), pending_.size());
  return std::string_view(pending_).substr(start, cursor_ - start);
}

Errno PathWalk::enter(const std::string& name) {
  const int fd = openat(top(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0) {
    stack_.push_back(HostFd::owned(fd));
    return Errno::Success;
  }
  if (errno != ENOTDIR && errno != ELOOP) return errnoFromHost(errno);
  const Errno expanded = expandLink(name);
  return expanded == Errno::Inval ? Errno::NotDir : expanded;
}

Errno PathWalk::leave() {
  if (stack_.empty()) return Errno::Perm;
  stack_.pop_back();
  return Errno::Success;
}

Errno PathWalk::expandLink(const std::string& name) {
  char target[PATH_MAX];
  const ssize_t length = readlinkat(top(), name.c_str(), target, sizeof target);
  if (length < 0) return errnoFromHost(errno);
  if (++symlinks_ > kMaxSymlinks) return Errno::Loop;
  if (length == 0) return Errno::NoEnt;
  if (length == sizeof target) return Errno::NameTooLong;
  if (target[0] == '/') return Errno::Perm;
  // What is left begins with a slash or is empty, so the two texts do not run together.
  pending_.replace(0, cursor_, target, static_cast<size_t>(length));
  cursor_ = 0;
  return Errno::Success;
}

ResolvedName PathWalk::placeOf(std::string name) {
  if (stack_.empty()) return {HostFd::borrowed(base_), std::move(name)};
  return {std::move(stack_.back()), std::move(name)};
}

}  // namespace wasmrun::wasi
