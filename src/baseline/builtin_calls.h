// The instructions that a C++ function carries out, as machine code calls them (masm::BuiltinFunction): operands are in
// slots from `slots` on, results are written over them.
#pragma once

#include "masm/stubs.h"

namespace wasmrun::baseline::builtins {

using runtime::Instance;
using runtime::TrapKind;

#define WASMRUN_BUILTIN(name) TrapKind name(Instance& instance, u64* slots, u32 first, u32 second)

WASMRUN_BUILTIN(resolveIndirect);  // (table, type): index -> Func*
WASMRUN_BUILTIN(memoryGrow);       // (memory)
WASMRUN_BUILTIN(memoryFill);       // (memory)
WASMRUN_BUILTIN(memoryCopy);       // (destination, source)
WASMRUN_BUILTIN(memoryInit);       // (data, memory)
WASMRUN_BUILTIN(dataDrop);         // (data)
// (memory): what the instruction takes, and its offset
WASMRUN_BUILTIN(atomicNotify);
WASMRUN_BUILTIN(atomicWait32);
WASMRUN_BUILTIN(atomicWait64);
WASMRUN_BUILTIN(tableGet);   // (table)
WASMRUN_BUILTIN(tableSet);   // (table)
WASMRUN_BUILTIN(tableGrow);  // (table)
WASMRUN_BUILTIN(tableFill);  // (table)
WASMRUN_BUILTIN(tableCopy);  // (destination, source)
WASMRUN_BUILTIN(tableInit);  // (element segment, table)
WASMRUN_BUILTIN(elemDrop);   // (element segment)

#undef WASMRUN_BUILTIN

}  // namespace wasmrun::baseline::builtins
