// What the processor has that programs may use. Every tier asks here, so that they choose alike.
#pragma once

namespace wasmrun::platform {

/// Instruction set extensions that both the processor and the operating system have.
struct CpuFeatures {
  bool sse42 = false, popcnt = false, avx = false, avx2 = false, bmi1 = false, bmi2 = false, lzcnt = false;
  /// All of x86-64-v3 (the psABI's levels): AVX2, FMA, BMI2 and others. What a relaxed instruction gives depends on
  /// this alone, not on single ones of them, or tiers would differ.
  bool x86v3 = false;
};

/// Of this machine; always the same. Any thread.
CpuFeatures cpuFeatures();

}  // namespace wasmrun::platform
