// Fusion: sequences of neighbouring instructions executed by one handler.
//
// After a function is translated, the handler address of an instruction is replaced by that of a fused handler, which
// does the work of this instruction and the next ones, when their handlers are a row of handlers_fused.def. Nothing
// else changes: every instruction keeps its place and has a handler of its own (a fused one too, if sequences begin
// there), for whoever jumps to it. So sequences may go on across labels, and overlap.
#pragma once

#include <span>

#include "interp/emitter.h"

namespace wasmrun::interp {

/// Fuses what can be in `words`, whose instructions are `instructions`, in order: such that from each of them as few
/// handlers as possible run to the end of the straight line.
void fuse(std::span<Word> words, std::span<const Emitter::Instruction> instructions);

/// The handlers that row `row` (below kFusedCount) of handlers_fused.def is made of.
std::span<const HandlerId> fusedSequence(u32 row);

}  // namespace wasmrun::interp
