#include "platform/x64/cpu_features.h"

#if __has_include(<sys/platform/x86.h>)
#define _Bool bool  // as <stdbool.h> does for this header, but not where only the standard's names are wanted
#include <sys/platform/x86.h>
#undef _Bool
#endif

namespace wasmrun::platform {

#ifdef CPU_FEATURE_ACTIVE

// glibc has known since the process began. Asking the processor anew, as the compiler's runtime does before `main`
// where there is a __builtin_cpu_supports, takes a tenth of a millisecond in a virtual machine, where every cpuid
// traps.
CpuFeatures cpuFeatures() {
  CpuFeatures cpu{
      .sse42 = CPU_FEATURE_ACTIVE(SSE4_2),
      .popcnt = CPU_FEATURE_ACTIVE(POPCNT),
      .avx = CPU_FEATURE_ACTIVE(AVX),
      .avx2 = CPU_FEATURE_ACTIVE(AVX2),
      .bmi1 = CPU_FEATURE_ACTIVE(BMI1),
      .bmi2 = CPU_FEATURE_ACTIVE(BMI2),
      .lzcnt = CPU_FEATURE_ACTIVE(LZCNT),
      .x86v3 = false,
  };
  const bool v2 = cpu.sse42 && cpu.popcnt && CPU_FEATURE_ACTIVE(CMPXCHG16B) && CPU_FEATURE_ACTIVE(LAHF64_SAHF64) &&
                  CPU_FEATURE_ACTIVE(SSE3) && CPU_FEATURE_ACTIVE(SSSE3) && CPU_FEATURE_ACTIVE(SSE4_1);
  cpu.x86v3 = v2 && cpu.avx && cpu.avx2 && cpu.bmi1 && cpu.bmi2 && cpu.lzcnt && CPU_FEATURE_ACTIVE(F16C) &&
              CPU_FEATURE_ACTIVE(FMA) && CPU_FEATURE_ACTIVE(MOVBE);
  return cpu;
}

#else

CpuFeatures cpuFeatures() {
  __builtin_cpu_init();
  return {
      .sse42 = __builtin_cpu_supports("sse4.2") != 0,
      .popcnt = __builtin_cpu_supports("popcnt") != 0,
      .avx = __builtin_cpu_supports("avx") != 0,
      .avx2 = __builtin_cpu_supports("avx2") != 0,
      .bmi1 = __builtin_cpu_supports("bmi") != 0,
      .bmi2 = __builtin_cpu_supports("bmi2") != 0,
      .lzcnt = __builtin_cpu_supports("lzcnt") != 0,
      .x86v3 = __builtin_cpu_supports("x86-64-v3") != 0,
  };
}

#endif

}  // namespace wasmrun::platform
