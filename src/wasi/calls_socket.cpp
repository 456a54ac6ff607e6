// Sockets that the guest was given, and the connections they accept.
#include "wasi/calls.h"
#include "wasi/context.h"
#include "wasi/host_sockets.h"
#include "wasi/waiting.h"

namespace wasmrun::wasi::calls {

namespace {

/// The open socket `fd` with these rights; NotSock for other files.
Fallible<Descriptor*> findSocket(WasiContext& context, u32 fd, Rights rights) {
  WASI_ASSIGN(auto* descriptor, context.fds().find(fd));
  const bool isSocket = descriptor->type == FileType::SocketStream || descriptor->type == FileType::SocketDgram;
  if (!isSocket) return std::unexpected(Errno::NotSock);
  WASI_TRY(descriptor->require(rights));
  return descriptor;
}

/// Receives what there is, once there is something.
Fallible<Received> receiveSome(const StopSignal& stop, const Descriptor& socket, GuestBuffers::Buffer& to) {
  WASI_TRY(awaitReady(stop, socket, false));
  return receive(socket.file.get(), {&to, 1}, 0);
}

/// Receives all of the buffers from a stream; less if it ends, fails, or the guest is to stop.
Fallible<Received> receiveAll(const StopSignal& stop, const Descriptor& socket, GuestBuffers& buffers) {
  u32 received = 0;
  for (GuestBuffers::Buffer rest : buffers.view()) {
    while (rest.length != 0) {
      const Fallible<Received> piece = receiveSome(stop, socket, rest);
      if (!piece && received == 0) return piece;
      if (!piece || piece->size == 0) return Received{received, false};
      received += piece->size;
      rest.bytes += piece->size;
      rest.length -= piece->size;
    }
  }
  return Received{received, false};
}

Fallible<Received> receiveFrom(const StopSignal& stop, const Descriptor& socket, GuestBuffers& buffers, u32 flags) {
  // The host's own way to receive all would wait where nothing stops it.
  const bool inPieces = flags == sockflag::kReceiveWaitAll && socket.type == FileType::SocketStream &&
                        !buffers.empty() && mustAwait(stop, socket);
  if (inPieces) return receiveAll(stop, socket, buffers);
  WASI_TRY(awaitReady(stop, socket, false));
  return receive(socket.file.get(), buffers.view(), flags);
}

}  // namespace

Errno sockAccept(WasiContext& context, GuestMemory memory, u32 fd, u32 flags, u32 fdOut) {
  WASI_ASSIGN(const Descriptor* listener, findSocket(context, fd, right::kSockAccept));
  if ((flags & ~u32{fdflag::kNonblock}) != 0) return Errno::Inval;
  WASI_ASSIGN(auto* out, memory.range(fdOut, sizeof(u32)));
  WASI_TRY(awaitReady(context.stop(), *listener, false));
  WASI_ASSIGN(HostFd accepted, acceptConnection(listener->file.get(), flags != 0));
  Descriptor descriptor;
  descriptor.file = std::move(accepted);
  descriptor.type = listener->type;
  descriptor.flags = static_cast<u16>(flags);
  descriptor.base = listener->inheriting;
  descriptor.inheriting = listener->inheriting;
  GuestMemory::store(out, context.fds().add(std::move(descriptor)));
  return Errno::Success;
}

Errno sockRecv(WasiContext& context, GuestMemory memory, u32 fd, u32 iovs, u32 iovsLength, u32 flags, u32 sizeOut,
               u32 flagsOut) {
  WASI_ASSIGN(const Descriptor* descriptor, findSocket(context, fd, right::kFdRead));
  if ((flags & ~sockflag::kReceiveAll) != 0) return Errno::Inval;
  WASI_ASSIGN(auto* size, memory.range(sizeOut, sizeof(u32)));
  WASI_ASSIGN(auto* resultFlags, memory.range(flagsOut, sizeof(u16)));
  GuestBuffers buffers;
  WASI_TRY(buffers.copy(memory, iovs, iovsLength));
  WASI_ASSIGN(const Received received, receiveFrom(context.stop(), *descriptor, buffers, flags));
  GuestMemory::store(size, received.size);
  GuestMemory::store(resultFlags, received.isTruncated ? sockflag::kDataTruncated : u16{0});
  return Errno::Success;
}

Errno sockSend(WasiContext& context, GuestMemory memory, u32 fd, u32 iovs, u32 iovsLength, u32 flags, u32 sizeOut) {
  WASI_ASSIGN(const Descriptor* descriptor, findSocket(context, fd, right::kFdWrite));
  if (flags != 0) return Errno::Inval;  // witx: $siflags, none are defined
  WASI_ASSIGN(auto* size, memory.range(sizeOut, sizeof(u32)));
  GuestBuffers buffers;
  WASI_TRY(buffers.copy(memory, iovs, iovsLength));
  WASI_ASSIGN(const u32 sent, writeWhenReady(context.stop(), *descriptor, buffers,
                                             [&](auto piece) { return send(descriptor->file.get(), piece); }));
  GuestMemory::store(size, sent);
  return Errno::Success;
}

Errno sockShutdown(WasiContext& context, GuestMemory, u32 fd, u32 how) {
  WASI_ASSIGN(const Descriptor* descriptor, findSocket(context, fd, right::kSockShutdown));
  if (how == 0 || (how & ~sockflag::kShutdownAll) != 0) return Errno::Inval;
  return shutdownSocket(descriptor->file.get(), how);
}

}  // namespace wasmrun::wasi::calls
