#include "platform/x64/cpu_level.h"

namespace wasmrun::platform {

bool hasX86V3() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("x86-64-v3");
}

}  // namespace wasmrun::platform
