#include "interp/dispatch.h"
#include "platform/x64/cpu_features.h"

namespace wasmrun::interp {

namespace baseline {
Dispatch make();
}
namespace v3 {
Dispatch make();
}

Dispatch chooseDispatch() { return platform::cpuFeatures().x86v3 ? v3::make() : baseline::make(); }

}  // namespace wasmrun::interp
