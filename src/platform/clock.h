// Time.
#pragma once

#include "support/int.h"

namespace wasmrun::platform {

/// Nanoseconds of a clock that only goes forward.
u64 monotonicNanos();

}  // namespace wasmrun::platform
