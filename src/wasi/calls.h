// The C++ function behind every row of functions.def. Defined in calls_*.cpp by subject.
#pragma once

#include "wasi/errno.h"
#include "wasi/guest_memory.h"

namespace wasmrun::wasi {

class WasiContext;

/// The result of proc_exit: the code the guest exits with.
struct ExitRequest {
  u32 code;
};

namespace calls {
#define WASI_FUNCTION(Result, name, function, ...) \
  Result function(WasiContext& context, GuestMemory memory __VA_OPT__(, ) __VA_ARGS__);
#include "wasi/functions.def"
#undef WASI_FUNCTION
}  // namespace calls

}  // namespace wasmrun::wasi
