// br_table: a byte code interpreter running a program with loops, so the dispatch is an indirect branch of an indirect
// branch.
#include "kernel.h"

typedef enum {
  kLoad,
  kAdd,
  kSub,
  kMul,
  kXor,
  kShift,
  kMove,
  kStore,
  kFetch,
  kDecrement,
  kJumpNonZero,
  kLess,
  kSkip,
  kHalt
} Opcode;
typedef struct {
  uint8_t opcode, a, b, c;
} Code;

static const Code kProgram[] = {
    {kLoad, 1, 17, 0},        // r1 = 17
    {kLoad, 2, 0, 0},         // r2 = 0
    {kLoad, 3, 200, 0},       // inner: r3 = 200
    {kAdd, 2, 2, 1},          // loop: r2 += r1
    {kXor, 4, 2, 3},          //
    {kShift, 5, 4, 3},        //
    {kMul, 1, 1, 5},          //
    {kStore, 4, 2, 0},        // memory[r4] = r2
    {kFetch, 6, 1, 0},        // r6 = memory[r1]
    {kSub, 1, 1, 6},          //
    {kLess, 7, 6, 2},         // r7 = r6 < r2
    {kSkip, 7, 1, 0},         // if (r7) skip one
    {kMove, 2, 6, 0},         //
    {kDecrement, 3, 0, 0},    //
    {kJumpNonZero, 3, 3, 0},  // to loop
    {kDecrement, 0, 0, 0},    //
    {kJumpNonZero, 0, 2, 0},  // to inner
    {kHalt, 0, 0, 0},
};

static uint32_t run(const Code* program, uint32_t* r, uint32_t* memory) {
  for (const Code* pc = program;; ++pc) switch (pc->opcode) {
      case kLoad: r[pc->a] = pc->b; break;
      case kAdd: r[pc->a] = r[pc->b] + r[pc->c]; break;
      case kSub: r[pc->a] = r[pc->b] - r[pc->c]; break;
      case kMul: r[pc->a] = r[pc->b] * (r[pc->c] | 1); break;
      case kXor: r[pc->a] = r[pc->b] ^ r[pc->c]; break;
      case kShift: r[pc->a] = r[pc->b] >> (r[pc->c] & 31); break;
      case kMove: r[pc->a] = r[pc->b]; break;
      case kStore: memory[r[pc->a] & 1023] = r[pc->b]; break;
      case kFetch: r[pc->a] = memory[r[pc->b] & 1023]; break;
      case kDecrement: --r[pc->a]; break;
      case kJumpNonZero:
        if (r[pc->a]) pc = program + pc->b - 1;
        break;
      case kLess: r[pc->a] = r[pc->b] < r[pc->c]; break;
      case kSkip:
        if (r[pc->a]) pc += pc->b;
        break;
      case kHalt: return r[1] ^ r[2];
      default: __builtin_unreachable();
    }
}

int main(int argc, char** argv) {
  uint32_t registers[8] = {(uint32_t)kernelSize(argc, argv, 3000)};
  uint32_t* memory = allocate(1024 * sizeof(uint32_t));
  const uint32_t result = run(kProgram, registers, memory);
  uint32_t hash = mix(kHashStart, result);
  for (int i = 0; i < 1024; ++i) hash = mix(hash, memory[i]);
  return printResult("vm", hash);
}
