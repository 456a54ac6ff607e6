// Extern, between the public one and the runtime's.
#pragma once

#include "api/impl.h"
#include "runtime/extern.h"
#include "wasmrun/extern.h"

namespace wasmrun::detail {

/// A handle to something of the store; `item` is not empty.
Extern toPublic(StoreImpl& store, const runtime::Extern& item);
/// What a handle names, whether its store lives or not; empty for an empty handle.
runtime::Extern fromPublic(const Extern& item);
/// The handle inside.
const Handle& handleOf(const Extern& item);

}  // namespace wasmrun::detail
