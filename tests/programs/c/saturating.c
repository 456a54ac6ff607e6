// Saturating conversions (nontrapping-fptoint): out of range goes to the nearest bound, NaN to zero.
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __wasm__
#define CONVERT(to, from, v) __builtin_wasm_trunc_saturate_##to##_##from(v)
#else  // the same, spelled out
#define CONVERT(to, from, v) saturate_##to(v)
static int32_t saturate_s_i32(double v) {
  return isnan(v) ? 0 : v <= INT32_MIN ? INT32_MIN : v >= 2147483648.0 ? INT32_MAX : (int32_t)v;
}
static uint32_t saturate_u_i32(double v) { return !(v > 0) ? 0 : v >= 4294967296.0 ? UINT32_MAX : (uint32_t)v; }
static int64_t saturate_s_i64(double v) {
  return isnan(v) ? 0 : v <= -0x1p63 ? INT64_MIN : v >= 0x1p63 ? INT64_MAX : (int64_t)v;
}
static uint64_t saturate_u_i64(double v) { return !(v > 0) ? 0 : v >= 0x1p64 ? UINT64_MAX : (uint64_t)v; }
#endif

int main(void) {
  volatile double values[] = {0.0,          -0.0,         1.9,      -1.9,      -0.5,   2147483648.0, -2147483649.0,
                              4294967295.9, 4294967296.0, 9.3e18,   -9.3e18,   1.9e19, 1e300,        -1e300,
                              NAN,          -NAN,         INFINITY, -INFINITY, 5e-324};
  for (unsigned i = 0; i < sizeof values / sizeof *values; ++i) {
    double d = values[i];
    float f = (float)d;
    printf("%2u: %" PRId32 " %" PRIu32 " %" PRId64 " %" PRIu64, i, (int32_t)CONVERT(s_i32, f64, d),
           (uint32_t)CONVERT(u_i32, f64, d), (int64_t)CONVERT(s_i64, f64, d), (uint64_t)CONVERT(u_i64, f64, d));
    printf(" | %" PRId32 " %" PRIu32 " %" PRId64 " %" PRIu64 "\n", (int32_t)CONVERT(s_i32, f32, f),
           (uint32_t)CONVERT(u_i32, f32, f), (int64_t)CONVERT(s_i64, f32, f), (uint64_t)CONVERT(u_i64, f32, f));
  }
  return 0;
}
