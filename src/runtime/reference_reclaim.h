// What the interim reclaim (Store::reclaimReferences) has to look through.
#pragma once

#include "wasm/type_registry.h"

namespace wasmrun::runtime {

/// Whether slots of this type may refer to the store's exceptions or host data, which have numbers: any reference but
/// one to a function.
inline bool holdsNumberedReferences(const wasm::TypeRegistry& registry, wasm::ValType type) {
  return type.isRef() && registry.topOf(type.heap()) != wasm::HeapType::Func;
}

}  // namespace wasmrun::runtime
