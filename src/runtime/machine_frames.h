// The frames of one activation of machine code, as backtraces, collectors and exceptions see them.
#pragma once

#include "gc/roots.h"
#include "runtime/backtrace.h"
#include "runtime/exec_context.h"
#include "runtime/func_code.h"

namespace wasmrun::runtime {

/// Of a store whose engine has machine code by now.
inline const code::CodeMap& codeMapOf(const ExecContext& context) {
  return *context.machine->codeMap.load(std::memory_order_acquire);
}

/// Shows them, innermost first (TierHooks::walkFrames). False if the visitor has enough.
bool walkMachineFrames(const ExecContext& context, const Activation& activation, FrameVisitor& visitor);

/// The function of the innermost, or of the one that called it; null if there is none.
const FuncCode* innermostCode(const ExecContext& context, const Activation& activation, bool ofCaller);

/// Shows the slots that hold references which collectors follow.
void visitMachineRoots(const ExecContext& context, const Activation& activation, gc::RootVisitor& visitor);

/// Where an exception is handled.
struct Handler {
  const void* pc = nullptr;  ///< the landing pad; null: no frame of the activation catches it
  const u64* sp = nullptr;   ///< rsp for it
  u64* frame = nullptr;
  Instance* instance = nullptr;
};

/// Finds what catches the exception, thrown where the activation left, and writes its payload and reference to the
/// slots that the handler reads.
Handler handleInMachine(ExecContext& context, const Activation& activation, u32 exceptionRef);

}  // namespace wasmrun::runtime
