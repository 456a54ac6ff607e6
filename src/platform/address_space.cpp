#include "platform/address_space.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

#include "platform/mapping.h"

namespace wasmrun::platform {

namespace {

/// Bytes of address space mapped now; 0 if the system does not say.
u64 mappedBytes() {
  const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[64] = {};
  const ssize_t length = read(file, text, sizeof(text) - 1);
  close(file);
  return length > 0 ? std::strtoull(text, nullptr, 10) * pageSize() : 0;
}

}  // namespace

u64 addressSpaceLeft() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return ~u64{0};
  const u64 mapped = mappedBytes();
  return mapped < limit.rlim_cur ? limit.rlim_cur - mapped : 0;
}

bool mayReserve(u64 bytes) { return bytes <= addressSpaceLeft() / 4; }

}  // namespace wasmrun::platform
