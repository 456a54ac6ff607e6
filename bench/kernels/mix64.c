// 64-bit integers: rotations, multiplications, shifts and bit counts, all in registers.
#include "kernel.h"

static inline uint64_t rotate(uint64_t x, int by) { return x << by | x >> (64 - by); }

int main(int argc, char** argv) {
  const int32_t rounds = kernelSize(argc, argv, 6000000);
  uint64_t a = 0x9e3779b97f4a7c15u, b = 0xbf58476d1ce4e5b9u, c = 1, d = 0;
  for (int32_t i = 0; i < rounds; ++i) {
    a += b;
    c = rotate(c ^ a, 23);
    b = b * 0xd6e8feb86659fd93u + (uint64_t)i;
    d += (uint64_t)__builtin_popcountll(c) + (uint64_t)__builtin_clzll(b | 1) + (c >> 31);
    a ^= rotate(d, 41);
    if (a % 5 == 0) d ^= b;
  }
  return printResult("mix64", mix((uint32_t)(a ^ c), (uint32_t)(b >> 32) ^ (uint32_t)d));
}
