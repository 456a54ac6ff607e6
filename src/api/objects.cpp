#include "api/objects.h"

#include "api/access.h"
#include "api/types.h"
#include "api/values.h"
#include "runtime/fields.h"
#include "support/text.h"

namespace wasmrun::detail {

using support::concat;

Result<ObjectType> objectType(StoreImpl& store, const ValType& type, wasm::CompositeKind kind) {
  WASMRUN_TRY_ASSIGN(const wasm::ValType own, fromPublic(*store.engine, type));
  const bool isConcrete = own.isRef() && own.heap().isConcrete();
  if (!isConcrete || store.registry().get(own.heap().typeId()).kind != kind)
    return fail(ErrorKind::Usage, concat("not ", kind == wasm::CompositeKind::Struct ? "a struct" : "an array",
                                         " type: ", type.toString()));
  const wasm::TypeId id = own.heap().typeId();
  WASMRUN_TRY_ASSIGN(const gc::Layout* const layout, store.store->layoutOf(id));
  return ObjectType{&store.registry().get(id), layout};
}

Result<ObjectPlace> placeOf(const AnyRef& ref) {
  if (ref.isNull()) return fail(ErrorKind::Usage, "the reference is null");
  if (!ref.isAlive()) return fail(deadHandle(Access::link(ref)));
  StoreImpl& store = *Access::link(ref)->store;
  const gc::Ref object = gc::Ref::fromSlot(store.link->roots.get(Access::root(ref)).slot);
  const gc::Layout& layout = store.store->heap()->layoutOf(object);
  const wasm::TypeId id = wasm::HeapType::fromBits(layout.type).typeId();
  return ObjectPlace{&store, object, &store.registry().get(id), &layout};
}

ValType fieldValueType(StoreImpl& store, const wasm::FieldType& field) {
  return toPublic(*store.engine, field.storage.unpacked());
}

Result<void> checkCast(const AnyRef& ref, const ValType& type, gc::ObjectKind kind) {
  if (ref.isNull()) return fail(ErrorKind::Usage, "the reference is null");
  if (!ref.isAlive()) return fail(deadHandle(Access::link(ref)));
  StoreImpl& store = *Access::link(ref)->store;
  WASMRUN_TRY(fromPublic(*store.engine, type));
  const gc::Ref object = gc::Ref::fromSlot(store.link->roots.get(Access::root(ref)).slot);
  const bool isOfKind = object.isObject() && store.store->heap()->layoutOf(object).kind == kind;
  if (isOfKind && ref.isA(type)) return {};
  return fail(ErrorKind::Usage,
              concat("type mismatch: the object is ", ref.type().toString(), ", not ", type.toString()));
}

Value readValue(const ObjectPlace& object, const wasm::FieldType& field, u64 offset, gc::Storage storage) {
  u64 slots[2] = {};
  runtime::readField(*object.store->store, object.bytes() + offset, storage, false, slots);
  return valueFromSlot(*object.store, fieldValueType(*object.store, field), slots);
}

Result<void> writeValue(const ObjectPlace& object, const wasm::FieldType& field, u64 offset, gc::Storage storage,
                        const Value& value) {
  u64 slots[2] = {};
  WASMRUN_TRY(valueToSlot(*object.store, fieldValueType(*object.store, field), value, slots));
  runtime::writeField(*object.store->store, object.bytes() + offset, storage, slots);
  if (storage == gc::Storage::Ref) object.heap().wroteRefs(object.ref, offset, sizeof(gc::Ref));
  return {};
}

}  // namespace wasmrun::detail
