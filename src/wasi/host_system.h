// The host's clocks, random numbers and scheduler.
#pragma once

#include <cstddef>
#include <span>

#include "support/int.h"
#include "wasi/abi.h"
#include "wasi/errno.h"

namespace wasmrun::wasi {

/// Nanoseconds of the clock (realtime: since 1970). Inval for a number that is no ClockId.
Fallible<u64> clockTime(u32 clock);

/// Nanoseconds between two ticks of the clock.
Fallible<u64> clockResolution(u32 clock);

/// Fills `buffer` from the kernel's random number generator.
Errno fillRandom(std::span<std::byte> buffer);

void yieldThread();

}  // namespace wasmrun::wasi
