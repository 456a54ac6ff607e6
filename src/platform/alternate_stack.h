// The stack that signal handlers run on, one a thread.
#pragma once

#include "support/result.h"

namespace wasmrun::platform {

/// Makes sure that the calling thread has an alternate signal stack of a useful size; it is the thread's until it ends.
/// One that somebody set up before is used if it is large enough. Cheap when called again. Limit error where there is
/// no memory.
Result<void> ensureAlternateStack();

}  // namespace wasmrun::platform
