#include "runtime/slot_calls.h"

#include "runtime/builtins.h"

namespace wasmrun::runtime::slot_calls {

using wasm::DataIndex;
using wasm::ElemIndex;
using wasm::MemoryIndex;
using wasm::TableIndex;

namespace {

/// -1 as the address type's width has it.
u64 grown(i64 before, bool is64) { return is64 ? static_cast<u64>(before) : static_cast<u32>(before); }

}  // namespace

TrapKind resolveIndirect(Instance& instance, u64* slots, u32 table, u32 type) {
  runtime::Func* callee = nullptr;
  const TrapKind kind = runtime::resolveIndirect(instance, TableIndex(table), slots[0], wasm::TypeId(type), &callee);
  slots[0] = reinterpret_cast<u64>(callee);
  return kind;
}

// -- Memories --------------------------------------------------------------------------------------------------------

TrapKind memoryGrow(Instance& instance, u64* slots, u32 memory, u32) {
  const i64 before = runtime::memoryGrow(instance, MemoryIndex(memory), slots[0]);
  slots[0] = grown(before, instance.module->memories[memory].limits.is64);
  return runtime::growthTrap(instance, before);
}

TrapKind memoryFill(Instance& instance, u64* slots, u32 memory, u32) {
  return runtime::memoryFill(instance, MemoryIndex(memory), slots[0], static_cast<u8>(slots[1]), slots[2]);
}

TrapKind memoryCopy(Instance& instance, u64* slots, u32 destination, u32 source) {
  return runtime::memoryCopy(instance, MemoryIndex(destination), MemoryIndex(source), slots[0], slots[1], slots[2]);
}

TrapKind memoryInit(Instance& instance, u64* slots, u32 data, u32 memory) {
  return runtime::memoryInit(instance, DataIndex(data), MemoryIndex(memory), slots[0], slots[1], slots[2]);
}

TrapKind dataDrop(Instance& instance, u64*, u32 data, u32) {
  runtime::dataDrop(instance, DataIndex(data));
  return TrapKind::None;
}

// -- Waiting ---------------------------------------------------------------------------------------------------------

TrapKind atomicNotify(Instance& instance, u64* slots, u32 memory, u32) {
  const MemoryIndex index(memory);
  u64 address = 0;
  const TrapKind past = runtime::atomicAddress(instance, index, slots[0], slots[2], sizeof(u32), address);
  if (past != TrapKind::None) return past;
  u32 woken = 0;
  const TrapKind trap = runtime::atomicNotify(instance, index, address, static_cast<u32>(slots[1]), &woken);
  slots[0] = woken;
  return trap;
}

TrapKind atomicWait32(Instance& instance, u64* slots, u32 memory, u32) {
  const MemoryIndex index(memory);
  u64 address = 0;
  const TrapKind past = runtime::atomicAddress(instance, index, slots[0], slots[3], sizeof(u32), address);
  if (past != TrapKind::None) return past;
  u32 result = 0;
  const TrapKind trap =
      runtime::atomicWait32(instance, index, address, static_cast<u32>(slots[1]), static_cast<i64>(slots[2]), &result);
  slots[0] = result;
  return trap;
}

TrapKind atomicWait64(Instance& instance, u64* slots, u32 memory, u32) {
  const MemoryIndex index(memory);
  u64 address = 0;
  const TrapKind past = runtime::atomicAddress(instance, index, slots[0], slots[3], sizeof(u64), address);
  if (past != TrapKind::None) return past;
  u32 result = 0;
  const TrapKind trap = runtime::atomicWait64(instance, index, address, slots[1], static_cast<i64>(slots[2]), &result);
  slots[0] = result;
  return trap;
}

// -- Tables ----------------------------------------------------------------------------------------------------------

TrapKind tableGet(Instance& instance, u64* slots, u32 table, u32) {
  return runtime::tableGet(instance, TableIndex(table), slots[0], &slots[0]);
}

TrapKind tableSet(Instance& instance, u64* slots, u32 table, u32) {
  return runtime::tableSet(instance, TableIndex(table), slots[0], slots[1]);
}

TrapKind tableGrow(Instance& instance, u64* slots, u32 table, u32) {
  const i64 before = runtime::tableGrow(instance, TableIndex(table), slots[0], slots[1]);
  slots[0] = grown(before, instance.module->tables[table].type.limits.is64);
  return runtime::growthTrap(instance, before);
}

TrapKind tableSize(Instance& instance, u64* slots, u32 table, u32) {
  slots[0] = runtime::tableSize(instance, TableIndex(table));
  return TrapKind::None;
}

TrapKind tableFill(Instance& instance, u64* slots, u32 table, u32) {
  return runtime::tableFill(instance, TableIndex(table), slots[0], slots[1], slots[2]);
}

TrapKind tableCopy(Instance& instance, u64* slots, u32 destination, u32 source) {
  return runtime::tableCopy(instance, TableIndex(destination), TableIndex(source), slots[0], slots[1], slots[2]);
}

TrapKind tableInit(Instance& instance, u64* slots, u32 elem, u32 table) {
  return runtime::tableInit(instance, ElemIndex(elem), TableIndex(table), slots[0], slots[1], slots[2]);
}

TrapKind elemDrop(Instance& instance, u64*, u32 elem, u32) {
  runtime::elemDrop(instance, ElemIndex(elem));
  return TrapKind::None;
}

}  // namespace wasmrun::runtime::slot_calls
