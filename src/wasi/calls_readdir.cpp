// fd_readdir.
//
// Cookies: 0 starts with ".", 1 is "..", and c >= 2 is the host's directory position c - 2, which stays good while
// files come and go, and even after the directory is closed and opened again. So nothing is kept between two calls.
#include <algorithm>

#include "wasi/calls.h"
#include "wasi/context.h"
#include "wasi/host_directories.h"

namespace wasmrun::wasi::calls {

namespace {

constexpr u64 kParentCookie = 1;
constexpr u64 kFirstHostCookie = 2;

/// The guest's buffer. The last entry is cut off where the buffer ends: a full buffer tells the guest to go on.
class EntryWriter {
 public:
  EntryWriter(std::byte* buffer, u32 capacity) : buffer_(buffer), capacity_(capacity) {}

  bool isFull() const { return used_ == capacity_; }
  u32 used() const { return used_; }

  void add(u64 next, u64 inode, FileType type, std::string_view name) {
    std::byte header[dirent_layout::kSize] = {};
    GuestMemory::store(header + dirent_layout::kNext, next);
    GuestMemory::store(header + dirent_layout::kInode, inode);
    GuestMemory::store(header + dirent_layout::kNameLength, static_cast<u32>(name.size()));
    GuestMemory::store(header + dirent_layout::kFileType, static_cast<u8>(type));
    append(header, sizeof header);
    append(reinterpret_cast<const std::byte*>(name.data()), name.size());
  }

 private:
  void append(const std::byte* bytes, size_t size) {
    const u32 fitting = static_cast<u32>(std::min<size_t>(size, capacity_ - used_));
    if (fitting != 0) std::memcpy(buffer_ + used_, bytes, fitting);
    used_ += fitting;
  }

  std::byte* buffer_;
  u32 capacity_;
  u32 used_ = 0;
};

/// "." and "..". The inode of the parent is not the guest's to know, so both have the directory's own.
Errno addDots(int directory, u64& cookie, EntryWriter& writer) {
  WASI_ASSIGN(const FileStatus status, fileStatus(directory));
  if (cookie == 0) {
    writer.add(kParentCookie, status.inode, FileType::Directory, ".");
    cookie = kParentCookie;
  }
  if (!writer.isFull()) {
    writer.add(kFirstHostCookie, status.inode, FileType::Directory, "..");
    cookie = kFirstHostCookie;
  }
  return Errno::Success;
}

Errno addEntries(int directory, u64 cookie, u32 capacity, EntryWriter& writer) {
  DirectoryReader reader(directory, capacity);
  WASI_TRY(reader.seek(cookie - kFirstHostCookie));
  while (!writer.isFull()) {
    WASI_ASSIGN(const DirectoryEntry* entry, reader.next());
    if (entry == nullptr) break;
    writer.add(entry->next + kFirstHostCookie, entry->inode, entry->type, entry->name);
  }
  return Errno::Success;
}

}  // namespace

Errno fdReaddir(WasiContext& context, GuestMemory memory, u32 fd, u32 bufferOut, u32 capacity, u64 cookie,
                u32 sizeOut) {
  WASI_ASSIGN(const Descriptor* descriptor, context.fds().findDirectory(fd, right::kFdReaddir));
  WASI_ASSIGN(auto* buffer, memory.range(bufferOut, capacity));
  const int directory = descriptor->file.get();
  EntryWriter writer(buffer, capacity);
  if (cookie < kFirstHostCookie) WASI_TRY(addDots(directory, cookie, writer));
  if (!writer.isFull()) WASI_TRY(addEntries(directory, cookie, capacity, writer));
  return memory.write(sizeOut, writer.used());
}

}  // namespace wasmrun::wasi::calls
