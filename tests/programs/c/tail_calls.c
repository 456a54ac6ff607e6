// Tail calls in constant stack: ten million deep, between functions, through pointers, with many arguments.
#include <stdint.h>
#include <stdio.h>

#ifdef __wasm__
#define TAIL __attribute__((musttail)) return
#else
#define TAIL return
#endif

static int odd(uint32_t n);
__attribute__((noinline)) static int even(uint32_t n) {
  if (n == 0) return 1;
  TAIL odd(n - 1);
}
__attribute__((noinline)) static int odd(uint32_t n) {
  if (n == 0) return 0;
  TAIL even(n - 1);
}

typedef uint64_t Step(const uint8_t* code, uint64_t a, uint64_t b, uint64_t c);
static Step add, multiply, turn, loop, halt;
static Step* const steps[] = {halt, add, multiply, turn, loop};

__attribute__((noinline)) static uint64_t add(const uint8_t* code, uint64_t a, uint64_t b, uint64_t c) {
  TAIL steps[code[1]](code + 1, a + b, b, c);
}
__attribute__((noinline)) static uint64_t multiply(const uint8_t* code, uint64_t a, uint64_t b, uint64_t c) {
  TAIL steps[code[1]](code + 1, a * 6364136223846793005ull, b, c);
}
__attribute__((noinline)) static uint64_t turn(const uint8_t* code, uint64_t a, uint64_t b, uint64_t c) {
  TAIL steps[code[1]](code + 1, b, a, c);
}
__attribute__((noinline)) static uint64_t loop(const uint8_t* code, uint64_t a, uint64_t b, uint64_t c) {
  if (c == 0) TAIL steps[code[2]](code + 2, a, b, c);
  code -= code[1];
  TAIL steps[*code](code, a, b, c - 1);
}
__attribute__((noinline)) static uint64_t halt(const uint8_t* code, uint64_t a, uint64_t b, uint64_t c) {
  (void)code;
  return a ^ b ^ c;
}

int main(void) {
  printf("%d %d\n", even(10000000), even(10000001));
  static const uint8_t program[] = {1, 2, 3, 1, 4, 4, 0};
  printf("%016llx\n", (unsigned long long)steps[program[0]](program, 1, 2, 1000000));
  return 0;
}
