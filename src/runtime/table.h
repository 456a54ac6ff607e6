// Table: a table instance (spec: exec/runtime). Elements are reference slots.
#pragma once

#include "support/int.h"
#include "wasm/types.h"

namespace wasmrun::runtime {

struct Table {
  // Hot: read by the interpreter and by generated code.
  u64* elements = nullptr;
  u64 size = 0;  ///< elements

  wasm::TableType type;
};

}  // namespace wasmrun::runtime
