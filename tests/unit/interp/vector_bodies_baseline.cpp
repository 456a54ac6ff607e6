#define WASMRUN_TEST_BODIES kBaselineBodies
#define WASMRUN_TEST_NAME "baseline"
#include "vector_bodies.inc"
