#include "api/access.h"
#include "api/objects.h"
#include "api/values.h"
#include "runtime/fields.h"
#include "support/text.h"

namespace wasmrun {

using detail::ObjectPlace;
using detail::ObjectType;
using detail::StoreImpl;
using support::concat;

// -- Making ----------------------------------------------------------------------------------------------------------

static std::vector<ValType> fieldTypes(StoreImpl& store, const wasm::TypeDef& def) {
  std::vector<ValType> types;
  types.reserve(def.fields.size());
  for (const wasm::FieldType& field : def.fields) types.push_back(detail::fieldValueType(store, field));
  return types;
}

Result<StructRef> StructRef::make(StoreRef store, const ValType& type, std::span<const Value> fields) {
  StoreImpl& impl = *detail::Access::impl(store);
  impl.releaseDeadHostObjects();
  WASMRUN_TRY_ASSIGN(const ObjectType own, detail::objectType(impl, type, wasm::CompositeKind::Struct));
  const std::vector<ValType> types = fieldTypes(impl, *own.def);
  std::vector<u64> slots(detail::callSlotCount(types, {}));
  WASMRUN_TRY(detail::valuesToSlots(impl, "field", types, fields, slots.data(), 0));
  const gc::AllocResult made = impl.store->heap()->allocate(*own.layout);
  if (!made) return fail(detail::allocationError(*impl.store, made.error(), "struct"));
  // Once more: what the values refer to may have moved. It cannot fail now.
  WASMRUN_TRY(detail::valuesToSlots(impl, "field", types, fields, slots.data(), 0));
  u8* const object = impl.store->heap()->at(*made).bytes();
  const u64* from = slots.data();
  for (const gc::FieldPlace place : own.layout->fields) {
    runtime::writeField(*impl.store, object + place.offset, place.storage, from);
    from += runtime::slotsOf(place.storage);
  }
  return detail::newRef<StructRef>(impl, *made);
}

Result<StructRef> StructRef::makeDefault(StoreRef store, const ValType& type) {
  StoreImpl& impl = *detail::Access::impl(store);
  impl.releaseDeadHostObjects();
  WASMRUN_TRY_ASSIGN(const ObjectType own, detail::objectType(impl, type, wasm::CompositeKind::Struct));
  for (size_t i = 0; i < own.def->fields.size(); ++i)
    if (!own.def->fields[i].storage.isDefaultable())
      return fail(ErrorKind::Usage, concat("field ", i, " has no default value"));
  const gc::AllocResult made = impl.store->heap()->allocateZeroed(*own.layout);
  if (!made) return fail(detail::allocationError(*impl.store, made.error(), "struct"));
  return detail::newRef<StructRef>(impl, *made);
}

Result<StructRef> StructRef::from(const AnyRef& ref, const ValType& type) {
  WASMRUN_TRY(detail::checkCast(ref, type, gc::ObjectKind::Struct));
  return ref.asStruct();
}

// -- Fields ----------------------------------------------------------------------------------------------------------

uint32_t StructRef::size() const noexcept {
  const auto object = detail::placeOf(*this);
  return object ? static_cast<uint32_t>(object->def->fields.size()) : 0;
}

static Result<ObjectPlace> withField(const StructRef& ref, uint32_t field) {
  WASMRUN_TRY_ASSIGN(const ObjectPlace object, detail::placeOf(ref));
  const size_t count = object.def->fields.size();
  if (field >= count) return fail(ErrorKind::Usage, concat("there is no field ", field, "; the struct has ", count));
  return object;
}

Result<Value> StructRef::get(uint32_t field) const {
  WASMRUN_TRY_ASSIGN(const ObjectPlace object, withField(*this, field));
  const gc::FieldPlace place = object.layout->fields[field];
  return detail::readValue(object, object.def->fields[field], place.offset, place.storage);
}

Result<void> StructRef::set(uint32_t field, const Value& value) const {
  WASMRUN_TRY_ASSIGN(const ObjectPlace object, withField(*this, field));
  if (!object.def->fields[field].isMutable) return fail(ErrorKind::Usage, concat("field ", field, " is immutable"));
  const gc::FieldPlace place = object.layout->fields[field];
  return detail::writeValue(object, object.def->fields[field], place.offset, place.storage, value);
}

}  // namespace wasmrun
