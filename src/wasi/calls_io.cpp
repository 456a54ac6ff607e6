// Reading, writing and seeking.
#include "wasi/calls.h"
#include "wasi/context.h"
#include "wasi/host_files.h"
#include "wasi/host_sockets.h"
#include "wasi/waiting.h"

namespace wasmrun::wasi::calls {

namespace {

bool isSocket(const Descriptor& descriptor) {
  return descriptor.type == FileType::SocketStream || descriptor.type == FileType::SocketDgram;
}

/// What a file without a position answers to calls that give one.
Errno requirePosition(const Descriptor& descriptor) {
  return descriptor.seekable || descriptor.isDirectory() ? Errno::Success : Errno::SPipe;
}

Fallible<u32> readFrom(const Descriptor& descriptor, const GuestBuffers& buffers) {
  if (descriptor.hooks) return readHooks(*descriptor.hooks, buffers.view());
  return readBuffers(descriptor.file.get(), buffers.view());
}

Fallible<u32> writeTo(const StopSignal& stop, const Descriptor& descriptor, GuestBuffers& buffers) {
  if (descriptor.hooks) return writeHooks(*descriptor.hooks, buffers.view());
  return writeWhenReady(stop, descriptor, buffers, [&](std::span<const GuestBuffers::Buffer> piece) {
    return isSocket(descriptor) ? send(descriptor.file.get(), piece) : writeBuffers(descriptor.file.get(), piece);
  });
}

Errno seek(WasiContext& context, GuestMemory memory, u32 fd, i64 offset, Whence whence, Rights rights,
           u32 positionOut) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd));
  WASI_TRY(requirePosition(*descriptor));
  WASI_TRY(descriptor->require(rights));
  WASI_ASSIGN(auto* out, memory.range(positionOut, sizeof(u64)));  // looked at before the position moves
  WASI_ASSIGN(const u64 position, seekFile(descriptor->file.get(), offset, whence));
  GuestMemory::store(out, position);
  return Errno::Success;
}

}  // namespace

Errno fdRead(WasiContext& context, GuestMemory memory, u32 fd, u32 iovs, u32 iovsLength, u32 sizeOut) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd, right::kFdRead));
  WASI_ASSIGN(auto* size, memory.range(sizeOut, sizeof(u32)));
  GuestBuffers buffers;
  WASI_TRY(buffers.copy(memory, iovs, iovsLength));
  WASI_TRY(awaitReady(context.stop(), *descriptor, false));
  WASI_ASSIGN(const u32 moved, readFrom(*descriptor, buffers));
  GuestMemory::store(size, moved);
  return Errno::Success;
}

Errno fdWrite(WasiContext& context, GuestMemory memory, u32 fd, u32 iovs, u32 iovsLength, u32 sizeOut) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd, right::kFdWrite));
  WASI_ASSIGN(auto* size, memory.range(sizeOut, sizeof(u32)));
  GuestBuffers buffers;
  WASI_TRY(buffers.copy(memory, iovs, iovsLength));
  WASI_ASSIGN(const u32 moved, writeTo(context.stop(), *descriptor, buffers));
  GuestMemory::store(size, moved);
  return Errno::Success;
}

Errno fdPread(WasiContext& context, GuestMemory memory, u32 fd, u32 iovs, u32 iovsLength, u64 offset, u32 sizeOut) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd));
  WASI_TRY(requirePosition(*descriptor));
  WASI_TRY(descriptor->require(right::kFdRead | right::kFdSeek));
  WASI_ASSIGN(auto* size, memory.range(sizeOut, sizeof(u32)));
  GuestBuffers buffers;
  WASI_TRY(buffers.copy(memory, iovs, iovsLength));
  WASI_ASSIGN(const u32 moved, readBuffersAt(descriptor->file.get(), buffers.view(), offset));
  GuestMemory::store(size, moved);
  return Errno::Success;
}

Errno fdPwrite(WasiContext& context, GuestMemory memory, u32 fd, u32 iovs, u32 iovsLength, u64 offset, u32 sizeOut) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd));
  WASI_TRY(requirePosition(*descriptor));
  WASI_TRY(descriptor->require(right::kFdWrite | right::kFdSeek));
  WASI_ASSIGN(auto* size, memory.range(sizeOut, sizeof(u32)));
  GuestBuffers buffers;
  WASI_TRY(buffers.copy(memory, iovs, iovsLength));
  WASI_ASSIGN(const u32 moved, writeBuffersAt(descriptor->file.get(), buffers.view(), offset));
  GuestMemory::store(size, moved);
  return Errno::Success;
}

Errno fdSeek(WasiContext& context, GuestMemory memory, u32 fd, u64 offset, u32 whence, u32 positionOut) {
  if (whence > static_cast<u32>(Whence::End)) return Errno::Inval;
  // Asking for the position is no seek (witx: rights, fd_tell).
  const bool isTell = offset == 0 && whence == static_cast<u32>(Whence::Current);
  return seek(context, memory, fd, static_cast<i64>(offset), static_cast<Whence>(whence),
              isTell ? right::kFdTell : right::kFdSeek | right::kFdTell, positionOut);
}

Errno fdTell(WasiContext& context, GuestMemory memory, u32 fd, u32 positionOut) {
  return seek(context, memory, fd, 0, Whence::Current, right::kFdTell, positionOut);
}

}  // namespace wasmrun::wasi::calls
