// Narrow integers widened through every pair of widths (sign-ext), and narrow loads and stores.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static volatile uint64_t values[] = {0,
                                     1,
                                     0x7f,
                                     0x80,
                                     0xff,
                                     0x7fff,
                                     0x8000,
                                     0xffff,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x8000000000000000,
                                     0x0123456789abcdef};

int main(void) {
  for (unsigned i = 0; i < sizeof values / sizeof *values; ++i) {
    uint64_t v = values[i];
    printf("%016" PRIx64 ": %d %d %" PRId64 " %" PRId64 " %" PRId64 "\n", v, (int8_t)v, (int16_t)v, (int64_t)(int8_t)v,
           (int64_t)(int16_t)v, (int64_t)(int32_t)v);
  }
  unsigned char bytes[64];
  for (int i = 0; i < 64; ++i) bytes[i] = (unsigned char)(i * 37 + 100);
  int64_t sum = 0;
  for (int i = 0; i + 8 <= 64; ++i) {  // unaligned loads of every width and sign
    int8_t a;
    uint8_t b;
    int16_t c;
    uint16_t d;
    int32_t e;
    uint32_t f;
    int64_t g;
    memcpy(&a, bytes + i, 1);
    memcpy(&b, bytes + i, 1);
    memcpy(&c, bytes + i, 2);
    memcpy(&d, bytes + i, 2);
    memcpy(&e, bytes + i, 4);
    memcpy(&f, bytes + i, 4);
    memcpy(&g, bytes + i, 8);
    sum = (int64_t)((uint64_t)sum * 5 + (uint64_t)a + b + (uint64_t)c + d + (uint64_t)e + f + (uint64_t)g);
  }
  printf("%" PRId64 "\n", sum);
  return 0;
}
