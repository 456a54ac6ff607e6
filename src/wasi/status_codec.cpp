#include "wasi/status_codec.h"

namespace wasmrun::wasi {

namespace {

TimeChange timeChange(bool set, bool now, u64 nanoseconds) {
  if (now) return {TimeChange::Kind::Now};
  return set ? TimeChange{TimeChange::Kind::Set, nanoseconds} : TimeChange{};
}

}  // namespace

Errno writeFileStatus(GuestMemory memory, u32 address, const FileStatus& status) {
  WASI_ASSIGN(auto* out, memory.range(address, filestat_layout::kSize));
  std::memset(out, 0, filestat_layout::kSize);
  GuestMemory::store(out + filestat_layout::kDevice, status.device);
  GuestMemory::store(out + filestat_layout::kInode, status.inode);
  GuestMemory::store(out + filestat_layout::kFileType, static_cast<u8>(status.type));
  GuestMemory::store(out + filestat_layout::kLinks, status.links);
  GuestMemory::store(out + filestat_layout::kFileSize, status.size);
  GuestMemory::store(out + filestat_layout::kAccessed, status.accessed);
  GuestMemory::store(out + filestat_layout::kModified, status.modified);
  GuestMemory::store(out + filestat_layout::kChanged, status.changed);
  return Errno::Success;
}

Fallible<TimeChanges> readTimeChanges(u64 accessed, u64 modified, u32 flags) {
  const bool setAccessed = (flags & timeflag::kAccessed) != 0, nowAccessed = (flags & timeflag::kAccessedNow) != 0;
  const bool setModified = (flags & timeflag::kModified) != 0, nowModified = (flags & timeflag::kModifiedNow) != 0;
  const bool isContradiction = (setAccessed && nowAccessed) || (setModified && nowModified);
  if ((flags & ~timeflag::kAll) != 0 || isContradiction) return std::unexpected(Errno::Inval);
  return TimeChanges{timeChange(setAccessed, nowAccessed, accessed), timeChange(setModified, nowModified, modified)};
}

}  // namespace wasmrun::wasi
