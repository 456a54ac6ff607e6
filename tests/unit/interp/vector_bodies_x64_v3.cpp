#define WASMRUN_TEST_BODIES kX64V3Bodies
#define WASMRUN_TEST_NAME "x86-64-v3"
#include "vector_bodies.inc"
