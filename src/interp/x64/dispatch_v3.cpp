// The handlers compiled for x86-64-v3: AVX2, BMI, FMA, POPCNT, LZCNT.
#include "interp/bodies_fused.h"
#include "interp/dispatch.h"

namespace wasmrun::interp::v3 {
#define WASMRUN_DISPATCH_NAME "x86-64-v3"
#include "interp/dispatch.inc"

Dispatch make() { return makeDispatch(); }
}  // namespace wasmrun::interp::v3
