// Conversions between integers and floating point, exact and rounded, of every width and sign.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

int main(void) {
  volatile double d[] = {0.0,           0.9999999,    -0.9999999,         1.5,     -1.5,  2147483647.0,
                         -2147483648.0, 4294967295.0, 9007199254740993.0, -9.2e18, 1.8e19};
  for (int i = 0; i < 9; ++i) {
    double v = d[i];
    printf("%.7f: ", v);
    if (v > -2147483649.0 && v < 2147483648.0) printf("i32 %" PRId32 " ", (int32_t)v);
    if (v > -1.0 && v < 4294967296.0) printf("u32 %" PRIu32 " ", (uint32_t)v);
    printf("i64 %" PRId64 " f32 %.9g\n", (int64_t)v, (double)(float)v);
  }
  printf("%" PRId64 " %" PRIu64 "\n", (int64_t)d[9], (uint64_t)d[10]);

  volatile int64_t n[] = {0, -1, 16777217, 9007199254740993, INT64_MAX, INT64_MIN, 0x7fffffbfffffffff};
  for (int i = 0; i < 7; ++i)
    printf("%" PRId64 ": f64 %.17g f32 %.9g unsigned f64 %.17g f32 %.9g\n", n[i], (double)n[i], (double)(float)n[i],
           (double)(uint64_t)n[i], (double)(float)(uint64_t)n[i]);
  volatile int32_t m[] = {-1, INT32_MIN, 16777217};
  for (int i = 0; i < 3; ++i)
    printf("%" PRId32 ": f64 %.17g f32 %.9g unsigned f64 %.17g f32 %.9g\n", m[i], (double)m[i], (double)(float)m[i],
           (double)(uint32_t)m[i], (double)(float)(uint32_t)m[i]);
  return 0;
}
