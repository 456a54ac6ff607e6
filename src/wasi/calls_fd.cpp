// What a descriptor is, its flags, rights, size and times; closing and renumbering; preopens.
#include "wasi/calls.h"
#include "wasi/context.h"
#include "wasi/host_files.h"
#include "wasi/status_codec.h"

namespace wasmrun::wasi::calls {

Errno fdAdvise(WasiContext& context, GuestMemory, u32 fd, u64 offset, u64 length, u32 advice) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd, right::kFdAdvise));
  return adviseFile(descriptor->file.get(), offset, length, advice);
}

Errno fdAllocate(WasiContext& context, GuestMemory, u32 fd, u64 offset, u64 length) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd, right::kFdAllocate));
  return allocateFile(descriptor->file.get(), offset, length);
}

Errno fdClose(WasiContext& context, GuestMemory, u32 fd) { return context.fds().close(fd); }

Errno fdRenumber(WasiContext& context, GuestMemory, u32 from, u32 to) { return context.fds().renumber(from, to); }

Errno fdSync(WasiContext& context, GuestMemory, u32 fd) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd, right::kFdSync));
  return syncFile(descriptor->file.get());
}

Errno fdDatasync(WasiContext& context, GuestMemory, u32 fd) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd, right::kFdDatasync));
  return syncFileData(descriptor->file.get());
}

// -- Flags and rights ------------------------------------------------------------------------------------------------

Errno fdFdstatGet(WasiContext& context, GuestMemory memory, u32 fd, u32 fdstatOut) {
  WASI_ASSIGN(const Descriptor* descriptor, context.fds().find(fd));
  WASI_ASSIGN(auto* out, memory.range(fdstatOut, fdstat_layout::kSize));
  std::memset(out, 0, fdstat_layout::kSize);
  GuestMemory::store(out + fdstat_layout::kFileType, static_cast<u8>(descriptor->type));
  GuestMemory::store(out + fdstat_layout::kFlags, descriptor->flags);
  GuestMemory::store(out + fdstat_layout::kBase, descriptor->base);
  GuestMemory::store(out + fdstat_layout::kInheriting, descriptor->inheriting);
  return Errno::Success;
}

Errno fdFdstatSetFlags(WasiContext& context, GuestMemory, u32 fd, u32 flags) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd, right::kFdFdstatSetFlags));
  if ((flags & ~u32{fdflag::kAll}) != 0) return Errno::Inval;
  const u32 changed = flags ^ descriptor->flags;
  if ((changed & fdflag::kAnySync) != 0) return Errno::Inval;  // Linux cannot change these on an open file
  if (descriptor->file.isOwned()) {
    WASI_TRY(setFileFlags(descriptor->file.get(), static_cast<u16>(flags)));
  } else if ((changed & fdflag::kAppend) != 0) {
    return Errno::NotSup;  // it would change the open file of whoever gave it to us
  }
  descriptor->flags = static_cast<u16>(flags);
  return Errno::Success;
}

Errno fdFdstatSetRights(WasiContext& context, GuestMemory, u32 fd, u64 base, u64 inheriting) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd));
  const bool isSubset = (base & ~descriptor->base) == 0 && (inheriting & ~descriptor->inheriting) == 0;
  if (!isSubset) return Errno::NotCapable;
  descriptor->base = base;
  descriptor->inheriting = inheriting;
  return Errno::Success;
}

// -- Size and times --------------------------------------------------------------------------------------------------

Errno fdFilestatGet(WasiContext& context, GuestMemory memory, u32 fd, u32 filestatOut) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd, right::kFdFilestatGet));
  if (descriptor->hooks) return writeFileStatus(memory, filestatOut, FileStatus());
  WASI_ASSIGN(const FileStatus status, fileStatus(descriptor->file.get()));
  return writeFileStatus(memory, filestatOut, status);
}

Errno fdFilestatSetSize(WasiContext& context, GuestMemory, u32 fd, u64 size) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd, right::kFdFilestatSetSize));
  return resizeFile(descriptor->file.get(), size);
}

Errno fdFilestatSetTimes(WasiContext& context, GuestMemory, u32 fd, u64 accessed, u64 modified, u32 flags) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd, right::kFdFilestatSetTimes));
  WASI_ASSIGN(const TimeChanges changes, readTimeChanges(accessed, modified, flags));
  return setFileTimes(descriptor->file.get(), changes.accessed, changes.modified);
}

// -- Preopens --------------------------------------------------------------------------------------------------------

Errno fdPrestatGet(WasiContext& context, GuestMemory memory, u32 fd, u32 prestatOut) {
  WASI_ASSIGN(const Descriptor* descriptor, context.fds().find(fd));
  if (!descriptor->isPreopen) return Errno::BadF;
  WASI_ASSIGN(auto* out, memory.range(prestatOut, prestat_layout::kSize));
  std::memset(out, 0, prestat_layout::kSize);
  GuestMemory::store(out + prestat_layout::kTag, kPreopenTypeDirectory);
  GuestMemory::store(out + prestat_layout::kNameLength, static_cast<u32>(descriptor->preopenName.size()));
  return Errno::Success;
}

Errno fdPrestatDirName(WasiContext& context, GuestMemory memory, u32 fd, u32 nameOut, u32 nameCapacity) {
  WASI_ASSIGN(const Descriptor* descriptor, context.fds().find(fd));
  if (!descriptor->isPreopen) return Errno::NotDir;
  if (descriptor->preopenName.size() > nameCapacity) return Errno::NameTooLong;
  return memory.writeBytes(nameOut, descriptor->preopenName);
}

}  // namespace wasmrun::wasi::calls
