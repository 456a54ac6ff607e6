// The way in: bytes to a decoded and validated Module (spec: binary/modules, valid/modules).
#pragma once

#include <memory>

#include "support/result.h"
#include "wasm/features.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"

namespace wasmrun::wasm {

struct DecodeOptions {
  /// Threads that validate function bodies, the caller's included; 0: one a core. Small modules use the caller's alone.
  u32 threads = 0;
};

/// Decodes and validates a module. Its types are interned in `registry`, which must outlive it.
///
/// Errors say where (byte offset in the module) and start with the spec's text: Malformed for bytes that do not parse,
/// Invalid for broken rules, Limit for more than limits.h allows, Unsupported for proposals that `features` has not. Of
/// several wrong function bodies the first is reported, whatever `threads` is. Any thread.
Result<std::shared_ptr<const Module>> decodeModule(TypeRegistry& registry, Features features,
                                                   std::shared_ptr<const ModuleBytes> bytes,
                                                   const DecodeOptions& options = {});

}  // namespace wasmrun::wasm
