// SIMD, small integers: two images blended in 16-bit lanes, compared and selected in bytes.
#include "kernel.h"

typedef uint8_t Bytes16 __attribute__((vector_size(16)));
typedef uint8_t Bytes8 __attribute__((vector_size(8)));
typedef uint16_t Halves8 __attribute__((vector_size(16)));

enum { kVectors = 4096 };

static inline Halves8 blendHalf(Bytes8 a, Bytes8 b, uint16_t weight) {
  const Halves8 wideA = __builtin_convertvector(a, Halves8), wideB = __builtin_convertvector(b, Halves8);
  return (wideA * weight + wideB * (uint16_t)(256 - weight) + 128) >> 8;
}

static inline Bytes16 blend(Bytes16 a, Bytes16 b, uint16_t weight) {
  const Bytes8 lowA = __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7);
  const Bytes8 highA = __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15);
  const Bytes8 lowB = __builtin_shufflevector(b, b, 0, 1, 2, 3, 4, 5, 6, 7);
  const Bytes8 highB = __builtin_shufflevector(b, b, 8, 9, 10, 11, 12, 13, 14, 15);
  const Bytes16 low = (Bytes16)blendHalf(lowA, lowB, weight), high = (Bytes16)blendHalf(highA, highB, weight);
  return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

int main(int argc, char** argv) {
  const int32_t rounds = kernelSize(argc, argv, 1200);
  Bytes16 *a = allocate(kVectors * sizeof(Bytes16)), *b = allocate(kVectors * sizeof(Bytes16));
  uint32_t random = 23, hash = kHashStart;
  for (int i = 0; i < kVectors * 16; ++i) {
    ((uint8_t*)a)[i] = (uint8_t)nextRandom(&random);
    ((uint8_t*)b)[i] = (uint8_t)nextRandom(&random);
  }
  for (int32_t round = 0; round < rounds; ++round) {
    const uint16_t weight = (uint16_t)(round * 37 % 257);
    for (int i = 0; i < kVectors; ++i) {
      const Bytes16 mixed = blend(a[i], b[i], weight);
      const Bytes16 brighter = (Bytes16)(mixed > b[i]);
      a[i] = (mixed & brighter) | (b[i] & ~brighter);
      b[i] = a[i] + (uint8_t)round;
    }
  }
  for (int i = 0; i < kVectors * 16; i += 3) hash = mix(hash, ((uint8_t*)a)[i]);
  return printResult("simd_pixels", hash);
}
