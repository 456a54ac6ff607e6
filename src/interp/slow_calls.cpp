#include "interp/slow_calls.h"

#include "runtime/builtins.h"

namespace wasmrun::interp {

TrapKind checkIndirectSlow(runtime::Instance* instance, u32 table, u64 index, u32 expected) {
  Func* callee = nullptr;
  return runtime::resolveIndirect(*instance, wasm::TableIndex(table), index, wasm::TypeId(expected), &callee);
}

namespace slow {

using wasm::DataIndex;
using wasm::ElemIndex;
using wasm::MemoryIndex;
using wasm::TableIndex;

namespace {

/// -1 as the address type's width has it.
u64 grown(i64 before, bool is64) { return is64 ? static_cast<u64>(before) : static_cast<u32>(before); }

}  // namespace

TrapKind memoryGrow(const SlowCall& call) {
  const MemoryIndex memory(call.numbers[0]);
  const i64 before = runtime::memoryGrow(*call.instance, memory, call.slots[0]);
  call.slots[0] = grown(before, call.instance->module->memories[memory.value].limits.is64);
  return runtime::growthTrap(*call.instance, before);
}

TrapKind memoryFill(const SlowCall& call) {
  return runtime::memoryFill(*call.instance, MemoryIndex(call.numbers[0]), call.slots[0],
                             static_cast<u8>(call.slots[1]), call.slots[2]);
}

TrapKind memoryCopy(const SlowCall& call) {
  return runtime::memoryCopy(*call.instance, MemoryIndex(call.numbers[0]), MemoryIndex(call.numbers[1]), call.slots[0],
                             call.slots[1], call.slots[2]);
}

TrapKind memoryInit(const SlowCall& call) {
  return runtime::memoryInit(*call.instance, DataIndex(call.numbers[0]), MemoryIndex(call.numbers[1]), call.slots[0],
                             call.slots[1], call.slots[2]);
}

TrapKind dataDrop(const SlowCall& call) {
  runtime::dataDrop(*call.instance, DataIndex(call.numbers[0]));
  return TrapKind::None;
}

TrapKind tableGet(const SlowCall& call) {
  return runtime::tableGet(*call.instance, TableIndex(call.numbers[0]), call.slots[0], &call.slots[0]);
}

TrapKind tableSet(const SlowCall& call) {
  return runtime::tableSet(*call.instance, TableIndex(call.numbers[0]), call.slots[0], call.slots[1]);
}

TrapKind tableGrow(const SlowCall& call) {
  const TableIndex table(call.numbers[0]);
  const i64 before = runtime::tableGrow(*call.instance, table, call.slots[0], call.slots[1]);
  call.slots[0] = grown(before, call.instance->module->tables[table.value].type.limits.is64);
  return runtime::growthTrap(*call.instance, before);
}

TrapKind tableSize(const SlowCall& call) {
  call.slots[0] = runtime::tableSize(*call.instance, TableIndex(call.numbers[0]));
  return TrapKind::None;
}

TrapKind tableFill(const SlowCall& call) {
  return runtime::tableFill(*call.instance, TableIndex(call.numbers[0]), call.slots[0], call.slots[1], call.slots[2]);
}

TrapKind tableCopy(const SlowCall& call) {
  return runtime::tableCopy(*call.instance, TableIndex(call.numbers[0]), TableIndex(call.numbers[1]), call.slots[0],
                            call.slots[1], call.slots[2]);
}

TrapKind tableInit(const SlowCall& call) {
  return runtime::tableInit(*call.instance, ElemIndex(call.numbers[0]), TableIndex(call.numbers[1]), call.slots[0],
                            call.slots[1], call.slots[2]);
}

TrapKind elemDrop(const SlowCall& call) {
  runtime::elemDrop(*call.instance, ElemIndex(call.numbers[0]));
  return TrapKind::None;
}

}  // namespace slow
}  // namespace wasmrun::interp
