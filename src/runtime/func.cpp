#include "runtime/func.h"

namespace wasmrun::runtime {

namespace {

ValuePlace placeOf(wasm::ValType type) {
  switch (type.kind()) {
    case wasm::TypeKind::V128: return ValuePlace::Slot;
    case wasm::TypeKind::I32: return ValuePlace::General32;
    case wasm::TypeKind::F32: return ValuePlace::Vector32;
    case wasm::TypeKind::F64: return ValuePlace::Vector64;
    default: return ValuePlace::General64;
  }
}

}  // namespace

CallShape::CallShape(const wasm::FuncType& type) : paramSlots(type.paramSlots), resultSlots(type.resultSlots) {
  u32 slot = 0;
  for (size_t i = 0; i < type.params.size() && slot < kRegisterSlots; ++i) {
    arguments[slot] = placeOf(type.params[i]);
    slot += type.params[i].slots();
  }
  if (!type.results.empty()) firstResult = placeOf(type.results[0]);
}

}  // namespace wasmrun::runtime
