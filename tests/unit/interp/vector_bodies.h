// The handler bodies of vectors, atomics and wide arithmetic as functions, compiled for several instruction sets.
#pragma once

#include "interp/families.h"

namespace wasmrun::interp::testing {

struct Bodies {
  using Run = const Word* (*)(Regs&);
  const char* name;
  Run runs[kHandlerCount];  ///< by HandlerId; null for handlers of handlers_scalar.def and handlers_control.def
  Run operator[](HandlerId id) const { return runs[static_cast<u32>(id)]; }
};

extern const Bodies kBaselineBodies;
#ifdef WASMRUN_TEST_X64_V3
extern const Bodies kX64V3Bodies;
#endif

}  // namespace wasmrun::interp::testing
