#include "interp/dispatch.h"

namespace wasmrun::interp {

namespace baseline {
Dispatch make();
}

Dispatch chooseDispatch() { return baseline::make(); }

}  // namespace wasmrun::interp
