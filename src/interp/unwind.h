// Walking and unwinding the interpreter's frames.
#pragma once

#include "gc/roots.h"
#include "interp/registers.h"
#include "runtime/backtrace.h"

namespace wasmrun::interp {

/// Finds the handler of exception `reference`, thrown at the frame that the context notes, and continues there; or
/// leaves the innermost activation with CallStatus::Exception.
const Word* unwind(Regs& r, u32 reference);

/// Shows all active frames, innermost first (runtime::TierHooks::walkFrames).
void walkFrames(const runtime::ExecContext& context, runtime::FrameVisitor& visitor);

/// Shows the references in all active frames (runtime::TierHooks::visitRoots).
void visitRoots(const runtime::ExecContext& context, gc::RootVisitor& visitor);

}  // namespace wasmrun::interp
