// Where machine code finds things: byte offsets of the fields it reads and writes, and what they must be for that.
#pragma once

#include <cstddef>

#include "gc/heap_core.h"
#include "runtime/exec_context.h"
#include "runtime/func_code.h"
#include "runtime/instance.h"
#include "runtime/table.h"
#include "runtime/work_profile.h"

namespace wasmrun::runtime::layout {

#pragma GCC diagnostic push
// Of classes with private parts or base classes; both compilers lay them out like others.
#pragma GCC diagnostic ignored "-Winvalid-offsetof"

#define WASMRUN_OFFSET(name, Type, field)                              \
  inline constexpr i32 name = static_cast<i32>(offsetof(Type, field)); \
  static_assert(offsetof(Type, field) < 4096)

// -- Instance. Globals of its own: globalCellOffset.
WASMRUN_OFFSET(kInstanceContext, Instance, context);
WASMRUN_OFFSET(kInstanceMemories, Instance, memories);
WASMRUN_OFFSET(kInstanceTables, Instance, tables);
WASMRUN_OFFSET(kInstanceImportedFuncs, Instance, importedFuncs);
WASMRUN_OFFSET(kInstanceFuncs, Instance, funcs);
WASMRUN_OFFSET(kInstanceImportedGlobals, Instance, importedGlobals);
WASMRUN_OFFSET(kInstanceTags, Instance, tags);
WASMRUN_OFFSET(kInstanceHeap, Instance, heap);
WASMRUN_OFFSET(kInstanceDroppedElements, Instance, droppedElements);
WASMRUN_OFFSET(kInstanceDroppedData, Instance, droppedData);

// -- Memory
WASMRUN_OFFSET(kMemoryBase, Memory, base);
WASMRUN_OFFSET(kMemorySize, Memory, size);
static_assert(sizeof(std::atomic<u64>) == 8 && std::atomic<u64>::is_always_lock_free);

// -- Table
WASMRUN_OFFSET(kTableElements, Table, elements);
WASMRUN_OFFSET(kTableSize, Table, size);

// -- Func
WASMRUN_OFFSET(kFuncCode, Func, code);
WASMRUN_OFFSET(kFuncInstance, Func, instance);
WASMRUN_OFFSET(kFuncType, Func, type);
WASMRUN_OFFSET(kFuncHeapNumber, Func, heapNumber);
static_assert(sizeof(Func::type) == 4);
/// Instance::funcs is an array of these.
inline constexpr i32 kFuncSize = sizeof(Func);

// -- FuncCode
WASMRUN_OFFSET(kFuncCodeMachine, FuncCode, machine);
static_assert(sizeof(std::atomic<const void*>) == 8 && std::atomic<const void*>::is_always_lock_free);

// -- TierWork
WASMRUN_OFFSET(kWorkCalls, TierWork, calls);
WASMRUN_OFFSET(kWorkLoopIterations, TierWork, loopIterations);
WASMRUN_OFFSET(kWorkEnteredAt, TierWork, enteredAt);

// -- ExecContext
WASMRUN_OFFSET(kContextStackLimit, ExecContext, stackLimit);
WASMRUN_OFFSET(kContextStackTop, ExecContext, stackTop);
WASMRUN_OFFSET(kContextInterrupt, ExecContext, interrupt);
WASMRUN_OFFSET(kContextFuel, ExecContext, fuel);
WASMRUN_OFFSET(kContextJitStackLimit, ExecContext, jitStackLimit);
WASMRUN_OFFSET(kContextNativeLimit, ExecContext, nativeLimit);
WASMRUN_OFFSET(kContextActivation, ExecContext, activation);
WASMRUN_OFFSET(kContextHeapBase, ExecContext, heapBase);
WASMRUN_OFFSET(kContextHeapFuncs, ExecContext, heapFuncs);
WASMRUN_OFFSET(kContextHeapFuncsEnd, ExecContext, heapFuncsEnd);
static_assert(sizeof(std::atomic<u32>) == 4 && std::atomic<u32>::is_always_lock_free);
static_assert(sizeof(std::atomic<u64*>) == 8 && std::atomic<u64*>::is_always_lock_free);

// -- Activation
WASMRUN_OFFSET(kActivationPrevious, Activation, previous);
WASMRUN_OFFSET(kActivationEntrySp, Activation, entrySp);
WASMRUN_OFFSET(kActivationExitSp, Activation, exit.sp);
WASMRUN_OFFSET(kActivationExitFrame, Activation, exit.frame);
WASMRUN_OFFSET(kActivationExitInstance, Activation, exit.instance);

// -- HeapState: gc/heap_core.h fixes its offsets.
WASMRUN_OFFSET(kHeapBase, gc::HeapState, base);
WASMRUN_OFFSET(kHeapTop, gc::HeapState, top);
WASMRUN_OFFSET(kHeapLimit, gc::HeapState, limit);
WASMRUN_OFFSET(kHeapLayouts, gc::HeapState, layouts);

// -- Layout: of the objects whose type word it is found by
WASMRUN_OFFSET(kLayoutKind, gc::Layout, kind);
WASMRUN_OFFSET(kLayoutShallowDisplay, gc::Layout, shallowDisplay);
WASMRUN_OFFSET(kLayoutDisplay, gc::Layout, display);
WASMRUN_OFFSET(kLayoutDisplaySize, gc::Layout, displaySize);
static_assert(sizeof(gc::ObjectKind) == 1);

#undef WASMRUN_OFFSET
#pragma GCC diagnostic pop

}  // namespace wasmrun::runtime::layout
