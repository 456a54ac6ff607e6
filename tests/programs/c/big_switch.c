// A bytecode machine in one big switch, and a sparse switch: br_table of a hundred targets, and none.
#include <stdint.h>
#include <stdio.h>

// clang-format off
#define CASES_10(base, F) F(base) F(base + 1) F(base + 2) F(base + 3) F(base + 4) F(base + 5) F(base + 6) F(base + 7) F(base + 8) F(base + 9)
#define CASES_100(F) CASES_10(0, F) CASES_10(10, F) CASES_10(20, F) CASES_10(30, F) CASES_10(40, F) \
                     CASES_10(50, F) CASES_10(60, F) CASES_10(70, F) CASES_10(80, F) CASES_10(90, F)
// clang-format on

static uint32_t hundred(uint32_t op, uint32_t v) {
  switch (op) {
#define ONE(n) \
  case n: return (v ^ ((n) * 2654435761u)) + ((n) % 7 == 0 ? v >> 3 : v << 1);
    CASES_100(ONE)
#undef ONE
    default: return v + 1;
  }
}

static int sparse(int64_t v) {
  switch (v) {
    case -9000000000ll: return 1;
    case -5: return 2;
    case 0: return 3;
    case 77: return 4;
    case 100000: return 5;
    case 9000000000ll: return 6;
  }
  return 0;
}

enum { kPush, kGet, kSet, kAdd, kMul, kJumpIfNot, kJump, kHalt };

static int64_t interpret(const int* code) {
  int64_t stack[8], locals[4] = {0};
  int top = 0;
  for (int pc = 0;;) {
    switch (code[pc++]) {
      case kPush: stack[top++] = code[pc++]; break;
      case kGet: stack[top++] = locals[code[pc++]]; break;
      case kSet: locals[code[pc++]] = stack[--top]; break;
      case kAdd:
        --top;
        stack[top - 1] += stack[top];
        break;
      case kMul:
        --top;
        stack[top - 1] *= stack[top];
        break;
      case kJumpIfNot: pc = stack[--top] ? pc + 1 : code[pc]; break;
      case kJump: pc = code[pc]; break;
      case kHalt: return locals[0];
    }
  }
}

// Local 0 adds up the squares of local 1, which counts down.
static const int kSumOfSquares[] = {
    kPush, 30000, kSet,       1,                                     // 0
    kGet,  1,     kJumpIfNot, 27,                                    // 4: while the counter is not zero
    kGet,  0,     kGet,       1,  kGet, 1,    kMul, kAdd,  kSet, 0,  // 8
    kGet,  1,     kPush,      -1, kAdd, kSet, 1,    kJump, 4,        // 18
    kHalt,                                                           // 27
};

int main(void) {
  uint32_t v = 1;
  for (uint32_t i = 0; i < 500000; ++i) v = hundred((v ^ i) % 103, v);
  printf("%u\n", v);
  const int64_t keys[] = {-9000000000ll, -5, 0, 77, 100000, 9000000000ll, 1, -6, 410065408};
  for (int i = 0; i < 9; ++i) printf("%d ", sparse(keys[i]));
  printf("\n%lld\n", (long long)interpret(kSumOfSquares));
  return 0;
}
