#include "platform/native_stack.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <thread>

#include "platform/mapping.h"

namespace wasmrun::platform {
namespace {

/// What the C library, which reads /proc/self/maps for that, says of the calling thread's stack.
size_t leftByTheLibrary() {
  pthread_attr_t attributes;
  void* lowest = nullptr;
  size_t size = 0;
  EXPECT_EQ(pthread_getattr_np(pthread_self(), &attributes), 0);
  EXPECT_EQ(pthread_attr_getstack(&attributes, &lowest, &size), 0);
  pthread_attr_destroy(&attributes);
  return static_cast<size_t>(static_cast<char*>(__builtin_frame_address(0)) - static_cast<char*>(lowest));
}

void expectSame() {
  const size_t left = nativeStackLeft(), expected = leftByTheLibrary();
  EXPECT_LE(left, expected + pageSize());
  EXPECT_GE(left + 2 * pageSize(), expected);
}

TEST(NativeStack, OfTheThreadThatBeganTheProcess) { expectSame(); }

TEST(NativeStack, OfAnotherThread) { std::thread(expectSame).join(); }

}  // namespace
}  // namespace wasmrun::platform
