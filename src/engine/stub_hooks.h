// The C++ halves of the stubs: what machine code leaves to the engine (docs/ABI-x64.md, masm/stubs.h).
#pragma once

#include "masm/stubs.h"

namespace wasmrun::engine {

/// For masm::makeStubs.
const masm::StubHooks& stubHooks();

/// Notes an access of machine code that faulted, in the context that its registers name: for the stub `fault`. `range`
/// is the memory or the gc::HeapState whose address space it was. False: no trap, since only memory 0 of the instance
/// that runs is accessed unchecked, and its heap; this is another. Runs in a signal handler.
bool noteFault(const platform::FaultState& state, const void* range);

}  // namespace wasmrun::engine
