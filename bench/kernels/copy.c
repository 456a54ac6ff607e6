// Bulk memory: memcpy, memmove and memset of all sizes, small ones most often, which compile to memory.copy and
// memory.fill.
#include "kernel.h"

int main(int argc, char** argv) {
  const int32_t rounds = kernelSize(argc, argv, 1000000);
  const uint32_t size = 1 << 16;
  uint8_t* memory = allocate(size * 2);
  uint32_t random = 17, hash = kHashStart;
  for (uint32_t i = 0; i < size * 2; ++i) memory[i] = (uint8_t)(i * 31);
  for (int32_t round = 0; round < rounds; ++round) {
    const uint32_t bits = nextRandom(&random);
    const uint32_t length = (bits & 0xffffu) >> (bits >> 28 | 4);  // up to 4 KiB, half of them below 32 bytes
    const uint32_t from = bits >> 12 & 0xefff, to = bits >> 9 & 0xefff;
    switch (bits >> 16 & 3) {
      case 0: memset(memory + to, (int)(bits & 255), length); break;
      case 1: memmove(memory + to, memory + from, length); break;
      default: memcpy(memory + to, memory + size + from, length); break;
    }
  }
  for (uint32_t i = 0; i < size; i += 7) hash = mix(hash, memory[i]);
  return printResult("copy", hash);
}
