// memcpy, memmove and memset of every size and overlap, as single instructions (bulk-memory).
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { kSize = 300 };
static unsigned char buffer[kSize], copy[kSize], large[1 << 20];

static uint32_t hash(const unsigned char* bytes, size_t size) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < size; ++i) h = (h ^ bytes[i]) * 16777619u;
  return h;
}

static void fillPattern(void) {
  for (int i = 0; i < kSize; ++i) buffer[i] = (unsigned char)(i * 7 + i / 13);
}

int main(void) {
  long wrong = 0;
  for (volatile size_t size = 0; size < 70; ++size) {
    for (size_t from = 0; from < 40; from += 3) {
      for (size_t to = 0; to < 40; to += 3) {
        fillPattern();
        memcpy(copy, buffer, kSize);
        memmove(buffer + to, buffer + from, size);
        for (size_t i = 0; i < kSize; ++i)
          wrong += buffer[i] != (i >= to && i < to + size ? copy[from + (i - to)] : copy[i]);
      }
    }
  }
  printf("%ld bytes wrong after overlapping moves\n", wrong);
  for (volatile int i = 0; i < 20; ++i) {
    memset(large + i * 1000, i * 13, (size_t)(i * 7919 % 30000));
    memcpy(large + 500000 + i * 999, large + i * 501, (size_t)(i * 104729 % 90000));
  }
  printf("%08x\n", hash(large, sizeof large));
  printf("%d %d\n", memcmp(large, large + 1000, 500) < 0, memchr(large, 13 * 5, sizeof large) == NULL);
  return 0;
}
