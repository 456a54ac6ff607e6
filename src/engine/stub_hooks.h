// The C++ halves of the stubs: what machine code leaves to the engine (docs/ABI-x64.md, masm/stubs.h).
#pragma once

#include "masm/stubs.h"

namespace wasmrun::engine {

/// For masm::makeStubs.
const masm::StubHooks& stubHooks();

/// Notes an access of machine code to `memory` that faulted, in the context that its registers name: for the stub
/// `fault`. False: no trap, since only memory 0 of the instance that runs is accessed unchecked, and this is another.
/// Runs in a signal handler.
bool noteFault(const platform::FaultState& state, const runtime::Memory& memory);

}  // namespace wasmrun::engine
