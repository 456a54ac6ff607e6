// The interpreter's registers, and the two ways to get from one handler to the next.
//
// A handler's body is an inlined function that takes the registers, does its work and returns where to continue. Which
// form the dispatch around it has is decided here once:
//   tail calls     (clang 19) each handler is a function whose arguments are the registers; `preserve_none` passes them
//   all in
//                  machine registers and saves none, `musttail` makes the jump to the next handler.
//   computed goto  (other compilers) all bodies in one function, each ending in `goto *handler`.
// Both are generated from the same list (handlers.def).
#pragma once

#include <bit>
#include <cstring>

#include "interp/code.h"
#include "runtime/exec_context.h"
#include "runtime/instance.h"

namespace wasmrun::interp {

#if defined(__clang__) && __has_cpp_attribute(clang::musttail) && __has_attribute(preserve_none) && \
    !defined(WASMRUN_COMPUTED_GOTO)
#define WASMRUN_TAIL_CALLS 1
#else
#define WASMRUN_TAIL_CALLS 0
#endif

#define WASMRUN_INLINE [[gnu::always_inline]] inline

/// A 128-bit machine vector; scalars of float type live in its low lane.
using V128 = float __attribute__((vector_size(16)));
using F64x2 = double __attribute__((vector_size(16)));

/// The interpreter's state between two instructions. Kept in machine registers.
struct Regs {
  const Word* pc;           ///< the instruction being executed
  u64* fp;                  ///< slot 0 of the frame
  runtime::Instance* inst;  ///< the frame's instance
  u8* mem;                  ///< base of its memory 0
  u64 memSize;              ///< bytes of memory 0 (a shared memory may have grown since)
  u64 acc;                  ///< integer accumulator; at a function's entry its FuncCode
  i64 budget;               ///< taken back-edges and calls before the next poll
  V128 vacc;                ///< float and vector accumulator
};

/// Back-edges and calls between two polls of the interrupt flag: well under a millisecond.
inline constexpr i64 kPollInterval = 20'000;

/// Words that are not part of any function: targets of traps, polls, calls that leave the instance (calls.cpp).
struct SpecialWords {
  Word exit;          ///< leave the interpreter
  Word crossReturn;   ///< return over a bridge to the calling instance
  Word firstCall;     ///< entry of functions that have no code yet
  Word enterMachine;  ///< entry of functions that have machine code
  Word hot;           ///< a function has used up FuncCode::work: at its Enter, nothing done yet
  Word sample;        ///< take a sample, then continue at InterpreterState::resumePc
  Word poll;          ///< look at the interrupt flag, then continue at InterpreterState::resumePc
  Word callOther;     ///< finish a call to a function of another instance or of the host
  Word tailCallOther;
  Word memoryFault;  ///< trap, unless the memory has grown meanwhile: Pending::address is out of bounds
  Word traps[64];    ///< by TrapKind
};
extern SpecialWords specialWords;

/// What a body returns to go on to the instruction behind. Bodies that go elsewhere return where. (A constant, so that
/// the compiler knows at each return of an inlined body which it is.)
inline constexpr const Word* kNext = nullptr;

/// Leaves for the trap handler. `r.pc` is the trapping instruction.
WASMRUN_INLINE const Word* trap(Regs& r, runtime::TrapKind kind) {
  r.inst->context->interp.pc = r.pc;
  return &specialWords.traps[static_cast<u32>(kind)];
}

/// The same for an access to memory at `address`. All registers stay as they are: the access may be tried again.
WASMRUN_INLINE const Word* trapAt(Regs& r, u64 address) {
  r.inst->context->interp.pc = r.pc;
  r.inst->context->pending.address = address;
  return &specialWords.memoryFault;
}

/// Continues at `target`, which closes a loop or enters a function, after a poll if one is due.
WASMRUN_INLINE const Word* pollAndGo(Regs& r, const Word* target) {
  // In arithmetic that wraps the test is on the flags of the decrement.
  r.budget = static_cast<i64>(static_cast<u64>(r.budget) - 1);
  if (r.budget < 0) [[unlikely]] {
    r.inst->context->interp.pc = r.pc;
    r.inst->context->interp.resumePc = target;
    return &specialWords.poll;
  }
  return target;
}

/// Asks for better code of the function that begins at `r.pc`.
WASMRUN_INLINE const Word* hot(Regs& r) {
  r.inst->context->interp.pc = r.pc;
  return &specialWords.hot;
}

/// Reads the current base and size of memory 0 again: after anything that may have grown or replaced it.
WASMRUN_INLINE void reloadMemory(Regs& r) {
  if (r.inst->module->memories.empty()) {
    r.mem = nullptr;
    r.memSize = 0;
    return;
  }
  const runtime::Memory& memory = *r.inst->memories[0];
  r.mem = memory.base;
  r.memSize = memory.byteSize();
}

}  // namespace wasmrun::interp
