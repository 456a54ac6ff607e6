// Floating point in and out of text: every conversion, extremes, subnormals, infinities, round trips.
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double fromBits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

int main(void) {
  const double values[] = {0.0,      -0.0,     1.0, -1.5,    0.1,     1.0 / 3, 100.0,       123456789.0,        1e21,
                           1e-7,     2.5,      3.5, DBL_MAX, DBL_MIN, 5e-324,  DBL_EPSILON, 9007199254740993.0, 0.3,
                           INFINITY, -INFINITY};
  for (size_t i = 0; i < sizeof values / sizeof *values; ++i) {
    double v = values[i];
    printf("%f|%.0f|%e|%g|%.17g|%+08.3f|%-12.4e|", v, v, v, v, v, v, v);
    if (fpclassify(v) == FP_SUBNORMAL)
      printf("subnormal\n");  // libraries differ in how %a writes those
    else
      printf("%a\n", v);
  }
  printf("%s\n", isnan(nan("")) ? "a NaN is a NaN" : "wrong");
  printf("%f %e\n", (double)1.1f, (double)FLT_MAX);

  // Every number printed with 17 digits and read back is the same number.
  uint64_t state = 88172645463325252ull;
  int same = 0, finite = 0;
  for (int i = 0; i < 20000; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    double v = fromBits(state);
    if (!isfinite(v)) continue;
    ++finite;
    char text[40];
    snprintf(text, sizeof text, "%.17g", v);
    double back = strtod(text, NULL);
    same += memcmp(&back, &v, sizeof v) == 0;
  }
  printf("%d of %d round trips\n", same, finite);

  char* end;
  printf("%g %g %g\n", strtod("0x1.8p3", NULL), strtod("  -12.5e-1xyz", &end), strtod("inf", NULL));
  printf("rest: %s\n", end);
  return 0;
}
