#include "wasi/path_resolver.h"

#include <fcntl.h>
#include <unistd.h>

#include "wasi/abi.h"
#include "wasi/openat2.h"
#include "wasi/path_walk.h"

namespace wasmrun::wasi {

namespace {

int openFlags(const OpenRequest& request) {
  int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  flags |= request.write ? (request.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (request.create) flags |= O_CREAT;
  if (request.exclusive) flags |= O_EXCL;
  if (request.truncate) flags |= O_TRUNC;
  if (request.directory) flags |= O_DIRECTORY;
  if (!request.follow) flags |= O_NOFOLLOW;
  if (request.fdFlags & fdflag::kAppend) flags |= O_APPEND;
  if (request.fdFlags & fdflag::kDsync) flags |= O_DSYNC;
  if (request.fdFlags & fdflag::kRsync) flags |= O_RSYNC;
  if (request.fdFlags & fdflag::kSync) flags |= O_SYNC;
  return flags;
}

/// A path split before its last component.
struct SplitPath {
  std::string parent;  // empty: the base directory itself
  std::string name;
  bool trailingSlash;
};

SplitPath split(std::string_view path) {
  const size_t end = path.find_last_not_of('/') + 1;
  const size_t slash = path.substr(0, end).find_last_of('/');
  const size_t start = slash == std::string_view::npos ? 0 : slash + 1;
  return {std::string(path.substr(0, start)), std::string(path.substr(start, end - start)), end < path.size()};
}

bool isAbsolute(const GuestPath& path) { return path.view().front() == '/'; }

/// Opens a directory on the way to a name.
Fallible<HostFd> openDirectory(int base, const char* path) {
  return openBeneath(base, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/// The place of the last component, with the kernel's help. Never follows the last component, unless it has to be a
/// directory (`slashIsDirectory`, or a last "." or "..").
Fallible<ResolvedName> locate(int base, std::string_view path, bool slashIsDirectory) {
  SplitPath parts = split(path);
  const bool isDots = parts.name == "." || parts.name == "..";
  if (isDots || (slashIsDirectory && parts.trailingSlash)) {
    WASI_ASSIGN(HostFd directory, openDirectory(base, std::string(path).c_str()));
    return ResolvedName{std::move(directory), "."};
  }
  if (parts.trailingSlash) parts.name += '/';
  if (parts.parent.empty()) return ResolvedName{HostFd::borrowed(base), std::move(parts.name)};
  WASI_ASSIGN(HostFd directory, openDirectory(base, parts.parent.c_str()));
  return ResolvedName{std::move(directory), std::move(parts.name)};
}

bool isSymlink(const ResolvedName& place) {
  char first;
  return readlinkat(place.directory.get(), place.name.c_str(), &first, 1) >= 0;
}

}  // namespace

Fallible<HostFd> PathResolver::open(int base, const GuestPath& path, const OpenRequest& request) const {
  if (isAbsolute(path)) return std::unexpected(Errno::Perm);
  const int flags = openFlags(request);
  if (mode_ == Mode::Automatic && openat2Works()) {
    Fallible<HostFd> file = openBeneath(base, path.c_str(), flags);
    if (file || file.error() != Errno::Again) return file;
    // Somebody keeps renaming directories under the kernel's walk; ours holds on to them.
  }
  return PathWalk(base, path.view()).open(flags);
}

Fallible<ResolvedName> PathResolver::nameToChange(int base, const GuestPath& path) const {
  if (isAbsolute(path)) return std::unexpected(Errno::Perm);
  if (mode_ == Mode::Automatic && openat2Works()) {
    Fallible<ResolvedName> place = locate(base, path.view(), false);
    if (place || place.error() != Errno::Again) return place;
  }
  return PathWalk(base, path.view()).nameToChange();
}

Fallible<ResolvedName> PathResolver::nameToLookUp(int base, const GuestPath& path, bool follow) const {
  if (isAbsolute(path)) return std::unexpected(Errno::Perm);
  if (mode_ == Mode::Automatic && openat2Works()) {
    Fallible<ResolvedName> place = locate(base, path.view(), true);
    if (place && !(follow && isSymlink(*place))) return place;
    if (!place && place.error() != Errno::Again) return place;
  }
  return PathWalk(base, path.view()).nameToLookUp(follow);
}

}  // namespace wasmrun::wasi
