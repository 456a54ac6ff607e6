// Calls through pointers: a table of operations, signatures of many shapes, callbacks that call back.
#include <stdint.h>
#include <stdio.h>

static int add(int a, int b) { return a + b; }
static int sub(int a, int b) { return a - b; }
static int mul(int a, int b) { return (int)((unsigned)a * (unsigned)b); }
static int xor (int a, int b) { return a ^ b; } static int shift(int a, int b) { return (int)((unsigned)a << (b & 7)); }
static int (*const operations[])(int, int) = {add, sub, mul, xor, shift};

static double mixed(int a, double b, int64_t c, float d) { return a + b + (double)c + d; }
static void nothing(void) {}
static int64_t wide(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f, int64_t g, int64_t h, int64_t i,
                    int64_t j) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j;
}

typedef int (*Visitor)(void* state, int value);
static int walk(int low, int high, Visitor visit, void* state) {
  if (low >= high) return 0;
  int middle = low + (high - low) / 2;
  return walk(low, middle, visit, state) + visit(state, middle) + walk(middle + 1, high, visit, state);
}
static int keepOdd(void* state, int value) {
  *(long*)state += value;
  return value & 1;
}
static int nested(void* state, int value) { return walk(0, value % 5, keepOdd, state); }

int main(void) {
  int value = 1;
  for (int i = 0; i < 300000; ++i) value = operations[(unsigned)(i * 7 + value) % 5](value, i);
  printf("%d\n", value);

  double (*volatile m)(int, double, int64_t, float) = mixed;
  void (*volatile n)(void) = nothing;
  int64_t (*volatile w)(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t) =
      wide;
  n();
  printf("%g %lld\n", m(1, 2.5, 1ll << 33, 0.25f), (long long)w(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));

  long state = 0;
  printf("%d", walk(0, 1000, keepOdd, &state));
  printf(" %ld", state);
  printf(" %d", walk(0, 100, nested, &state));
  printf(" %ld\n", state);
  return 0;
}
