// Instructions on objects that a C++ function carries out.
#include "runtime/builtins.h"
#include "runtime/slot_calls.h"
#include "runtime/store.h"

namespace wasmrun::runtime::slot_calls {

using wasm::DataIndex;
using wasm::ElemIndex;
using wasm::TypeId;

namespace {

TrapKind give(Instance& instance, gc::AllocResult made, u64* slot) {
  if (!made) return allocationTrap(*instance.store, made.error());
  *slot = made->slot();
  return TrapKind::None;
}

}  // namespace

// -- Making objects --------------------------------------------------------------------------------------------------

TrapKind makeStruct(Instance& instance, u64* slots, u32 type, u32) {
  gc::Heap& heap = *instance.store->heap();
  return give(instance, heap.allocate(heap.layoutOf(TypeId(type))), slots);
}

TrapKind makeArray(Instance& instance, u64* slots, u32 type, u32 length) {
  gc::Heap& heap = *instance.store->heap();
  return give(instance, heap.allocateArray(heap.layoutOf(TypeId(type)), length), slots);
}

TrapKind structNew(Instance& instance, u64* slots, u32 type, u32) {
  return runtime::structNew(instance, TypeId(type), slots);
}

TrapKind structNewDefault(Instance& instance, u64* slots, u32 type, u32) {
  return runtime::structNewDefault(instance, TypeId(type), slots);
}

TrapKind arrayNew(Instance& instance, u64* slots, u32 type, u32) {
  return runtime::arrayNew(instance, TypeId(type), slots);
}

TrapKind arrayNewDefault(Instance& instance, u64* slots, u32 type, u32) {
  return runtime::arrayNewDefault(instance, TypeId(type), slots);
}

TrapKind arrayNewFixed(Instance& instance, u64* slots, u32 type, u32 length) {
  return runtime::arrayNewFixed(instance, TypeId(type), length, slots);
}

TrapKind arrayNewData(Instance& instance, u64* slots, u32 type, u32 data) {
  return runtime::arrayNewData(instance, TypeId(type), DataIndex(data), slots);
}

TrapKind arrayNewElem(Instance& instance, u64* slots, u32 type, u32 elem) {
  return runtime::arrayNewElem(instance, TypeId(type), ElemIndex(elem), slots);
}

// -- Elements --------------------------------------------------------------------------------------------------------

TrapKind arrayFill(Instance& instance, u64* slots, u32 type, u32) {
  return runtime::arrayFill(instance, TypeId(type), slots);
}

TrapKind arrayCopy(Instance& instance, u64* slots, u32, u32) { return runtime::arrayCopy(instance, slots); }

TrapKind arrayInitData(Instance& instance, u64* slots, u32 type, u32 data) {
  return runtime::arrayInitData(instance, TypeId(type), DataIndex(data), slots);
}

TrapKind arrayInitElem(Instance& instance, u64* slots, u32 type, u32 elem) {
  return runtime::arrayInitElem(instance, TypeId(type), ElemIndex(elem), slots);
}

// -- References ------------------------------------------------------------------------------------------------------

TrapKind refTest(Instance& instance, u64* slots, u32 type, u32) {
  slots[0] = refMatches(instance, slots[0], wasm::ValType::fromBits(type));
  return TrapKind::None;
}

TrapKind refCast(Instance& instance, u64* slots, u32 type, u32) {
  return refMatches(instance, slots[0], wasm::ValType::fromBits(type)) ? TrapKind::None : TrapKind::CastFailure;
}

TrapKind numberFunc(Instance& instance, u64* slots, u32, u32) {
  instance.store->numberOf(reinterpret_cast<Func*>(slots[0]));
  return TrapKind::None;
}

TrapKind funcOfNumber(Instance& instance, u64* slots, u32, u32) {
  slots[0] = reinterpret_cast<u64>(instance.store->funcOf(static_cast<u32>(slots[0])));
  return TrapKind::None;
}

}  // namespace wasmrun::runtime::slot_calls
