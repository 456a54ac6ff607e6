// Structs returned as several wasm results (multivalue): two, five, mixed types, through a pointer.
#include <stdint.h>
#include <stdio.h>

typedef struct {
  uint64_t low, high;
} Pair;
typedef struct {
  int a;
  double b;
  float c;
  int64_t d;
  int e;
} Five;

__attribute__((noinline)) static Pair widen(uint64_t a, uint64_t b) {
  uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
  uint64_t middle = ah * bl + (al * bl >> 32);
  uint64_t other = al * bh + (uint32_t)middle;
  return (Pair){a * b, ah * bh + (middle >> 32) + (other >> 32)};
}

__attribute__((noinline)) static Pair divide(uint64_t a, uint64_t b) { return (Pair){a / b, a % b}; }

__attribute__((noinline)) static Five five(Five v) { return (Five){v.e, v.b * 2, v.c + 1, v.d - v.a, v.a}; }

int main(void) {
  uint64_t sum = 0, a = 0x9e3779b97f4a7c15;
  Pair (*volatile operations[])(uint64_t, uint64_t) = {widen, divide};
  for (int i = 1; i < 100000; ++i) {
    Pair p = operations[i & 1](a, (uint64_t)i * 0x2545f4914f6cdd1d);
    sum ^= p.low + (p.high << 7 | p.high >> 57);
    a = a * 31 + p.high;
  }
  printf("%016llx\n", (unsigned long long)sum);
  Five v = {1, 1, 0, 1000000000000, 2};
  for (int i = 0; i < 50; ++i) v = five(v);
  printf("%d %g %g %lld %d\n", v.a, v.b, (double)v.c, (long long)v.d, v.e);
  return 0;
}
