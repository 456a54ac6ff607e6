// Names in directories: create, look up, link, rename, remove.
#include "wasi/calls.h"
#include "wasi/context.h"
#include "wasi/host_directories.h"
#include "wasi/status_codec.h"

namespace wasmrun::wasi::calls {

namespace {

bool isFollow(u32 lookup) { return (lookup & lookupflag::kSymlinkFollow) != 0; }

/// A file that gets a name in `to` is afterwards opened with what `to` inherits to it. That must not be more than what
/// `from` did, or a link would turn a read-only file into a writable one.
Errno requireNoGain(const Descriptor& from, const Descriptor& to) {
  return (to.inheriting & ~from.inheriting) == 0 ? Errno::Success : Errno::NotCapable;
}

/// The descriptor of a directory, with its rights checked, and the place a path names in it.
Fallible<ResolvedName> placeToChange(WasiContext& context, GuestMemory memory, u32 dir, Rights rights, u32 address,
                                     u32 length) {
  WASI_ASSIGN(const Descriptor* descriptor, context.fds().findDirectory(dir, rights));
  GuestPath path;
  WASI_TRY(path.copy(memory, address, length));
  return context.paths().nameToChange(descriptor->file.get(), path);
}

Fallible<ResolvedName> placeToLookUp(WasiContext& context, GuestMemory memory, u32 dir, Rights rights, u32 address,
                                     u32 length, bool follow) {
  WASI_ASSIGN(const Descriptor* descriptor, context.fds().findDirectory(dir, rights));
  GuestPath path;
  WASI_TRY(path.copy(memory, address, length));
  return context.paths().nameToLookUp(descriptor->file.get(), path, follow);
}

}  // namespace

Errno pathCreateDirectory(WasiContext& context, GuestMemory memory, u32 dir, u32 path, u32 pathLength) {
  WASI_ASSIGN(const ResolvedName place,
              placeToChange(context, memory, dir, right::kPathCreateDirectory, path, pathLength));
  return makeDirectory(place);
}

Errno pathRemoveDirectory(WasiContext& context, GuestMemory memory, u32 dir, u32 path, u32 pathLength) {
  WASI_ASSIGN(const ResolvedName place,
              placeToChange(context, memory, dir, right::kPathRemoveDirectory, path, pathLength));
  return removeDirectory(place);
}

Errno pathUnlinkFile(WasiContext& context, GuestMemory memory, u32 dir, u32 path, u32 pathLength) {
  WASI_ASSIGN(const ResolvedName place, placeToChange(context, memory, dir, right::kPathUnlinkFile, path, pathLength));
  return unlinkName(place);
}

Errno pathFilestatGet(WasiContext& context, GuestMemory memory, u32 dir, u32 lookup, u32 path, u32 pathLength,
                      u32 filestatOut) {
  if ((lookup & ~lookupflag::kAll) != 0) return Errno::Inval;
  WASI_ASSIGN(const ResolvedName place,
              placeToLookUp(context, memory, dir, right::kPathFilestatGet, path, pathLength, isFollow(lookup)));
  WASI_ASSIGN(const FileStatus status, statusOfName(place));
  return writeFileStatus(memory, filestatOut, status);
}

Errno pathFilestatSetTimes(WasiContext& context, GuestMemory memory, u32 dir, u32 lookup, u32 path, u32 pathLength,
                           u64 accessed, u64 modified, u32 flags) {
  if ((lookup & ~lookupflag::kAll) != 0) return Errno::Inval;
  WASI_ASSIGN(const ResolvedName place,
              placeToLookUp(context, memory, dir, right::kPathFilestatSetTimes, path, pathLength, isFollow(lookup)));
  WASI_ASSIGN(const TimeChanges changes, readTimeChanges(accessed, modified, flags));
  return setTimesOfName(place, changes.accessed, changes.modified);
}

Errno pathReadlink(WasiContext& context, GuestMemory memory, u32 dir, u32 path, u32 pathLength, u32 bufferOut,
                   u32 capacity, u32 sizeOut) {
  WASI_ASSIGN(const ResolvedName place,
              placeToLookUp(context, memory, dir, right::kPathReadlink, path, pathLength, false));
  WASI_ASSIGN(auto* buffer, memory.range(bufferOut, capacity));
  WASI_ASSIGN(const u32 size, readLink(place, {buffer, capacity}));
  return memory.write(sizeOut, size);
}

Errno pathSymlink(WasiContext& context, GuestMemory memory, u32 target, u32 targetLength, u32 dir, u32 path,
                  u32 pathLength) {
  WASI_ASSIGN(const ResolvedName place, placeToChange(context, memory, dir, right::kPathSymlink, path, pathLength));
  GuestPath text;
  WASI_TRY(text.copy(memory, target, targetLength));
  // Guests cannot follow it, but programs of the host would, to wherever the guest says.
  if (text.view().front() == '/') return Errno::Perm;
  return makeSymlink(text.c_str(), place);
}

Errno pathLink(WasiContext& context, GuestMemory memory, u32 oldDir, u32 lookup, u32 oldPath, u32 oldLength, u32 newDir,
               u32 newPath, u32 newLength) {
  if ((lookup & ~lookupflag::kAll) != 0) return Errno::Inval;
  WASI_ASSIGN(const Descriptor* from, context.fds().findDirectory(oldDir, right::kPathLinkSource));
  WASI_ASSIGN(const Descriptor* to, context.fds().findDirectory(newDir, right::kPathLinkTarget));
  WASI_TRY(requireNoGain(*from, *to));
  WASI_ASSIGN(const ResolvedName source,
              placeToLookUp(context, memory, oldDir, right::kPathLinkSource, oldPath, oldLength, isFollow(lookup)));
  WASI_ASSIGN(const ResolvedName target,
              placeToChange(context, memory, newDir, right::kPathLinkTarget, newPath, newLength));
  return linkName(source, target);
}

Errno pathRename(WasiContext& context, GuestMemory memory, u32 oldDir, u32 oldPath, u32 oldLength, u32 newDir,
                 u32 newPath, u32 newLength) {
  WASI_ASSIGN(const Descriptor* from, context.fds().findDirectory(oldDir, right::kPathRenameSource));
  WASI_ASSIGN(const Descriptor* to, context.fds().findDirectory(newDir, right::kPathRenameTarget));
  WASI_TRY(requireNoGain(*from, *to));
  WASI_ASSIGN(const ResolvedName source,
              placeToChange(context, memory, oldDir, right::kPathRenameSource, oldPath, oldLength));
  WASI_ASSIGN(const ResolvedName target,
              placeToChange(context, memory, newDir, right::kPathRenameTarget, newPath, newLength));
  return renameName(source, target);
}

}  // namespace wasmrun::wasi::calls
