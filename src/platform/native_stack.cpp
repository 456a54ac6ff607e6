#include "platform/native_stack.h"

#include <pthread.h>

#include "support/int.h"

namespace wasmrun::platform {

namespace {

/// The stack's lowest address that may be used, or 0.
uintptr_t lowestAddress() {
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
  static thread_local const uintptr_t lowest = lowestAddress();
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  if (lowest == 0) return ~size_t{0};
  return here > lowest ? here - lowest : 0;
}

}  // namespace wasmrun::platform
