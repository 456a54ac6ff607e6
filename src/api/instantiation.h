// Instantiation, and what instances were made of.
#pragma once

#include <memory>
#include <span>

#include "api/impl.h"
#include "runtime/extern.h"
#include "support/result.h"
#include "wasmrun/linker.h"

namespace wasmrun::detail {

/// Instance::make with the runtime's externs, all of this store.
Result<Instance> instantiate(StoreImpl& store, const std::shared_ptr<ModuleImpl>& module,
                             std::span<const runtime::Extern> imports);

/// An execution error with its exception, if it is of one: the runtime leaves that to the API.
Error withException(StoreImpl& store, Error error);

}  // namespace wasmrun::detail
