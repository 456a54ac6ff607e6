// Sleeping on a word, and waking those who do.
#pragma once

#include <atomic>
#include <optional>

#include "support/int.h"

namespace wasmrun::platform {

/// Sleeps while `word` is `expected`, until a futexWake or the deadline (monotonicNanos). May return for no reason: the
/// caller looks at its condition again.
void futexWait(const std::atomic<u32>& word, u32 expected, std::optional<u64> deadline);

/// Wakes up to `count` sleepers of this process. Async-signal-safe.
void futexWake(const std::atomic<u32>& word, u32 count);

}  // namespace wasmrun::platform
