// Which proposals build on which.
#pragma once

#include "wasm/features.h"

namespace wasmrun::engine {

/// Switches one proposal. On brings what it builds on, off takes what builds on it.
void switchFeature(wasm::Features& features, wasm::Feature feature, bool on);

}  // namespace wasmrun::engine
