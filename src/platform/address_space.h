// Facts about this process's address space: whether a large reservation is a good idea.
#pragma once

#include "support/int.h"

namespace wasmrun::platform {

/// Bytes of address space this process may still map (RLIMIT_AS, `ulimit -v`, less what is mapped); ~0 without a limit.
u64 addressSpaceLeft();

/// Whether to try to reserve `bytes`: a process with a limit keeps three quarters of what is left for other uses.
bool mayReserve(u64 bytes);

}  // namespace wasmrun::platform
