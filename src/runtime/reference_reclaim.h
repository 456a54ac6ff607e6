// What the interim reclaim (Store::reclaimReferences) has to look through.
#pragma once

#include "wasm/type_registry.h"

namespace wasmrun::runtime {

/// Whether slots of this type hold references that a collector follows, to the store's exceptions or host data: any
/// reference but one to a function.
inline bool isCollected(const wasm::TypeRegistry& registry, wasm::ValType type) {
  return type.isRef() && registry.topOf(type.heap()) != wasm::HeapType::Func;
}

}  // namespace wasmrun::runtime
