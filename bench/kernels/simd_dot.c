// SIMD, floating point: dot products and a scaled sum in vectors of four floats.
#include "kernel.h"

typedef float Float4 __attribute__((vector_size(16)));

enum { kVectors = 4096 };

int main(int argc, char** argv) {
  const int32_t rounds = kernelSize(argc, argv, 2500);
  Float4 *a = allocate(kVectors * sizeof(Float4)), *b = allocate(kVectors * sizeof(Float4));
  uint32_t random = 13, hash = kHashStart;
  for (int i = 0; i < kVectors * 4; ++i) {
    ((float*)a)[i] = (float)(nextRandom(&random) >> 20) * 0x1p-12f;
    ((float*)b)[i] = (float)(nextRandom(&random) >> 20) * 0x1p-12f;
  }
  for (int32_t round = 0; round < rounds; ++round) {
    Float4 sum0 = {0}, sum1 = {0};
    for (int i = 0; i < kVectors; i += 2) {
      sum0 += a[i] * b[i];
      sum1 += a[i + 1] * b[i + 1];
    }
    const Float4 sum = sum0 + sum1;
    const float scale = 1.0f / (1.0f + sum[0] + sum[1] + sum[2] + sum[3]);
    for (int i = round & 7; i < kVectors; i += 8) a[i] += b[i] * scale;
  }
  for (int i = 0; i < kVectors * 4; i += 5) hash = mix(hash, (uint32_t)(((float*)a)[i] * 1024.0f));
  return printResult("simd_dot", hash);
}
