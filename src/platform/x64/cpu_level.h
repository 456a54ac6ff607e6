// The processor's level, where both tiers have to choose alike.
#pragma once

namespace wasmrun::platform {

/// x86-64-v3 (the psABI's levels): AVX2, FMA, BMI2 and others. What a relaxed instruction gives may depend on it, so
/// every tier asks here. Any thread.
bool hasX86V3();

}  // namespace wasmrun::platform
