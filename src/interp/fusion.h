// Fusion: pairs of neighbouring instructions executed by one handler.
//
// After a function is translated, the handler address of an instruction whose pair with the next one is in
// handlers_fused.def is replaced by that of the fused handler, which does the work of both. Nothing else changes: the
// second instruction keeps its place and its own handler address, for whoever jumps to it.
#pragma once

#include <vector>

#include "interp/emitter.h"

namespace wasmrun::interp {

/// Fuses what can be in `words`, whose instructions are `instructions`, in order.
void fuse(std::vector<Word>& words, const std::vector<Emitter::Instruction>& instructions);

}  // namespace wasmrun::interp
