#include "wasi/host_sockets.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

#include "wasi/abi.h"

namespace wasmrun::wasi {

namespace {

msghdr messageOf(std::span<const GuestBuffers::Buffer> buffers) {
  msghdr message = {};
  // sendmsg and recvmsg do not change the array; only its element type is not const.
  message.msg_iov = reinterpret_cast<iovec*>(const_cast<GuestBuffers::Buffer*>(buffers.data()));
  message.msg_iovlen = buffers.size();
  return message;
}

}  // namespace

Fallible<HostFd> acceptConnection(int fd, bool nonblocking) {
  int accepted;
  do accepted = accept4(fd, nullptr, nullptr, SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0));
  while (accepted < 0 && errno == EINTR);
  if (accepted < 0) return std::unexpected(errnoFromHost(errno));
  return HostFd::owned(accepted);
}

Fallible<Received> receive(int fd, std::span<const GuestBuffers::Buffer> buffers, u32 flags) {
  int hostFlags = 0;
  if (flags & sockflag::kReceivePeek) hostFlags |= MSG_PEEK;
  if (flags & sockflag::kReceiveWaitAll) hostFlags |= MSG_WAITALL;
  msghdr message = messageOf(buffers);
  ssize_t size;
  do size = recvmsg(fd, &message, hostFlags | MSG_CMSG_CLOEXEC);
  while (size < 0 && errno == EINTR);
  if (size < 0) return std::unexpected(errnoFromHost(errno));
  return Received{static_cast<u32>(size), (message.msg_flags & MSG_TRUNC) != 0};
}

Fallible<u32> send(int fd, std::span<const GuestBuffers::Buffer> buffers) {
  const msghdr message = messageOf(buffers);
  ssize_t size;
  do size = sendmsg(fd, &message, MSG_NOSIGNAL);
  while (size < 0 && errno == EINTR);
  if (size < 0) return std::unexpected(errnoFromHost(errno));
  return static_cast<u32>(size);
}

Errno shutdownSocket(int fd, u32 how) {
  const int hostHow = how == sockflag::kShutdownRead ? SHUT_RD : how == sockflag::kShutdownWrite ? SHUT_WR : SHUT_RDWR;
  return shutdown(fd, hostHow) == 0 ? Errno::Success : errnoFromHost(errno);
}

}  // namespace wasmrun::wasi
