// call_indirect: a list of small operations called through a table of function pointers, in an order the data decides.
#include "kernel.h"

typedef uint32_t (*Operation)(uint32_t value, uint32_t operand);

static uint32_t add(uint32_t v, uint32_t o) { return v + o; }
static uint32_t subtract(uint32_t v, uint32_t o) { return v - o; }
static uint32_t exclusiveOr(uint32_t v, uint32_t o) { return v ^ (o << 3); }
static uint32_t multiply(uint32_t v, uint32_t o) { return v * (o | 1); }
static uint32_t turn(uint32_t v, uint32_t o) { return v << (o & 31) | v >> (-o & 31); }
static uint32_t larger(uint32_t v, uint32_t o) { return v > o ? v : o + v; }
static uint32_t fold(uint32_t v, uint32_t o) { return (v >> 16) + (v & 0xffff) * o; }
static uint32_t negate(uint32_t v, uint32_t o) { return ~v + o; }

// Not const: the compiler must not see through it.
static Operation operations[8] = {add, subtract, exclusiveOr, multiply, turn, larger, fold, negate};

int main(int argc, char** argv) {
  const int32_t rounds = kernelSize(argc, argv, 8000000);
  uint32_t value = 1, random = 5;
  for (int i = 0; i < 8; ++i) {  // shuffled at run time
    const uint32_t j = nextRandom(&random) % 8;
    Operation t = operations[i];
    operations[i] = operations[j];
    operations[j] = t;
  }
  for (int32_t i = 0; i < rounds; ++i) value = operations[(value >> 7 ^ (uint32_t)i) & 7](value, (uint32_t)i);
  return printResult("dispatch", value);
}
