// Bytes: an LZ77 compressor with a hash of three bytes, its decompressor, and the comparison of both ends.
#include "kernel.h"

enum { kHashBits = 13, kMinMatch = 4, kMaxMatch = 66, kMaxDistance = 1 << 14 };

static inline uint32_t hashOf(const uint8_t* p) {
  return ((uint32_t)p[0] << 16 ^ (uint32_t)p[1] << 8 ^ (uint32_t)p[2]) * 2654435761u >> (32 - kHashBits);
}

static int matchLength(const uint8_t* a, const uint8_t* b, int most) {
  int n = 0;
  while (n < most && a[n] == b[n]) ++n;
  return n;
}

// A token is a byte below 64 for 1 to 64 literals, or one from 64 for a match and two bytes of distance.
static int32_t compress(uint8_t* out, const uint8_t* in, int32_t size, int32_t* heads) {
  uint8_t *o = out, *run = NULL;
  for (int32_t i = 0; i < 1 << kHashBits; ++i) heads[i] = -1;
  for (int32_t i = 0; i < size;) {
    int length = 0;
    int32_t candidate = -1;
    if (i + kMinMatch <= size) {
      int32_t* head = &heads[hashOf(in + i)];
      candidate = *head;
      *head = i;
      const int most = size - i < kMaxMatch ? size - i : kMaxMatch;
      if (candidate >= 0 && i - candidate < kMaxDistance) length = matchLength(in + candidate, in + i, most);
    }
    if (length >= kMinMatch) {
      const int32_t distance = i - candidate;
      *o++ = (uint8_t)(64 + length);
      *o++ = (uint8_t)distance;
      *o++ = (uint8_t)(distance >> 8);
      i += length;
      run = NULL;
    } else {
      if (!run || *run == 63) *(run = o++) = 255;
      ++*run;  // wraps to 0 for the first literal
      *o++ = in[i++];
    }
  }
  return (int32_t)(o - out);
}

static int32_t expand(uint8_t* out, const uint8_t* in, int32_t size) {
  uint8_t* o = out;
  for (const uint8_t* end = in + size; in < end;) {
    const uint8_t token = *in++;
    if (token < 64) {
      for (int n = token + 1; n > 0; --n) *o++ = *in++;
    } else {
      const uint8_t* from = o - (in[0] | in[1] << 8);
      in += 2;
      for (int n = token - 64; n > 0; --n) *o++ = *from++;
    }
  }
  return (int32_t)(o - out);
}

int main(int argc, char** argv) {
  const int32_t rounds = kernelSize(argc, argv, 6);
  const int32_t size = 300000;
  uint8_t *in = allocate((size_t)size), *packed = allocate((size_t)size * 2), *back = allocate((size_t)size);
  int32_t* heads = allocate(sizeof(int32_t) << kHashBits);
  uint32_t random = 11, hash = kHashStart;
  for (int32_t i = 0; i < size;) {  // words of a small vocabulary, so that there is something to find
    const uint32_t word = nextRandom(&random) % 700;
    for (uint32_t k = 0; k < 3 + word % 6 && i < size; ++k) in[i++] = (uint8_t)('a' + (word * (k + 7)) % 26);
  }
  for (int32_t round = 0; round < rounds; ++round) {
    in[round] ^= 1;
    const int32_t packedSize = compress(packed, in, size, heads);
    if (expand(back, packed, packedSize) != size || memcmp(in, back, (size_t)size) != 0) return 1;
    hash = mix(hash, (uint32_t)packedSize);
  }
  return printResult("pack", hash);
}
