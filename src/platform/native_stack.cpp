#include "platform/native_stack.h"

#include <pthread.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>

#include "platform/mapping.h"
#include "support/int.h"

namespace wasmrun::platform {

namespace {

/// Limits up to this one never reach other mappings: Linux leaves twice as much below the main thread's stack.
constexpr rlim_t kLargestGrowth = 64 << 20;

/// The same as lowestAddress for the thread that began the process, or 0 if its stack is not as usual. Its end is known
/// without asking: the kernel begins it with a null word and, below, the program's name (Linux, fs/exec.c).
uintptr_t lowestOfMainThread(uintptr_t here) {
  const u64 name = getauxval(AT_EXECFN);
  rlimit limit{};
  if (gettid() != getpid() || name == 0 || getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur > kLargestGrowth)
    return 0;
  const uintptr_t end = roundUpToPage(name + std::strlen(reinterpret_cast<const char*>(name)) + 1 + sizeof(void*));
  // The thread may run on another stack, or be another one's copy, after fork().
  if (here >= end || end - here > limit.rlim_cur) return 0;
  return roundUpToPage(end - limit.rlim_cur);
}

/// The stack's lowest address that may be used, or 0.
uintptr_t lowestAddress(uintptr_t here) {
  // For that thread the C library reads all of /proc/self/maps, which takes a tenth of a millisecond.
  if (const uintptr_t lowest = lowestOfMainThread(here)) return lowest;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  size_t size = 0;
  const bool known = pthread_attr_getstack(&attributes, &lowest, &size) == 0;
  pthread_attr_destroy(&attributes);
  return known ? reinterpret_cast<uintptr_t>(lowest) : 0;
}

}  // namespace

size_t nativeStackLeft() {
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  static thread_local const uintptr_t lowest = lowestAddress(here);
  if (lowest == 0) return ~size_t{0};
  return here > lowest ? here - lowest : 0;
}

}  // namespace wasmrun::platform
