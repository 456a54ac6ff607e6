// An integer division by zero. The operands are hidden from the compiler, which could make of it what it likes.
#include <stdio.h>

int main(int argc, char** argv) {
  (void)argv;
  int zero = argc - 1, result;
  __asm__ volatile(
      "local.get %1\n"
      "local.get %2\n"
      "i32.div_s\n"
      "local.set %0\n"
      : "=r"(result)
      : "r"(argc), "r"(zero));
  printf("%d\n", result);
  return 0;
}
