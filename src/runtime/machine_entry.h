// The way from C++ into machine code (docs/ABI-x64.md, "In and out"), and what bounds the native stack.
#pragma once

#include "runtime/exec_context.h"
#include "runtime/func_code.h"

namespace wasmrun::runtime {

/// Calls `func`, which has machine code, for the host: as Func::slotEntry.
CallStatus callMachine(ExecContext& context, Func& func, u64* slots);

/// Continues at `entry` in `frame`, for the interpreter, which has noted in the context where it is. Arguments are in
/// slots, results too afterwards. An exception that comes out is for the caller's frames.
CallStatus continueInMachine(ExecContext& context, Instance& instance, const CallShape& shape, const void* entry,
                             u64* frame);

/// Sets the context's nativeLimit for the calling thread: once for everything that one outermost call does, since what
/// is kept back may be a part of what is left.
void noteNativeLimit(ExecContext& context);
/// Whether the native stack has room for another entry of a tier.
inline bool hasNativeStack(const ExecContext& context) { return __builtin_frame_address(0) > context.nativeLimit; }

/// The first instructions of machine code found a limit passed, or that a stop is wanted. `frameEnd`: one past the last
/// slot that the function may use; `sp`: the native stack pointer. None: it may run.
TrapKind checkEntry(ExecContext& context, const u64* frameEnd, const void* sp);

}  // namespace wasmrun::runtime
