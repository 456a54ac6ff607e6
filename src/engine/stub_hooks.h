// The C++ halves of the stubs: what machine code leaves to the engine (docs/ABI-x64.md, masm/stubs.h).
#pragma once

#include "masm/stubs.h"

namespace wasmrun::engine {

/// For masm::makeStubs.
const masm::StubHooks& stubHooks();

/// Notes an access of machine code that faulted, in the context that its registers name: for the stub `fault`. Runs in
/// a signal handler.
void noteFault(const platform::FaultState& state, const runtime::Memory& memory);

}  // namespace wasmrun::engine
