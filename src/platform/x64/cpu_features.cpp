#include "platform/x64/cpu_features.h"

// glibc knows since the process began. Who asks the processor anew, as the compiler's runtime does before `main` where
// there is a __builtin_cpu_supports, loses a tenth of a millisecond in a virtual machine, where every cpuid traps.
#if __has_include(<sys/platform/x86.h>)
#define _Bool bool  // as <stdbool.h> does for this header, but not where only the standard's names are wanted
#include <sys/platform/x86.h>
#undef _Bool
#define WASMRUN_HAS(glibcName, compilerName) (CPU_FEATURE_ACTIVE(glibcName) != 0)
#else
#define WASMRUN_HAS(glibcName, compilerName) (__builtin_cpu_supports(compilerName) != 0)
#endif

namespace wasmrun::platform {

CpuFeatures cpuFeatures() {
  CpuFeatures cpu{
      .sse42 = WASMRUN_HAS(SSE4_2, "sse4.2"),
      .popcnt = WASMRUN_HAS(POPCNT, "popcnt"),
      .avx = WASMRUN_HAS(AVX, "avx"),
      .avx2 = WASMRUN_HAS(AVX2, "avx2"),
      .bmi1 = WASMRUN_HAS(BMI1, "bmi"),
      .bmi2 = WASMRUN_HAS(BMI2, "bmi2"),
      .lzcnt = WASMRUN_HAS(LZCNT, "lzcnt"),
      .x86v3 = false,
  };
  const bool v2 = cpu.sse42 && cpu.popcnt && WASMRUN_HAS(CMPXCHG16B, "cmpxchg16b") &&
                  WASMRUN_HAS(LAHF64_SAHF64, "sahf") && WASMRUN_HAS(SSE3, "sse3") && WASMRUN_HAS(SSSE3, "ssse3") &&
                  WASMRUN_HAS(SSE4_1, "sse4.1");
  cpu.x86v3 = v2 && cpu.avx && cpu.avx2 && cpu.bmi1 && cpu.bmi2 && cpu.lzcnt && WASMRUN_HAS(F16C, "f16c") &&
              WASMRUN_HAS(FMA, "fma") && WASMRUN_HAS(MOVBE, "movbe");
  return cpu;
}

}  // namespace wasmrun::platform
