#include <ucontext.h>

#include "platform/fault_signals.h"

namespace wasmrun::platform {

namespace {

auto& stateOf(void* context) { return static_cast<ucontext_t*>(context)->uc_mcontext; }

}  // namespace

const u8* FaultState::pc() const { return reinterpret_cast<const u8*>(stateOf(context_).pc); }

u64 FaultState::general(u32 number) const {
  CHECK(number < 32, "a register's number");
  return number == 31 ? stateOf(context_).sp : stateOf(context_).regs[number];
}

void FaultState::continueAt(const void* pc) { stateOf(context_).pc = reinterpret_cast<u64>(pc); }

}  // namespace wasmrun::platform
