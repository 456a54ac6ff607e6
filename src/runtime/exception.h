// Tag. Exceptions are objects of the store's heap (gc/object.h): Store::makeException.
#pragma once

#include "support/int.h"
#include "wasm/types.h"

namespace wasmrun::runtime {

/// A tag instance (spec: exec/runtime). Equal when they are the same object.
struct Tag {
  wasm::TypeId type;  ///< a function type without results
  u32 slots = 0;      ///< of its payload
  u32 number = 0;     ///< in its store: what exceptions have in their tag word
};

}  // namespace wasmrun::runtime
