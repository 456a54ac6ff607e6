// The handlers compiled for every machine of the architecture.
#include "interp/bodies_fused.h"
#include "interp/dispatch.h"

namespace wasmrun::interp::baseline {
#define WASMRUN_DISPATCH_NAME "baseline"
#include "interp/dispatch.inc"

Dispatch make() { return makeDispatch(); }
}  // namespace wasmrun::interp::baseline
