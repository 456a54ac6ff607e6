#include "platform/wake_event.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace wasmrun::platform {

WakeEvent::~WakeEvent() {
  if (const int fd = fd_.load(); fd >= 0) close(fd);
}

int WakeEvent::descriptor() {
  // Sequentially consistent, as the condition: either the signaller sees the descriptor, or the waiter the condition.
  if (isArmed_ && fd_.load() < 0) fd_.store(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  return fd_.load();
}

void WakeEvent::clear() {
  u64 count = 0;
  // An error means that nobody had signalled.
  [[maybe_unused]] const ssize_t got = read(fd_.load(), &count, sizeof count);
}

void WakeEvent::signal() {
  const int fd = fd_.load();
  if (fd < 0) return;
  const int savedErrno = errno;
  const u64 one = 1;
  // An error means that it is readable already.
  [[maybe_unused]] const ssize_t put = write(fd, &one, sizeof one);
  errno = savedErrno;
}

}  // namespace wasmrun::platform
