// The heap's part of a store's statistics.
#pragma once

#include "wasmrun/store.h"

namespace wasmrun::detail {

/// Of a store that has a heap.
void appendGcEntries(const StoreRef& store, Statistics& statistics);

}  // namespace wasmrun::detail
