#include "api/values.h"

#include <algorithm>
#include <cstring>

#include "api/access.h"
#include "api/store_impl.h"
#include "api/types.h"
#include "support/text.h"

namespace wasmrun::detail {

using support::concat;

// -- Out of slots ----------------------------------------------------------------------------------------------------

namespace {

/// The hierarchy that a reference type is in, which says how its values stand in slots.
wasm::HeapType::Abstract topOf(const StoreImpl& store, const ValType& type) {
  switch (type.heap()) {
    case HeapKind::Func:
    case HeapKind::NoFunc: return wasm::HeapType::Func;
    case HeapKind::Extern:
    case HeapKind::NoExtern: return wasm::HeapType::Extern;
    case HeapKind::Exn:
    case HeapKind::NoExn: return wasm::HeapType::Exn;
    case HeapKind::Concrete: return store.registry().topOf(wasm::HeapType(wasm::TypeId(type.typeId())));
    default: return wasm::HeapType::Any;
  }
}

Value referenceFromSlot(StoreImpl& store, const ValType& type, const u64* slot) {
  switch (topOf(store, type)) {
    case wasm::HeapType::Func: return Access::value(type, Handle(slotToFunc(&store, slot)));
    case wasm::HeapType::Extern: return Access::value(type, Ref(slotToExternRef(&store, slot)));
    case wasm::HeapType::Exn: return Access::value(type, Ref(slotToExnRef(&store, slot)));
    default: return Access::value(type, Ref(slotToAnyRef(&store, slot)));
  }
}

}  // namespace

Value valueFromSlot(StoreImpl& store, const ValType& type, const u64* slot) {
  switch (type.kind()) {
    case ValKind::I32: return Slot<int32_t>::read(&store, slot);
    case ValKind::I64: return Slot<int64_t>::read(&store, slot);
    case ValKind::F32: return Slot<float>::read(&store, slot);
    case ValKind::F64: return Slot<double>::read(&store, slot);
    case ValKind::V128: return Slot<V128>::read(&store, slot);
    case ValKind::Ref: return referenceFromSlot(store, type, slot);
  }
  std::unreachable();
}

std::vector<Value> valuesFromSlots(StoreImpl& store, std::span<const ValType> types, const u64* slots) {
  std::vector<Value> values;
  values.reserve(types.size());
  for (const ValType& type : types) {
    values.push_back(valueFromSlot(store, type, slots));
    slots += type.slotCount();
  }
  return values;
}

// -- Into slots ------------------------------------------------------------------------------------------------------

namespace {

std::unexpected<Error> mismatch(const ValType& wanted, const Value& value) {
  return fail(ErrorKind::Usage,
              concat("type mismatch: ", value.type().toString(), " given, ", wanted.toString(), " expected"));
}

/// Writes a reference's slot if it is of this store, and gives the type of its object.
Result<wasm::ValType> objectToSlot(StoreImpl& store, const Value& value, u64* slot) {
  const Access::ValueData& data = Access::data(value);
  if (const Handle* const function = std::get_if<Handle>(&data)) {
    if (!handleToSlot(&store, *function, slot)) return fail(foreignReference(nullptr));
    const auto* const func = static_cast<const runtime::Func*>(Access::entity(*function));
    return wasm::ValType::ref(wasm::HeapType(func->type), false);
  }
  const Ref& ref = std::get<Ref>(data);
  if (!refToSlot(&store, ref, slot)) return fail(foreignReference(nullptr));
  return fromPublic(*store.engine, ref.type());
}

Result<void> referenceToSlot(StoreImpl& store, const ValType& type, const Value& value, u64* slot) {
  if (!value.type().isRef() || topOf(store, type) != topOf(store, value.type())) return mismatch(type, value);
  if (value.isNull()) {
    if (!type.isNullable())
      return fail(ErrorKind::Usage, concat("type mismatch: null given, ", type.toString(), " expected"));
    *slot = 0;
    return {};
  }
  u64 encoded = 0;
  WASMRUN_TRY_ASSIGN(const wasm::ValType object, objectToSlot(store, value, &encoded));
  WASMRUN_TRY_ASSIGN(const wasm::ValType wanted, fromPublic(*store.engine, type));
  if (!store.registry().isSubtype(object, wanted)) return mismatch(type, value);
  *slot = encoded;
  return {};
}

}  // namespace

Result<void> valueToSlot(StoreImpl& store, const ValType& type, const Value& value, u64* slot) {
  if (type.isRef()) return referenceToSlot(store, type, value, slot);
  if (value.kind() != type.kind()) return mismatch(type, value);
  switch (type.kind()) {
    case ValKind::I32: Slot<int32_t>::write(&store, value.i32(), slot); break;
    case ValKind::I64: Slot<int64_t>::write(&store, value.i64(), slot); break;
    case ValKind::F32: Slot<float>::write(&store, value.f32(), slot); break;
    case ValKind::F64: Slot<double>::write(&store, value.f64(), slot); break;
    case ValKind::V128: Slot<V128>::write(&store, value.v128(), slot); break;
    case ValKind::Ref: std::unreachable();
  }
  return {};
}

Result<void> valuesToSlots(StoreImpl& store, std::string_view what, std::span<const ValType> types,
                           std::span<const Value> values, u64* slots, u32 first) {
  if (values.size() != types.size())
    return fail(ErrorKind::Usage, concat(values.size(), ' ', what, "s given, ", types.size(), " expected"));
  for (size_t i = 0; i < types.size(); ++i) {
    if (auto written = valueToSlot(store, types[i], values[i], slots); !written) {
      Error error = std::move(written).error();
      error.message = concat(what, ' ', i + first, ": ", error.message);
      return fail(std::move(error));
    }
    slots += types[i].slotCount();
  }
  return {};
}

static size_t slotCount(std::span<const ValType> types) {
  size_t count = 0;
  for (const ValType& type : types) count += type.slotCount();
  return count;
}

size_t callSlotCount(std::span<const ValType> params, std::span<const ValType> results) {
  return std::max({slotCount(params), slotCount(results), size_t{1}});
}

}  // namespace wasmrun::detail
