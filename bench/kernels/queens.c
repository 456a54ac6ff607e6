// Bit operations and recursion: all solutions of the N queens problem.
#include "kernel.h"

static uint32_t solve(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
  if (columns == all) return 1;
  uint32_t count = 0;
  for (uint32_t open = all & ~(columns | left | right); open;) {
    const uint32_t bit = open & -open;
    open ^= bit;
    count += solve(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

int main(int argc, char** argv) {
  const int32_t side = kernelSize(argc, argv, 11);
  return printResult("queens", solve((1u << side) - 1, 0, 0, 0));
}
