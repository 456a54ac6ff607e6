// Builtins of structs, and of failing allocations.
#include "runtime/builtins.h"
#include "runtime/fields.h"
#include "runtime/store.h"

namespace wasmrun::runtime {

TrapKind allocationTrap(Store& store, gc::AllocFailure failure) {
  switch (failure) {
    case gc::AllocFailure::TooLarge: return TrapKind::AllocationTooLarge;
    case gc::AllocFailure::HeapFull: return TrapKind::HeapExhausted;
    case gc::AllocFailure::Corrupt: break;
  }
  Pending& pending = store.context().pending;
  pending = Pending{};
  pending.trap = TrapKind::Host;
  pending.hostError = std::make_unique<Error>(*store.heap()->corruption());
  return TrapKind::Host;
}

TrapKind structNew(Instance& instance, wasm::TypeId type, u64* slots) {
  Store& store = *instance.store;
  gc::Heap& heap = *store.heap();
  const gc::Layout& layout = heap.layoutOf(type);
  const gc::AllocResult made = heap.allocate(layout);
  if (!made) return allocationTrap(store, made.error());
  u8* const object = heap.at(*made).bytes();
  const u64* from = slots;
  for (const gc::FieldPlace place : layout.fields) {
    writeField(store, object + place.offset, place.storage, from);
    from += slotsOf(place.storage);
  }
  slots[0] = made->slot();
  return TrapKind::None;
}

TrapKind structNewDefault(Instance& instance, wasm::TypeId type, u64* slots) {
  gc::Heap& heap = *instance.store->heap();
  const gc::AllocResult made = heap.allocateZeroed(heap.layoutOf(type));
  if (!made) return allocationTrap(*instance.store, made.error());
  slots[0] = made->slot();
  return TrapKind::None;
}

}  // namespace wasmrun::runtime
