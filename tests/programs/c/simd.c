// 128-bit vectors of every lane shape: arithmetic, comparisons as masks, shuffles, conversions, a dot product.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef int8_t I8 __attribute__((vector_size(16)));
typedef uint8_t U8 __attribute__((vector_size(16)));
typedef int16_t I16 __attribute__((vector_size(16)));
typedef uint16_t U16 __attribute__((vector_size(16)));
typedef int32_t I32 __attribute__((vector_size(16)));
typedef uint32_t U32 __attribute__((vector_size(16)));
typedef int64_t I64 __attribute__((vector_size(16)));
typedef float F32 __attribute__((vector_size(16)));
typedef double F64 __attribute__((vector_size(16)));

static uint64_t sum = 14695981039346656037ull;

static void mix(const void* vector) {
  unsigned char bytes[16];
  memcpy(bytes, vector, 16);
  for (int i = 0; i < 16; ++i) sum = (sum ^ bytes[i]) * 1099511628211ull;
}

#define INTEGERS(Type, a, b, shift)                                                   \
  do {                                                                                \
    Type x = (Type)(a), y = (Type)(b);                                                \
    Type results[] = {x + y,                                                          \
                      x - y,                                                          \
                      x * y,                                                          \
                      x & y,                                                          \
                      x | y,                                                          \
                      x ^ y,                                                          \
                      ~x,                                                             \
                      -x,                                                             \
                      x << shift,                                                     \
                      x >> shift,                                                     \
                      (Type)(x < y),                                                  \
                      (Type)(x == y),                                                 \
                      (Type)(x >= y),                                                 \
                      (x & (Type)(x > y)) | (y & ~(Type)(x > y))};                    \
    for (unsigned i = 0; i < sizeof results / sizeof *results; ++i) mix(&results[i]); \
  } while (0)

static float dot(const float* a, const float* b, int count) {
  F32 total = {0};
  for (int i = 0; i < count; i += 4) {
    F32 x, y;
    memcpy(&x, a + i, 16);
    memcpy(&y, b + i, 16);
    total += x * y;
  }
  return total[0] + total[1] + total[2] + total[3];
}

int main(void) {
  uint64_t state = 1;
  for (int round = 0; round < 2000; ++round) {
    uint64_t words[4];
    for (int i = 0; i < 4; ++i) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      words[i] = state ^ state >> 29;
    }
    I64 a = {(int64_t)words[0], (int64_t)words[1]}, b = {(int64_t)words[2], (int64_t)words[3]};
    INTEGERS(U8, a, b, 3);
    INTEGERS(U16, a, b, 5);
    INTEGERS(U32, a, b, 7);
    INTEGERS(I64, a, b, 11);
    I8 s8 = (I8)a >> 2;
    I16 s16 = (I16)a >> 3;
    I32 s32 = (I32)a >> 4;
    mix(&s8);
    mix(&s16);
    mix(&s32);
    U8 reversed = __builtin_shufflevector((U8)a, (U8)b, 15, 14, 13, 12, 11, 10, 9, 8, 23, 22, 21, 20, 0, 0, 31, 1);
    I32 interleaved = __builtin_shufflevector((I32)a, (I32)b, 0, 4, 1, 5);
    mix(&reversed);
    mix(&interleaved);
    F32 f = __builtin_convertvector((I32)a, F32) * 0.5f;
    F64 d = __builtin_convertvector(a, F64) / 3.0;
    F32 g = f - __builtin_convertvector((I32)b, F32);
    I32 less = f < g;
    mix(&f);
    mix(&d);
    mix(&g);
    mix(&less);
  }
  printf("%016llx\n", (unsigned long long)sum);

  static float x[1024], y[1024];
  for (int i = 0; i < 1024; ++i) {
    x[i] = (float)(i % 17) * 0.25f;
    y[i] = (float)(i % 23) - 11.0f;
  }
  printf("%g\n", (double)dot(x, y, 1024));
  return 0;
}
