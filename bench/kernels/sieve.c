// Byte stores with a stride: the sieve of Eratosthenes, counted, and run again over the same memory.
#include "kernel.h"

static uint32_t countPrimes(uint8_t* composite, uint32_t limit) {
  uint32_t count = 0;
  memset(composite, 0, limit);
  for (uint32_t i = 2; i < limit; ++i) {
    if (composite[i]) continue;
    ++count;
    for (uint64_t j = (uint64_t)i * i; j < limit; j += i) composite[j] = 1;
  }
  return count;
}

int main(int argc, char** argv) {
  const int32_t rounds = kernelSize(argc, argv, 8);
  const uint32_t limit = 2000000;
  uint8_t* composite = allocate(limit);
  uint32_t hash = kHashStart;
  for (int32_t round = 0; round < rounds; ++round) hash = mix(hash, countPrimes(composite, limit - (uint32_t)round));
  return printResult("sieve", hash);
}
