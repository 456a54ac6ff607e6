// Which values a collector follows.
#pragma once

#include "wasm/type_registry.h"

namespace wasmrun::runtime {

/// Whether slots of this type hold references into the store's heap: any reference but one to a function.
inline bool isCollected(const wasm::TypeRegistry& registry, wasm::ValType type) {
  return type.isRef() && registry.topOf(type.heap()) != wasm::HeapType::Func;
}

}  // namespace wasmrun::runtime
