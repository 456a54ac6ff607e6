// What the processor has that programs may use. Every tier asks here, so that they choose alike.
#pragma once

namespace wasmrun::platform {

/// Instruction set extensions that both the processor and the operating system have.
struct CpuFeatures {
  bool sse42, popcnt, avx, avx2, bmi1, bmi2, lzcnt;
  /// All of x86-64-v3 (the psABI's levels): AVX2, FMA, BMI2 and others. What a relaxed instruction gives may depend on
  /// it.
  bool x86v3;
};

/// Of this machine; always the same. Any thread.
CpuFeatures cpuFeatures();

}  // namespace wasmrun::platform
