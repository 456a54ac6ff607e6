// Global: a global instance (spec: exec/runtime) as seen by who imports or exports it.
#pragma once

#include "support/int.h"
#include "wasm/types.h"

namespace wasmrun::runtime {

/// Belongs to its store's thread. Running code does not use it: it reads the cell (runtime/instance.h).
struct Global {
  wasm::GlobalType type;
  u64* cell = nullptr;  ///< one slot, two for v128; in an instance, or `storage`
  alignas(16) u64 storage[2] = {};
};

}  // namespace wasmrun::runtime
