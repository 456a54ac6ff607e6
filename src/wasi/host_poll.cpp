#include "wasi/host_poll.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <memory>

#include "wasi/host_stat.h"

namespace wasmrun::wasi {

namespace {

void toHost(std::span<const PollRequest> requests, pollfd* host) {
  for (const PollRequest& request : requests) {
    *host++ = {request.fd, static_cast<short>(request.forWriting ? POLLOUT : POLLIN), 0};
  }
}

void fromHost(const pollfd* host, std::span<PollRequest> requests) {
  for (PollRequest& request : requests) {
    request.isReady = host->revents != 0;
    request.isHangup = (host->revents & (POLLHUP | POLLERR)) != 0;
    ++host;
  }
}

}  // namespace

Errno pollFiles(std::span<PollRequest> requests, u64 timeout, const StopSignal& stop) {
  // First the descriptor, then the question: see WakeEvent.
  const int wake = timeout != 0 ? stop.descriptor() : -1;
  if (timeout != 0 && stop.isRequested()) return kStopped;
  static constexpr size_t kInline = 16;
  pollfd few[kInline];
  std::unique_ptr<pollfd[]> many;
  if (requests.size() >= kInline) many = std::make_unique_for_overwrite<pollfd[]>(requests.size() + 1);
  pollfd* const host = many ? many.get() : few;
  toHost(requests, host);
  pollfd& waker = host[requests.size()];
  waker = {wake, POLLIN, 0};  // one of -1 is passed over
  const timespec limit = timespecOf(timeout);
  const int ready = ppoll(host, requests.size() + 1, timeout == kWaitForever ? nullptr : &limit, nullptr);
  if (ready < 0 && errno != EINTR) return errnoFromHost(errno);
  if (ready > 0) fromHost(host, requests);
  if (ready > 0 && waker.revents != 0) {
    if (stop.isRequested()) return kStopped;
    stop.clear();
  }
  return Errno::Success;
}

u64 readableBytes(int fd) {
  int bytes = 0;
  return ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<u64>(bytes) : 0;
}

}  // namespace wasmrun::wasi
