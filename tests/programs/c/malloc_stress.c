// Allocates, grows, checks and frees blocks of all sizes in a random order; nothing may overlap.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kSlots = 700, kRounds = 40000 };

static uint32_t state = 12345;

static uint32_t random32(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static struct {
  unsigned char* data;
  size_t size;
  unsigned char fill;
} slots[kSlots];

static int intact(int i) {
  for (size_t j = 0; j < slots[i].size; ++j)
    if (slots[i].data[j] != slots[i].fill) return 0;
  return 1;
}

int main(void) {
  long allocated = 0, grown = 0, freed = 0, broken = 0, unaligned = 0;
  for (int round = 0; round < kRounds; ++round) {
    int i = (int)(random32() % kSlots);
    if (!slots[i].data) {
      slots[i].size = random32() % (round % 100 == 0 ? 100000 : 700) + 1;
      slots[i].data = round % 3 ? malloc(slots[i].size) : calloc(1, slots[i].size);
      if (!slots[i].data) return 1;
      slots[i].fill = (unsigned char)random32();
      memset(slots[i].data, slots[i].fill, slots[i].size);
      unaligned += ((uintptr_t)slots[i].data & 7) != 0;
      ++allocated;
    } else if (random32() % 3 == 0) {
      size_t size = slots[i].size * 3 / 2 + 1;
      unsigned char* moved = realloc(slots[i].data, size);
      if (!moved) return 1;
      slots[i].data = moved;
      broken += !intact(i);
      memset(moved, slots[i].fill, size);
      slots[i].size = size;
      ++grown;
    } else {
      broken += !intact(i);
      free(slots[i].data);
      slots[i].data = NULL;
      ++freed;
    }
  }
  printf("%ld allocated, %ld grown, %ld freed, %ld broken, %ld unaligned\n", allocated, grown, freed, broken,
         unaligned);
  return 0;
}
