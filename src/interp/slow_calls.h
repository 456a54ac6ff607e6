// The instructions that a C++ function carries out (handler CallSlow). Each reads its operands from call.slots and
// writes its result over them; immediates are in call.numbers.
#pragma once

#include "interp/bodies_control.h"

namespace wasmrun::interp::slow {

TrapKind memoryGrow(const SlowCall& call);  // (memory)
TrapKind memoryFill(const SlowCall& call);  // (memory)
TrapKind memoryCopy(const SlowCall& call);  // (destination, source)
TrapKind memoryInit(const SlowCall& call);  // (data, memory)
TrapKind dataDrop(const SlowCall& call);    // (data)
TrapKind tableGet(const SlowCall& call);    // (table)
TrapKind tableSet(const SlowCall& call);    // (table)
TrapKind tableGrow(const SlowCall& call);   // (table)
TrapKind tableSize(const SlowCall& call);   // (table)
TrapKind tableFill(const SlowCall& call);   // (table)
TrapKind tableCopy(const SlowCall& call);   // (destination, source)
TrapKind tableInit(const SlowCall& call);   // (element segment, table)
TrapKind elemDrop(const SlowCall& call);    // (element segment)
TrapKind refTest(const SlowCall& call);     // (value type bits)
TrapKind refCast(const SlowCall& call);     // (value type bits)

// -- Objects (slow_calls_gc.cpp)
TrapKind structNew(const SlowCall& call);         // (type)
TrapKind structNewDefault(const SlowCall& call);  // (type)
TrapKind arrayNew(const SlowCall& call);          // (type)
TrapKind arrayNewDefault(const SlowCall& call);   // (type)
TrapKind arrayNewFixed(const SlowCall& call);     // (type, length)
TrapKind arrayNewData(const SlowCall& call);      // (type, data)
TrapKind arrayNewElem(const SlowCall& call);      // (type, element segment)
TrapKind arrayFill(const SlowCall& call);         // (type)
TrapKind arrayCopy(const SlowCall& call);         // ()
TrapKind arrayInitData(const SlowCall& call);     // (type, data)
TrapKind arrayInitElem(const SlowCall& call);     // (type, element segment)

}  // namespace wasmrun::interp::slow
