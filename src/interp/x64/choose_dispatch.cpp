#include "interp/dispatch.h"
#include "platform/x64/cpu_level.h"

namespace wasmrun::interp {

namespace baseline {
Dispatch make();
}
namespace v3 {
Dispatch make();
}

Dispatch chooseDispatch() { return platform::hasX86V3() ? v3::make() : baseline::make(); }

}  // namespace wasmrun::interp
