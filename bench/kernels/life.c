// Byte loads around a cell: Conway's game of life on a torus.
#include "kernel.h"

enum { kWidth = 256, kHeight = 192 };

static void step(uint8_t* restrict next, const uint8_t* restrict now) {
  for (int y = 0; y < kHeight; ++y) {
    const uint8_t* above = now + (y + kHeight - 1) % kHeight * kWidth;
    const uint8_t* row = now + y * kWidth;
    const uint8_t* below = now + (y + 1) % kHeight * kWidth;
    for (int x = 0; x < kWidth; ++x) {
      const int west = (x + kWidth - 1) % kWidth, east = (x + 1) % kWidth;
      const int around =
          above[west] + above[x] + above[east] + row[west] + row[east] + below[west] + below[x] + below[east];
      next[y * kWidth + x] = around == 3 || (around == 2 && row[x]);
    }
  }
}

int main(int argc, char** argv) {
  const int32_t rounds = kernelSize(argc, argv, 60);
  uint8_t *now = allocate(kWidth * kHeight), *next = allocate(kWidth * kHeight);
  uint32_t random = 21, hash = kHashStart;
  for (int i = 0; i < kWidth * kHeight; ++i) now[i] = nextRandom(&random) >> 30 == 0;
  for (int32_t round = 0; round < rounds; ++round) {
    step(next, now);
    uint8_t* swapped = now;
    now = next;
    next = swapped;
  }
  for (int i = 0; i < kWidth * kHeight; ++i) hash = mix(hash, now[i]);
  return printResult("life", hash);
}
