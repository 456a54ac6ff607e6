// What every kernel shares: its size from the command line, a generator of reproducible numbers, a checksum, one line
// of output.
#pragma once
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The kernel's size: its first argument, or `otherwise`.
static inline int32_t kernelSize(int argc, char** argv, int32_t otherwise) {
  const int32_t size = argc > 1 ? atoi(argv[1]) : otherwise;
  if (size <= 0) {
    fprintf(stderr, "the size must be a positive number\n");
    exit(2);
  }
  return size;
}

// xorshift32: the same numbers on every machine. `state` must not be 0.
static inline uint32_t nextRandom(uint32_t* state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}

// One step of a 32-bit FNV-1a over a word.
static inline uint32_t mix(uint32_t hash, uint32_t word) { return (hash ^ word) * 16777619u; }
static const uint32_t kHashStart = 2166136261u;

static inline void* allocate(size_t bytes) {
  void* memory = calloc(1, bytes);
  if (!memory) {
    fprintf(stderr, "out of memory\n");
    exit(3);
  }
  return memory;
}

static inline int printResult(const char* name, uint32_t checksum) {
  printf("%s %08" PRIx32 "\n", name, checksum);
  return 0;
}
