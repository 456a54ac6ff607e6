// The instructions that a C++ function carries out, as running code of all tiers calls them: operands are in slots from
// `slots` on, results are written over them; `first` and `second` are immediates.
//
// Callers have noted where they are, so that what may collect finds their references, those in `slots` too.
#pragma once

#include "runtime/instance.h"
#include "runtime/trap.h"

namespace wasmrun::runtime {

using SlotCall = TrapKind (*)(Instance& instance, u64* slots, u32 first, u32 second);

namespace slot_calls {

#define WASMRUN_SLOT_CALL(name) TrapKind name(Instance& instance, u64* slots, u32 first, u32 second)

WASMRUN_SLOT_CALL(resolveIndirect);  // (table, type): index -> Func*
WASMRUN_SLOT_CALL(memoryGrow);       // (memory)
WASMRUN_SLOT_CALL(memoryFill);       // (memory)
WASMRUN_SLOT_CALL(memoryCopy);       // (destination, source)
WASMRUN_SLOT_CALL(memoryInit);       // (data, memory)
WASMRUN_SLOT_CALL(dataDrop);         // (data)
// (memory): what the instruction takes, and its offset
WASMRUN_SLOT_CALL(atomicNotify);
WASMRUN_SLOT_CALL(atomicWait32);
WASMRUN_SLOT_CALL(atomicWait64);
WASMRUN_SLOT_CALL(tableGet);   // (table)
WASMRUN_SLOT_CALL(tableSet);   // (table)
WASMRUN_SLOT_CALL(tableGrow);  // (table)
WASMRUN_SLOT_CALL(tableSize);  // (table)
WASMRUN_SLOT_CALL(tableFill);  // (table)
WASMRUN_SLOT_CALL(tableCopy);  // (destination, source)
WASMRUN_SLOT_CALL(tableInit);  // (element segment, table)
WASMRUN_SLOT_CALL(elemDrop);   // (element segment)

// -- Objects (slot_calls_gc.cpp). All but the last five may collect.
WASMRUN_SLOT_CALL(makeStruct);        // (type): -> an object whose fields hold anything; nothing may collect before
WASMRUN_SLOT_CALL(makeArray);         // (type, length): the same            they have been written
WASMRUN_SLOT_CALL(structNew);         // (type)
WASMRUN_SLOT_CALL(structNewDefault);  // (type)
WASMRUN_SLOT_CALL(arrayNew);          // (type)
WASMRUN_SLOT_CALL(arrayNewDefault);   // (type)
WASMRUN_SLOT_CALL(arrayNewFixed);     // (type, length)
WASMRUN_SLOT_CALL(arrayNewData);      // (type, data)
WASMRUN_SLOT_CALL(arrayNewElem);      // (type, element segment)
WASMRUN_SLOT_CALL(arrayFill);         // (type)
WASMRUN_SLOT_CALL(arrayCopy);         // ()
WASMRUN_SLOT_CALL(arrayInitData);     // (type, data)
WASMRUN_SLOT_CALL(arrayInitElem);     // (type, element segment)
WASMRUN_SLOT_CALL(refTest);           // (value type bits)
WASMRUN_SLOT_CALL(refCast);           // (value type bits)
WASMRUN_SLOT_CALL(numberFunc);        // (): a function, not null, gets its number; the slot stays
WASMRUN_SLOT_CALL(funcOfNumber);      // (): number -> Func*

#undef WASMRUN_SLOT_CALL

}  // namespace slot_calls
}  // namespace wasmrun::runtime
