// Objects of a store as the API reaches them.
#pragma once

#include "api/access.h"
#include "api/store_impl.h"
#include "gc/layout.h"
#include "wasmrun/gc.h"

namespace wasmrun::detail {

/// An object type, resolved in a store whose heap has objects of it from now on.
struct ObjectType {
  const wasm::TypeDef* def = nullptr;
  const gc::Layout* layout = nullptr;
};

/// Usage error when `type` is not a struct (or array) type of the store's engine; Limit error when there can be no
/// heap.
Result<ObjectType> objectType(StoreImpl& store, const ValType& type, wasm::CompositeKind kind);

/// A struct or an array that a reference refers to. Good until something collects.
struct ObjectPlace {
  StoreImpl* store = nullptr;
  gc::Ref ref;
  const wasm::TypeDef* def = nullptr;
  const gc::Layout* layout = nullptr;

  gc::Heap& heap() const { return *store->store->heap(); }
  u8* bytes() const { return heap().at(ref).bytes(); }
};

/// Usage error for a null or dead reference.
Result<ObjectPlace> placeOf(const AnyRef& ref);

/// What the API says about a field: its value type as the API has it, i32 for packed ones.
ValType fieldValueType(StoreImpl& store, const wasm::FieldType& field);

/// `ref` as a T, if it is of type `type` and its objects are of `kind`.
Result<void> checkCast(const AnyRef& ref, const ValType& type, gc::ObjectKind kind);

/// A reference to an object that was just made.
template <class T>
T newRef(StoreImpl& store, gc::Ref ref) {
  return Access::ref<T>(store.link, store.link->roots.add({ref.slot(), RootKind::Any}));
}

/// Reads and writes a value at an offset of an object, with the write barrier.
Value readValue(const ObjectPlace& object, const wasm::FieldType& field, u64 offset, gc::Storage storage);
Result<void> writeValue(const ObjectPlace& object, const wasm::FieldType& field, u64 offset, gc::Storage storage,
                        const Value& value);

}  // namespace wasmrun::detail
