// Linear memory grows to 120 MB in steps; what was written before a step is there after it.
#include <stdio.h>
#include <stdlib.h>

enum { kBlock = 4 << 20, kBlocks = 30 };

int main(void) {
  static unsigned char* blocks[kBlocks];
  for (int i = 0; i < kBlocks; ++i) {
    blocks[i] = malloc(kBlock);
    if (!blocks[i]) {
      printf("out of memory at block %d\n", i);
      return 1;
    }
    for (int j = 0; j < kBlock; j += 4096) blocks[i][j] = (unsigned char)(i * 7 + j / 4096);
  }
  long wrong = 0;
  for (int i = 0; i < kBlocks; ++i)
    for (int j = 0; j < kBlock; j += 4096) wrong += blocks[i][j] != (unsigned char)(i * 7 + j / 4096);
  printf("%d blocks, %ld bytes wrong\n", kBlocks, wrong);
  return 0;
}
