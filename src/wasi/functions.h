// What the embedder links: every function of wasi_snapshot_preview1 by name, with its type and one uniform entry.
#pragma once

#include <span>
#include <string_view>

#include "support/int.h"
#include "wasi/guest_memory.h"

namespace wasmrun::wasi {

class WasiContext;

/// The module name that guests import these functions from.
inline constexpr std::string_view kModuleName = "wasi_snapshot_preview1";

enum class ParameterType : u8 { I32, I64 };

/// How a call ended: with an error number for the guest, with the guest's wish to exit, or not at all.
struct WasiOutcome {
  enum class Kind : u8 {
    Errno,    ///< return `value` to the guest as its i32 result
    Exit,     ///< unwind the guest; `value` is its exit code
    Stopped,  ///< it would have waited on, but the context's StopSignal has a request; nothing happened
  };
  Kind kind;
  u32 value;
};

/// One function. The table is constant and shared by all contexts.
struct WasiFunction {
  std::string_view name;
  std::span<const ParameterType> parameters;
  bool returnsErrno;  ///< one i32 result; false for proc_exit, which has none

  /// Runs the function. `arguments` holds `parameters.size()` slots; of an I32 the low half counts. May block (reads,
  /// poll_oneoff) until the context's StopSignal has a request. Uses the context, so only one thread at a time may call
  /// functions of the same context.
  WasiOutcome (*call)(WasiContext& context, GuestMemory memory, const u64* arguments);
};

/// All functions, sorted by name.
std::span<const WasiFunction> wasiFunctions();

/// The function that guests import as `name`, or null.
const WasiFunction* findWasiFunction(std::string_view name);

}  // namespace wasmrun::wasi
