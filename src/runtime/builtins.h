// Builtins: what instructions too large for a handler do; called by the interpreter and by generated code.
//
// Indexes, addresses and counts are u64, zero-extended by the caller where the address type is i32. Those that can trap
// return the kind, None for success, and leave details in ExecContext::pending; bounds are checked before anything is
// written (spec: exec/instructions). No builtin is interrupted but the waits. All run on the store's thread.
#pragma once

#include "gc/collector.h"
#include "runtime/exec_context.h"
#include "runtime/instance.h"
#include "runtime/trap.h"

namespace wasmrun::runtime {

struct Tag;

// -- Traps -----------------------------------------------------------------------------------------------------------

/// Notes a memory access of `size` bytes at `address` (saturated at 2^64-1) that is out of bounds. MemoryOutOfBounds.
[[gnu::cold]] TrapKind memoryFault(Instance& instance, wasm::MemoryIndex memory, u64 address, u64 size);

/// Notes a trap `kind` at element `index` of a table. `kind`.
[[gnu::cold]] TrapKind tableFault(Instance& instance, TrapKind kind, const Table& table, u64 index);

/// Begins a trap: notes `kind`, keeps details noted for it just before, and takes the backtrace: frames must be
/// walkable (TierHooks::walkFrames). Not for failures that calls came back with: those are passed on as they are.
/// CallStatus::Trap.
[[gnu::cold]] CallStatus beginTrap(ExecContext& context, TrapKind kind);
/// The same for an exception that no active wasm frame catches. CallStatus::Exception.
[[gnu::cold]] CallStatus beginUncaught(ExecContext& context, u32 exceptionRef);

/// What a host function returns when it fails with `error`: Exit for ErrorKind::Exit, otherwise a trap (error.trap(),
/// or Host) that keeps the error's message; its backtrace is taken now unless the error has one. For exceptions, host
/// functions set pending.exceptionRef and return CallStatus::Exception.
[[gnu::cold]] CallStatus failHostCall(ExecContext& context, Error error);

/// The failed call's error, as the API shows it, and no failure pending any more. `status` is not Ok. For Exception,
/// the reference stays in pending.exceptionRef, so that the caller can make ErrorDetail::exception of it.
Error takeError(ExecContext& context, CallStatus status);

// -- Memory ----------------------------------------------------------------------------------------------------------

/// Pages before, or -1 if the memory cannot grow.
i64 memoryGrow(Instance& instance, wasm::MemoryIndex memory, u64 delta);
/// What growing that gave `before` ends with: GrowthFailed for -1 if the store's options want that.
TrapKind growthTrap(const Instance& instance, i64 before);
TrapKind memoryFill(Instance& instance, wasm::MemoryIndex memory, u64 to, u8 value, u64 count);
TrapKind memoryCopy(Instance& instance, wasm::MemoryIndex toMemory, wasm::MemoryIndex fromMemory, u64 to, u64 from,
                    u64 count);
TrapKind memoryInit(Instance& instance, wasm::DataIndex data, wasm::MemoryIndex memory, u64 to, u64 from, u64 count);
void dataDrop(Instance& instance, wasm::DataIndex data);

// -- Waiting ---------------------------------------------------------------------------------------------------------

/// `address` = base + offset, of an access of `size` bytes. What traps if that is past 2^64.
TrapKind atomicAddress(Instance& instance, wasm::MemoryIndex memory, u64 base, u64 offset, u64 size, u64& address);
/// memory.atomic.notify. `woken`: threads woken, at most `count`.
TrapKind atomicNotify(Instance& instance, wasm::MemoryIndex memory, u64 address, u32 count, u32* woken);
/// memory.atomic.wait32 and 64. `timeout` in ns, negative waits for ever; `result`: 0 woken, 1 value was another,
/// 2 timed out. Interrupted and DeadlineReached end the wait.
TrapKind atomicWait32(Instance& instance, wasm::MemoryIndex memory, u64 address, u32 expected, i64 timeout,
                      u32* result);
TrapKind atomicWait64(Instance& instance, wasm::MemoryIndex memory, u64 address, u64 expected, i64 timeout,
                      u32* result);

// -- Tables ----------------------------------------------------------------------------------------------------------

TrapKind tableGet(Instance& instance, wasm::TableIndex table, u64 index, u64* value);
TrapKind tableSet(Instance& instance, wasm::TableIndex table, u64 index, u64 value);
u64 tableSize(const Instance& instance, wasm::TableIndex table);
/// Elements before, or -1 if the table cannot grow.
i64 tableGrow(Instance& instance, wasm::TableIndex table, u64 initial, u64 delta);
TrapKind tableFill(Instance& instance, wasm::TableIndex table, u64 to, u64 value, u64 count);
TrapKind tableCopy(Instance& instance, wasm::TableIndex toTable, wasm::TableIndex fromTable, u64 to, u64 from,
                   u64 count);
TrapKind tableInit(Instance& instance, wasm::ElemIndex elem, wasm::TableIndex table, u64 to, u64 from, u64 count);
void elemDrop(Instance& instance, wasm::ElemIndex elem);

// -- References ------------------------------------------------------------------------------------------------------

/// ref.func: a Func* in a slot.
inline u64 refFunc(Instance& instance, wasm::FuncIndex func) { return reinterpret_cast<u64>(&instance.func(func)); }

/// call_indirect's way to its callee, every check included. `*callee` is set on None.
TrapKind resolveIndirect(Instance& instance, wasm::TableIndex table, u64 index, wasm::TypeId expected, Func** callee);
/// The slow half: element `index`, a function or null, is not of the type expected itself. None if a subtype.
TrapKind checkIndirect(Instance& instance, const Table& table, u64 index, wasm::TypeId expected);

/// ref.test: whether `reference` is of type `target`.
bool refMatches(const Instance& instance, u64 reference, wasm::ValType target);

/// The value of an element segment that is not dropped; `index` is within it.
u64 elementValue(Instance& instance, wasm::ElemIndex elem, u64 index);

// -- Objects ---------------------------------------------------------------------------------------------------------
// `slots` are the instruction's operands, one after the other; its result is written over the first one. What may
// collect needs them where a collection finds them: in a frame, or in roots. `type` is the instruction's own.

/// The trap for an allocation that failed, with details noted.
[[gnu::cold]] TrapKind allocationTrap(Store& store, gc::AllocFailure failure);

TrapKind structNew(Instance& instance, wasm::TypeId type, u64* slots);         ///< may collect
TrapKind structNewDefault(Instance& instance, wasm::TypeId type, u64* slots);  ///< may collect

TrapKind arrayNew(Instance& instance, wasm::TypeId type, u64* slots);                            ///< may collect
TrapKind arrayNewDefault(Instance& instance, wasm::TypeId type, u64* slots);                     ///< may collect
TrapKind arrayNewFixed(Instance& instance, wasm::TypeId type, u32 length, u64* slots);           ///< may collect
TrapKind arrayNewData(Instance& instance, wasm::TypeId type, wasm::DataIndex data, u64* slots);  ///< may collect
TrapKind arrayNewElem(Instance& instance, wasm::TypeId type, wasm::ElemIndex elem, u64* slots);  ///< may collect
TrapKind arrayFill(Instance& instance, wasm::TypeId type, const u64* slots);
TrapKind arrayCopy(Instance& instance, const u64* slots);
TrapKind arrayInitData(Instance& instance, wasm::TypeId type, wasm::DataIndex data, const u64* slots);
TrapKind arrayInitElem(Instance& instance, wasm::TypeId type, wasm::ElemIndex elem, const u64* slots);

// -- Exceptions ------------------------------------------------------------------------------------------------------

/// A new exception with tag.slots slots copied from `payload`, which are roots meanwhile. May collect.
TrapKind makeException(ExecContext& context, Tag& tag, const u64* payload, u32* exception);
/// The tag of an exception, not null, of this store.
Tag& exceptionTag(const ExecContext& context, u32 exception);
/// Writes its payload to as many slots as its tag has.
void exceptionPayload(const ExecContext& context, u32 exception, u64* slots);

}  // namespace wasmrun::runtime
