// SHA-256 of standard texts and of a megabyte: rotates, adds, byte order, all on 32 bits.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t k[64], initial[8];

static uint32_t rotate(uint32_t v, int n) { return v >> n | v << (32 - n); }

// The constants are fractions of the square and cube roots of the first primes; integer arithmetic finds their bits.
static uint32_t rootBits(uint32_t prime, int degree) {
  unsigned __int128 target = prime;
  uint64_t low = 0, high = (uint64_t)20 << 32;
  while (high - low > 1) {
    uint64_t middle = low + (high - low) / 2;
    unsigned __int128 p = (unsigned __int128)middle * middle;  // 64 fraction bits, and 96 in its product with middle
    int below = degree == 2 ? p <= target << 64 : p * middle <= target << 96;
    if (below) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (uint32_t)low;
}

static void constants(void) {
  int found = 0;
  for (uint32_t n = 2; found < 64; ++n) {
    int prime = 1;
    for (uint32_t d = 2; d * d <= n; ++d) prime &= n % d != 0;
    if (!prime) continue;
    if (found < 8) initial[found] = rootBits(n, 2);
    k[found++] = rootBits(n, 3);
  }
}

static void block(uint32_t* h, const unsigned char* bytes) {
  uint32_t w[64];
  for (int i = 0; i < 16; ++i)
    w[i] = (uint32_t)bytes[4 * i] << 24 | (uint32_t)bytes[4 * i + 1] << 16 | (uint32_t)bytes[4 * i + 2] << 8 |
           bytes[4 * i + 3];
  for (int i = 16; i < 64; ++i) {
    uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
  }
  uint32_t s[8];
  memcpy(s, h, sizeof s);
  for (int i = 0; i < 64; ++i) {
    uint32_t one =
        s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
    uint32_t two =
        (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += one;
    s[0] = one + two;
  }
  for (int i = 0; i < 8; ++i) h[i] += s[i];
}

static void digest(const char* name, const unsigned char* bytes, size_t size) {
  uint32_t h[8];
  memcpy(h, initial, sizeof h);
  size_t done = 0;
  for (; size - done >= 64; done += 64) block(h, bytes + done);
  unsigned char last[128] = {0};
  size_t rest = size - done, padded = rest < 56 ? 64 : 128;
  memcpy(last, bytes + done, rest);
  last[rest] = 0x80;
  for (int i = 0; i < 8; ++i) last[padded - 1 - (size_t)i] = (unsigned char)((uint64_t)size * 8 >> 8 * i);
  for (size_t i = 0; i < padded; i += 64) block(h, last + i);
  printf("%-12s ", name);
  for (int i = 0; i < 8; ++i) printf("%08x", h[i]);
  printf("\n");
}

int main(void) {
  constants();
  digest("empty", (const unsigned char*)"", 0);
  digest("abc", (const unsigned char*)"abc", 3);
  size_t size = 1000000;
  unsigned char* million = malloc(size);
  memset(million, 'a', size);
  digest("million a", million, size);
  return 0;
}
