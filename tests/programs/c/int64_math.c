// 64-bit integers: products, quotients, remainders of all signs, shifts and rotates by every amount, bit counts.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static uint64_t rotateLeft(uint64_t v, unsigned n) { return n & 63 ? v << (n & 63) | v >> (64 - (n & 63)) : v; }

static uint64_t mulHigh(uint64_t a, uint64_t b) { return (uint64_t)((unsigned __int128)a * b >> 64); }

int main(void) {
  const int64_t values[] = {0,
                            1,
                            -1,
                            2,
                            -2,
                            7,
                            -7,
                            1000000007,
                            -1000000007,
                            INT32_MAX,
                            INT32_MIN,
                            INT64_MAX,
                            INT64_MIN + 1,
                            0x123456789abcdef};
  enum { kCount = sizeof values / sizeof *values };
  uint64_t sum = 0;
  for (int i = 0; i < kCount; ++i) {
    for (int j = 0; j < kCount; ++j) {
      int64_t a = values[i], b = values[j];
      uint64_t ua = (uint64_t)a, ub = (uint64_t)b;
      sum = sum * 31 + ua * ub + mulHigh(ua, ub) + (uint64_t)(a < b) + (ua < ub) * 2u;
      if (b != 0) sum = sum * 31 + (uint64_t)(a / b) + (uint64_t)(a % b) + ua / ub + ua % ub;
    }
    for (unsigned n = 0; n < 64; ++n)
      sum = sum * 31 + rotateLeft((uint64_t)values[i], n) + (uint64_t)(values[i] >> n) + ((uint64_t)values[i] >> n);
  }
  printf("checksum %016" PRIx64 "\n", sum);
  for (int i = 0; i < kCount; ++i) {
    uint64_t v = (uint64_t)values[i];
    printf("%20" PRId64 " %016" PRIx64 " ones %d leading %d trailing %d\n", values[i], v, __builtin_popcountll(v),
           v ? __builtin_clzll(v) : 64, v ? __builtin_ctzll(v) : 64);
  }
  __int128 big = 1;
  for (int i = 1; i <= 30; ++i) big *= i;
  printf("30! = %" PRIu64 " * 10^15 + %" PRIu64 "\n", (uint64_t)(big / 1000000000000000),
         (uint64_t)(big % 1000000000000000));
  return 0;
}
