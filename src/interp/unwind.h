// Walking and unwinding the interpreter's frames.
#pragma once

#include "interp/registers.h"
#include "runtime/backtrace.h"

namespace wasmrun::interp {

/// Finds the handler of exception `reference`, thrown at the frame that the context notes, and continues there; or
/// leaves the innermost activation with CallStatus::Exception.
const Word* unwind(Regs& r, u32 reference);

/// Shows all active frames, innermost first (runtime::TierHooks::walkFrames).
void walkFrames(const runtime::ExecContext& context, runtime::FrameVisitor& visitor);

}  // namespace wasmrun::interp
