// Instantiation (spec: exec/modules).
#pragma once

#include <memory>
#include <span>

#include "runtime/instance.h"
#include "runtime/prepared_module.h"
#include "support/result.h"

namespace wasmrun::runtime {

class Store;

/// A new instance of `module` in `store`, with `imports` in the module's order (an empty Extern: missing). Runs the
/// segments and the start function.
///
/// Errors: Link (message "unknown import" or "incompatible import type", then which import and both types), Limit
/// (memories, tables or instances refused), and Trap, Exit or Exception from segments and start function as takeError
/// makes them: what was written until then stays written, and the instance lives on in the store for those who hold its
/// functions.
Result<Instance*> instantiate(Store& store, std::shared_ptr<const PreparedModule> module,
                              std::span<const Extern> imports);

}  // namespace wasmrun::runtime
