// The operations wasm has for floating point, at their edges: rounding, signs of zero, min and max, square roots.
#include <math.h>
#include <stdio.h>

static void row(double v) {
  printf("%6.2f: ceil %g floor %g trunc %g nearest %g abs %g sqrt %.6g sign %d\n", v, ceil(v), floor(v), trunc(v),
         nearbyint(v), fabs(v), v < 0 ? 0.0 : sqrt(v), signbit(v) != 0);
}

int main(void) {
  const double values[] = {0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 4503599627370497.5, 1e300, -7.75};
  for (unsigned i = 0; i < sizeof values / sizeof *values; ++i) row(values[i]);
  printf("copysign %g %g, fmin %g, fmax %g\n", copysign(3, -0.0), copysign(-3, 0.0), fmin(2, -3), fmax(2, -3));
  printf("hypot %.10g, fma %.10g, fmod %g %g, cbrt %.10g\n", hypot(3, 4), fma(2, 3, 4), fmod(7.5, 2), fmod(-7.5, 2),
         cbrt(27));

  double sines = 0, logs = 0, powers = 0;
  for (int i = 1; i <= 10000; ++i) {
    sines += sin(i) * cos(i) / (1 + atan(i));
    logs += log(i) + log2(i) + log10(i);
    powers += pow(i, 1.5) / exp(i / 1000.0);
  }
  printf("%.9g %.9g %.9g\n", sines, logs, powers);

  float single = 0;
  for (int i = 1; i <= 1000000; ++i) single += 1.0f / (float)i;  // rounds to single at every step
  printf("%.9g\n", (double)single);
  return 0;
}
