#include "wasmrun/value.h"

#include "api/access.h"
#include "api/root_table.h"
#include "wasmrun/func.h"

namespace wasmrun {

Value::Value(const Func& value) noexcept : type_(ValType::funcref()), data_(static_cast<const Handle&>(value)) {}

Value Value::zero(const ValType& type) {
  switch (type.kind()) {
    case ValKind::I32: return int32_t{0};
    case ValKind::I64: return int64_t{0};
    case ValKind::F32: return 0.0f;
    case ValKind::F64: return 0.0;
    case ValKind::V128: return V128{};
    case ValKind::Ref: break;
  }
  const ValType nullable = type.heap() == HeapKind::Concrete ? ValType::concrete(type.engineId(), type.typeId(), true)
                                                             : ValType::ref(type.heap(), true);
  return detail::Access::value(nullable, Ref());
}

Func Value::func() const noexcept {
  const Handle* const handle = std::get_if<Handle>(&data_);
  if (!handle || !*handle) return Func();
  return detail::Access::handle<Func>(detail::Access::link(*handle), detail::Access::entity(*handle));
}

/// The reference as its own C++ type, with a share of the root.
template <class T>
static T as(const Value& value, std::initializer_list<HeapKind> heaps) {
  const Ref* const ref = std::get_if<Ref>(&detail::Access::data(value));
  if (!ref || ref->isNull()) return T();
  bool fits = false;
  for (const HeapKind heap : heaps) fits |= value.type().heap() == heap;
  if (!fits) return T();
  detail::StoreLink* const link = detail::Access::link(*ref);
  detail::rootsOf(link).retain(detail::Access::root(*ref));
  return detail::Access::ref<T>(link, detail::Access::root(*ref));
}

ExternRef Value::externref() const noexcept { return as<ExternRef>(*this, {HeapKind::Extern, HeapKind::NoExtern}); }
ExnRef Value::exnref() const noexcept { return as<ExnRef>(*this, {HeapKind::Exn, HeapKind::NoExn}); }
AnyRef Value::anyref() const noexcept {
  return as<AnyRef>(*this, {HeapKind::Any, HeapKind::Eq, HeapKind::I31, HeapKind::Struct, HeapKind::Array,
                            HeapKind::None, HeapKind::Concrete});
}

bool Value::isNull() const noexcept {
  if (const Handle* const handle = std::get_if<Handle>(&data_)) return !*handle;
  const Ref* const ref = std::get_if<Ref>(&data_);
  return ref && ref->isNull();
}

}  // namespace wasmrun
