#include <algorithm>
#include <cstring>

#include "api/access.h"
#include "api/objects.h"
#include "api/values.h"
#include "gc/array_ops.h"
#include "runtime/fields.h"
#include "support/text.h"

namespace wasmrun {

using detail::ObjectPlace;
using detail::ObjectType;
using detail::StoreImpl;
using support::concat;

namespace {

const wasm::FieldType& elementOf(const wasm::TypeDef& def) { return def.fields[0]; }

u64 offsetOf(const gc::Layout& layout, u64 index) { return gc::kElementsOffset + (index << layout.elementLog2); }

Result<gc::Ref> allocated(StoreImpl& store, gc::AllocResult made) {
  if (!made) return fail(detail::allocationError(*store.store, made.error(), "array"));
  return *made;
}

/// Fills elements; the value was found to fit.
void fillElements(StoreImpl& store, const ObjectType& type, gc::Ref array, u32 index, u32 count, const u64* slots) {
  gc::ElementBits bits;
  runtime::encodeField(*store.store, type.layout->element, slots, bits.words);
  gc::fillElements(*store.store->heap(), array, index, count, bits);
}

Result<ObjectPlace> withElements(const ArrayRef& ref, u64 index, u64 count) {
  WASMRUN_TRY_ASSIGN(const ObjectPlace object, detail::placeOf(ref));
  const u64 size = object.heap().at(object.ref).length;
  if (count <= size && index <= size - count) return object;
  return fail(ErrorKind::Usage, count == 1
                                    ? concat("element ", index, " is not inside an array of ", size)
                                    : concat(count, " elements from ", index, " on are not inside an array of ", size));
}

Result<void> checkMutable(const ObjectPlace& object) {
  if (elementOf(*object.def).isMutable) return {};
  return fail(ErrorKind::Usage, "the array's elements are immutable");
}

Result<void> checkWidth(const gc::Layout& layout, size_t width) {
  const bool isNumber = layout.element != gc::Storage::Ref && layout.element != gc::Storage::Func;
  if (isNumber && size_t{1} << layout.elementLog2 == width) return {};
  return fail(ErrorKind::Usage, isNumber ? concat("elements have ", u64{1} << layout.elementLog2, " bytes, not ", width)
                                         : std::string("elements are references, no numbers"));
}

}  // namespace

// -- Making ----------------------------------------------------------------------------------------------------------

Result<ArrayRef> ArrayRef::make(StoreRef store, const ValType& type, uint32_t length, const Value& initial) {
  StoreImpl& impl = *detail::Access::impl(store);
  impl.releaseDeadHostObjects();
  WASMRUN_TRY_ASSIGN(const ObjectType own, detail::objectType(impl, type, wasm::CompositeKind::Array));
  const ValType element = detail::fieldValueType(impl, elementOf(*own.def));
  u64 slots[2] = {};
  WASMRUN_TRY(detail::valueToSlot(impl, element, initial, slots));
  WASMRUN_TRY_ASSIGN(const gc::Ref made, allocated(impl, impl.store->heap()->allocateArray(*own.layout, length)));
  // Once more: what the value refers to may have moved. It cannot fail now.
  WASMRUN_TRY(detail::valueToSlot(impl, element, initial, slots));
  fillElements(impl, own, made, 0, length, slots);
  return detail::newRef<ArrayRef>(impl, made);
}

Result<ArrayRef> ArrayRef::make(StoreRef store, const ValType& type, std::span<const Value> elements) {
  StoreImpl& impl = *detail::Access::impl(store);
  impl.releaseDeadHostObjects();
  WASMRUN_TRY_ASSIGN(const ObjectType own, detail::objectType(impl, type, wasm::CompositeKind::Array));
  if (elements.size() > ~u32{0}) return fail(ErrorKind::Limit, concat("an array of ", elements.size(), " elements"));
  const std::vector<ValType> types(elements.size(), detail::fieldValueType(impl, elementOf(*own.def)));
  std::vector<u64> slots(detail::callSlotCount(types, {}));
  WASMRUN_TRY(detail::valuesToSlots(impl, "element", types, elements, slots.data(), 0));
  const u32 length = static_cast<u32>(elements.size());
  WASMRUN_TRY_ASSIGN(const gc::Ref made, allocated(impl, impl.store->heap()->allocateArray(*own.layout, length)));
  WASMRUN_TRY(detail::valuesToSlots(impl, "element", types, elements, slots.data(), 0));
  u8* place = impl.store->heap()->at(made).bytes() + gc::kElementsOffset;
  const u64* from = slots.data();
  for (u32 i = 0; i < length; ++i, place += u64{1} << own.layout->elementLog2) {
    runtime::writeField(*impl.store, place, own.layout->element, from);
    from += runtime::slotsOf(own.layout->element);
  }
  return detail::newRef<ArrayRef>(impl, made);
}

Result<ArrayRef> ArrayRef::makeDefault(StoreRef store, const ValType& type, uint32_t length) {
  StoreImpl& impl = *detail::Access::impl(store);
  impl.releaseDeadHostObjects();
  WASMRUN_TRY_ASSIGN(const ObjectType own, detail::objectType(impl, type, wasm::CompositeKind::Array));
  if (!elementOf(*own.def).storage.isDefaultable())
    return fail(ErrorKind::Usage, "the array's elements have no default value");
  WASMRUN_TRY_ASSIGN(const gc::Ref made, allocated(impl, impl.store->heap()->allocateArrayZeroed(*own.layout, length)));
  return detail::newRef<ArrayRef>(impl, made);
}

Result<ArrayRef> ArrayRef::makeRaw(StoreRef store, const ValType& type, std::span<const std::byte> bytes,
                                   size_t width) {
  StoreImpl& impl = *detail::Access::impl(store);
  impl.releaseDeadHostObjects();
  WASMRUN_TRY_ASSIGN(const ObjectType own, detail::objectType(impl, type, wasm::CompositeKind::Array));
  WASMRUN_TRY(checkWidth(*own.layout, width));
  const u64 length = bytes.size() / width;
  if (length > ~u32{0}) return fail(ErrorKind::Limit, concat("an array of ", length, " elements"));
  WASMRUN_TRY_ASSIGN(const gc::Ref made,
                     allocated(impl, impl.store->heap()->allocateArray(*own.layout, static_cast<u32>(length))));
  std::copy_n(reinterpret_cast<const u8*>(bytes.data()), bytes.size(),
              impl.store->heap()->at(made).bytes() + gc::kElementsOffset);
  return detail::newRef<ArrayRef>(impl, made);
}

Result<ArrayRef> ArrayRef::from(const AnyRef& ref, const ValType& type) {
  WASMRUN_TRY(detail::checkCast(ref, type, gc::ObjectKind::Array));
  return ref.asArray();
}

// -- Elements --------------------------------------------------------------------------------------------------------

uint32_t ArrayRef::size() const noexcept {
  const auto object = detail::placeOf(*this);
  return object ? object->heap().at(object->ref).length : 0;
}

Result<Value> ArrayRef::get(uint32_t index) const {
  WASMRUN_TRY_ASSIGN(const ObjectPlace object, withElements(*this, index, 1));
  return detail::readValue(object, elementOf(*object.def), offsetOf(*object.layout, index), object.layout->element);
}

Result<void> ArrayRef::set(uint32_t index, const Value& value) const {
  WASMRUN_TRY_ASSIGN(const ObjectPlace object, withElements(*this, index, 1));
  WASMRUN_TRY(checkMutable(object));
  return detail::writeValue(object, elementOf(*object.def), offsetOf(*object.layout, index), object.layout->element,
                            value);
}

Result<void> ArrayRef::fill(uint32_t index, uint32_t count, const Value& value) const {
  WASMRUN_TRY_ASSIGN(const ObjectPlace object, withElements(*this, index, count));
  WASMRUN_TRY(checkMutable(object));
  u64 slots[2] = {};
  const ValType element = detail::fieldValueType(*object.store, elementOf(*object.def));
  WASMRUN_TRY(detail::valueToSlot(*object.store, element, value, slots));
  fillElements(*object.store, {object.def, object.layout}, object.ref, index, count, slots);
  return {};
}

Result<void> ArrayRef::readRaw(uint32_t index, std::span<std::byte> into, size_t width) const {
  WASMRUN_TRY_ASSIGN(const ObjectPlace object, withElements(*this, index, into.size() / width));
  WASMRUN_TRY(checkWidth(*object.layout, width));
  std::copy_n(object.bytes() + offsetOf(*object.layout, index), into.size(), reinterpret_cast<u8*>(into.data()));
  return {};
}

Result<void> ArrayRef::writeRaw(uint32_t index, std::span<const std::byte> bytes, size_t width) const {
  WASMRUN_TRY_ASSIGN(const ObjectPlace object, withElements(*this, index, bytes.size() / width));
  WASMRUN_TRY(checkWidth(*object.layout, width));
  WASMRUN_TRY(checkMutable(object));
  gc::setElements(object.heap(), object.ref, index, {reinterpret_cast<const u8*>(bytes.data()), bytes.size()});
  return {};
}

}  // namespace wasmrun
