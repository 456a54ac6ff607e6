// The stack that C++ runs on.
#pragma once

#include <cstddef>

namespace wasmrun::platform {

/// Bytes that the calling thread's stack still has below the caller's frame. What the system says of the stack is asked
/// once a thread (tens of microseconds). The largest size_t if it does not say.
size_t nativeStackLeft();

}  // namespace wasmrun::platform
