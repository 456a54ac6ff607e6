#include "interp/dispatch.h"

namespace wasmrun::interp {

namespace baseline {
Dispatch make();
}
namespace v3 {
Dispatch make();
}

Dispatch chooseDispatch() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("x86-64-v3") ? v3::make() : baseline::make();
}

}  // namespace wasmrun::interp
