// Floating point in nested loops: double matrices multiplied, the product fed back in.
#include "kernel.h"

enum { kSide = 160 };

static void multiply(double* restrict out, const double* restrict a, const double* restrict b) {
  for (int i = 0; i < kSide; ++i)
    for (int j = 0; j < kSide; ++j) {
      double sum = 0;
      for (int k = 0; k < kSide; ++k) sum += a[i * kSide + k] * b[k * kSide + j];
      out[i * kSide + j] = sum;
    }
}

int main(int argc, char** argv) {
  const int32_t rounds = kernelSize(argc, argv, 12);
  const size_t bytes = kSide * kSide * sizeof(double);
  double *a = allocate(bytes), *b = allocate(bytes), *c = allocate(bytes);
  uint32_t random = 1, hash = kHashStart;
  for (int i = 0; i < kSide * kSide; ++i) {
    a[i] = (nextRandom(&random) >> 8) * 0x1p-24 - 0.5;
    b[i] = (nextRandom(&random) >> 8) * 0x1p-27;
  }
  for (int32_t round = 0; round < rounds; ++round) {
    multiply(c, a, b);
    double* swapped = a;
    a = c;
    c = swapped;
    for (int i = 0; i < kSide * kSide; ++i) a[i] += i % 7 * 0.125;
  }
  for (int i = 0; i < kSide * kSide; i += 41) hash = mix(hash, (uint32_t)(int64_t)(a[i] * 65536));
  return printResult("matmul", hash);
}
