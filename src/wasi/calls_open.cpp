// path_open: which rights the new descriptor gets, and what may be asked for.
#include "wasi/calls.h"
#include "wasi/context.h"
#include "wasi/host_files.h"

namespace wasmrun::wasi::calls {

namespace {

/// What the guest asks of path_open, besides the path.
struct Wish {
  OpenRequest open;
  Rights base;
  Rights inheriting;
};

Fallible<Wish> readWish(u32 lookup, u32 openFlags, u64 base, u64 inheriting, u32 fdFlags) {
  const bool isUnknown =
      (lookup & ~lookupflag::kAll) || (openFlags & ~openflag::kAll) || (fdFlags & ~u32{fdflag::kAll});
  if (isUnknown) return std::unexpected(Errno::Inval);
  Wish wish = {{}, base, inheriting};
  wish.open.read = (base & (right::kFdRead | right::kFdReaddir)) != 0;
  wish.open.write = (base & right::kFdWrite) != 0;
  wish.open.create = (openFlags & openflag::kCreate) != 0;
  wish.open.exclusive = (openFlags & openflag::kExclusive) != 0;
  wish.open.truncate = (openFlags & openflag::kTruncate) != 0;
  wish.open.directory = (openFlags & openflag::kDirectory) != 0;
  wish.open.follow = (lookup & lookupflag::kSymlinkFollow) != 0;
  wish.open.fdFlags = static_cast<u16>(fdFlags);
  if (wish.open.directory && (wish.open.create || wish.open.exclusive || wish.open.truncate)) {
    return std::unexpected(Errno::Inval);
  }
  if (wish.open.directory && wish.open.write) return std::unexpected(Errno::IsDir);
  return wish;
}

/// NotCapable unless the directory allows what decides how the file is opened. Other rights that are asked for in vain
/// are left out silently, and fd_fdstat_get shows it: language runtimes ask for all they know.
Errno requireWish(const Descriptor& directory, const Wish& wish) {
  Rights base = right::kPathOpen;
  if (wish.open.create) base |= right::kPathCreateFile;
  if (wish.open.truncate) base |= right::kPathFilestatSetSize;
  Rights inheriting = wish.base & (right::kFdRead | right::kFdWrite);
  if (wish.open.fdFlags & fdflag::kDsync) inheriting |= right::kFdDatasync;
  if (wish.open.fdFlags & (fdflag::kRsync | fdflag::kSync)) inheriting |= right::kFdSync;
  const bool isAllowed = (directory.base & base) == base && (directory.inheriting & inheriting) == inheriting;
  return isAllowed ? Errno::Success : Errno::NotCapable;
}

/// The rights that can mean something for a file opened in this way.
Rights applicableRights(const Descriptor& file, const OpenRequest& open) {
  Rights rights = right::kRegularFile;
  if (file.isDirectory())
    rights = right::kDirectory;
  else if (file.type != FileType::RegularFile)
    rights = file.seekable ? right::kDevice : right::kStream;
  if (!open.read) rights &= ~(right::kFdRead | right::kFdReaddir);
  if (!open.write) rights &= ~(right::kFdWrite | right::kFdAllocate | right::kFdFilestatSetSize);
  return rights;
}

Fallible<Descriptor> describe(HostFd file, const Wish& wish, Rights allowed) {
  WASI_ASSIGN(const FileNature nature, fileNature(file.get()));
  Descriptor descriptor;
  descriptor.type = nature.type;
  descriptor.flags = wish.open.fdFlags;
  descriptor.seekable = nature.type == FileType::RegularFile || nature.type == FileType::BlockDevice ||
                        (nature.type == FileType::CharacterDevice && !nature.isTerminal);
  descriptor.base = wish.base & allowed & applicableRights(descriptor, wish.open);
  descriptor.inheriting = descriptor.isDirectory() ? wish.inheriting & allowed : 0;
  // Everything is opened non-blocking, so that a FIFO without a writer does not stop us here.
  const bool heedsNonblock = nature.type != FileType::RegularFile && nature.type != FileType::Directory;
  if (heedsNonblock) WASI_TRY(setFileFlags(file.get(), wish.open.fdFlags));
  descriptor.file = std::move(file);
  return descriptor;
}

}  // namespace

Errno pathOpen(WasiContext& context, GuestMemory memory, u32 dir, u32 lookup, u32 path, u32 pathLength, u32 openFlags,
               u64 base, u64 inheriting, u32 fdFlags, u32 fdOut) {
  WASI_ASSIGN(const Descriptor* directory, context.fds().findDirectory(dir, right::kPathOpen));
  WASI_ASSIGN(const Wish wish, readWish(lookup, openFlags, base, inheriting, fdFlags));
  WASI_TRY(requireWish(*directory, wish));
  WASI_ASSIGN(auto* out, memory.range(fdOut, sizeof(u32)));
  GuestPath name;
  WASI_TRY(name.copy(memory, path, pathLength));
  WASI_ASSIGN(HostFd file, context.paths().open(directory->file.get(), name, wish.open));
  WASI_ASSIGN(Descriptor descriptor, describe(std::move(file), wish, directory->inheriting));
  GuestMemory::store(out, context.fds().add(std::move(descriptor)));
  return Errno::Success;
}

}  // namespace wasmrun::wasi::calls
