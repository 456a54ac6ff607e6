// Walking and unwinding the interpreter's frames.
#pragma once

#include "gc/roots.h"
#include "interp/registers.h"
#include "runtime/backtrace.h"

namespace wasmrun::interp {

/// Finds the handler of exception `reference`, thrown at the frame that the context notes, and continues there; or
/// leaves the innermost activation with CallStatus::Exception.
const Word* unwind(Regs& r, u32 reference);

// One activation's frames; `state` says where the innermost is.

/// Shows them, innermost first (runtime::TierHooks::walkFrames). False if the visitor has enough.
bool walkActivation(const runtime::InterpreterState& state, runtime::FrameVisitor& visitor);
/// The function of the innermost; null if there is none.
const Code* innermostCode(const runtime::InterpreterState& state);
/// Shows the references in them (runtime::TierHooks::visitRoots).
void visitActivation(const runtime::InterpreterState& state, gc::RootVisitor& visitor);

}  // namespace wasmrun::interp
