// Import matching (spec: valid/matching, external types).
#pragma once

#include <string>

#include "runtime/extern.h"
#include "support/result.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

/// Whether `actual` may stand for import number `position` of `module`. Link error: "unknown import" if it is empty,
/// "incompatible import type" if not of the type, followed by which import and both types.
Result<void> matchImport(const wasm::Module& module, u32 position, const Extern& actual);

/// The type of an import as text, e.g. "(memory 1 2 shared)".
std::string importTypeText(const wasm::Module& module, const wasm::Import& import);
/// The present type of something that exists as text. `registry`: of its engine.
std::string typeText(const wasm::TypeRegistry& registry, const Extern& item);

}  // namespace wasmrun::runtime
