// Builtins of exceptions.
#include "gc/object.h"
#include "runtime/builtins.h"
#include "runtime/exception.h"
#include "runtime/fields.h"
#include "runtime/store.h"

namespace wasmrun::runtime {

TrapKind makeException(ExecContext& context, Tag& tag, const u64* payload, u32* exception) {
  const gc::AllocResult made = context.store->makeException(tag, payload);
  if (!made) return allocationTrap(*context.store, made.error());
  *exception = made->bits();
  return TrapKind::None;
}

Tag& exceptionTag(const ExecContext& context, u32 exception) {
  const Store& store = *context.store;
  return store.tag(store.heap()->load<u32>(gc::Ref::fromBits(exception), kExceptionTagOffset));
}

void exceptionPayload(const ExecContext& context, u32 exception, u64* slots) {
  const gc::Heap& heap = *context.store->heap();
  const gc::Ref ref = gc::Ref::fromBits(exception);
  for (const gc::FieldPlace place : heap.layoutOf(ref).fields) {
    readField(*context.store, heap.at(ref).bytes() + place.offset, place.storage, false, slots);
    slots += slotsOf(place.storage);
  }
}

}  // namespace wasmrun::runtime
