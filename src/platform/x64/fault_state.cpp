#include <ucontext.h>

#include "platform/fault_signals.h"

namespace wasmrun::platform {

namespace {

/// By number in instructions.
constexpr int kRegisters[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                              REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

auto& registersOf(void* context) { return static_cast<ucontext_t*>(context)->uc_mcontext.gregs; }

}  // namespace

const u8* FaultState::pc() const { return reinterpret_cast<const u8*>(registersOf(context_)[REG_RIP]); }

u64 FaultState::general(u32 number) const {
  CHECK(number < 16, "a register's number");
  return static_cast<u64>(registersOf(context_)[kRegisters[number]]);
}

void FaultState::continueAt(const void* pc) { registersOf(context_)[REG_RIP] = reinterpret_cast<greg_t>(pc); }

}  // namespace wasmrun::platform
