// Running threaded code: the handlers' addresses, and the way in. There is one Dispatch for each instruction set the
// handlers were compiled for; the best one this machine can run is chosen once.
#pragma once

#include "interp/families.h"
#include "interp/registers.h"

namespace wasmrun::interp {

struct Dispatch {
  const char* name;                ///< "tail calls, x86-64-v3"
  const Word* handlers;            ///< addresses by HandlerId, then those of the fused sequences by row
  u32 fusedCount;                  ///< kFusedCount, or 0: only the tail-calling form has fused handlers
  Word exit;                       ///< address of the handler that leaves
  void (*run)(const Regs& start);  ///< executes from start.pc until the exit word
};

/// The dispatch of this process. Any thread.
const Dispatch& dispatch();

}  // namespace wasmrun::interp
