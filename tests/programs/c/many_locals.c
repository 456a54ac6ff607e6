// A function with hundreds of live values and one with sixty parameters: frames larger than any fixed operand width.
#include <stdint.h>
#include <stdio.h>

#define TEN(F, n) F(n##0) F(n##1) F(n##2) F(n##3) F(n##4) F(n##5) F(n##6) F(n##7) F(n##8) F(n##9)
#define HUNDRED(F, n) \
  TEN(F, n##0)        \
  TEN(F, n##1) TEN(F, n##2) TEN(F, n##3) TEN(F, n##4) TEN(F, n##5) TEN(F, n##6) TEN(F, n##7) TEN(F, n##8) TEN(F, n##9)
#define ALL(F) HUNDRED(F, 1) HUNDRED(F, 2) HUNDRED(F, 3) HUNDRED(F, 4)

#define DECLARE(n) uint64_t v##n = seed * (n + 1u);
#define STEP(n)                                    \
  v##n = (v##n ^ carry) * 0x9e3779b97f4a7c15u + n; \
  carry = v##n >> 7;
#define GATHER(n) sum += v##n * (n | 1u);

__attribute__((noinline)) static uint64_t many(uint64_t seed, int rounds) {
  ALL(DECLARE)
  uint64_t carry = seed, sum = 0;
  for (int i = 0; i < rounds; ++i) {
    ALL(STEP)
  }
  ALL(GATHER)
  return sum;
}

#define PARAM(n) , double p##n
#define ADD(n) +p##n*(double)(n % 7)
#define PASS(n) , (double)n * 0.5

__attribute__((noinline)) static double sixty(int first TEN(PARAM, 1) TEN(PARAM, 2) TEN(PARAM, 3) TEN(PARAM, 4)
                                                  TEN(PARAM, 5) TEN(PARAM, 6)) {
  if (first > 0)
    return sixty(first - 1, p11 + 1, p10, p12, p13, p14, p15, p16, p17, p18,
                 p19 TEN(PASS, 2) TEN(PASS, 3) TEN(PASS, 4) TEN(PASS, 5) TEN(PASS, 6));
  return first TEN(ADD, 1) TEN(ADD, 2) TEN(ADD, 3) TEN(ADD, 4) TEN(ADD, 5) TEN(ADD, 6);
}

int main(void) {
  printf("%016llx\n", (unsigned long long)many(3, 500));
  printf("%g\n", sixty(9 TEN(PASS, 1) TEN(PASS, 2) TEN(PASS, 3) TEN(PASS, 4) TEN(PASS, 5) TEN(PASS, 6)));
  return 0;
}
