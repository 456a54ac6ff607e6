// A small LZ compressor and its inverse over generated text: byte copies that overlap, hash tables, exact round trip.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kSize = 300000, kHashBits = 13, kMinMatch = 4, kWindow = 65535 };
static unsigned char text[kSize], packed[kSize * 2], unpacked[kSize];
static int32_t heads[1 << kHashBits];

static uint32_t hashAt(const unsigned char* p) {
  uint32_t v;
  memcpy(&v, p, 4);
  return v * 2654435761u >> (32 - kHashBits);
}

// Tokens: 0 length bytes..., or 1 length distance(2). Lengths are one byte.
static int pack(void) {
  int out = 0, literal = 0;
  memset(heads, -1, sizeof heads);
  for (int i = 0; i <= kSize;) {
    int best = 0, candidate = -1;
    if (i + kMinMatch <= kSize) {
      uint32_t h = hashAt(text + i);
      candidate = heads[h];
      heads[h] = i;
      if (candidate >= 0 && i - candidate <= kWindow)
        while (best < 255 && i + best < kSize && text[candidate + best] == text[i + best]) ++best;
    }
    int flush = best >= kMinMatch || i == kSize || literal == 255;
    if (flush && literal > 0) {
      packed[out++] = 0;
      packed[out++] = (unsigned char)literal;
      memcpy(packed + out, text + i - literal, (size_t)literal);
      out += literal;
      literal = 0;
    }
    if (best >= kMinMatch) {
      packed[out++] = 1;
      packed[out++] = (unsigned char)best;
      packed[out++] = (unsigned char)(i - candidate);
      packed[out++] = (unsigned char)((i - candidate) >> 8);
      i += best;
    } else {
      if (i == kSize) break;
      ++literal;
      ++i;
    }
  }
  return out;
}

static int unpack(int size) {
  int out = 0;
  for (int i = 0; i < size;) {
    int kind = packed[i], length = packed[i + 1];
    i += 2;
    if (kind == 0) {
      memcpy(unpacked + out, packed + i, (size_t)length);
      i += length;
    } else {
      int distance = packed[i] | packed[i + 1] << 8;
      i += 2;
      for (int j = 0; j < length; ++j) unpacked[out + j] = unpacked[out + j - distance];
    }
    out += length;
  }
  return out;
}

int main(void) {
  static const char* const words[] = {"frame ", "slot ",   "module ", "the ",    "of ",
                                      "stack ", "engine ", "a ",      "value\n", "branch "};
  uint32_t state = 7;
  for (int i = 0; i < kSize;) {
    state = state * 1664525 + 1013904223;
    const char* word = words[(state >> 24) % 10];
    for (; *word && i < kSize; ++i) text[i] = (unsigned char)*word++;
    if ((state >> 16 & 31) == 0 && i < kSize) text[i++] = (unsigned char)(state >> 8);
  }
  memset(text + 1000, 'z', 3000);
  int size = pack();
  int back = unpack(size);
  printf("%d to %d and back to %d: %s\n", kSize, size, back,
         memcmp(text, unpacked, kSize) == 0 ? "the same" : "different");
  return 0;
}
