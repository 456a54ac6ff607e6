// A conversion whose result does not fit, by the trapping instruction.
#include <stdio.h>

int main(int argc, char** argv) {
  (void)argv;
  double huge = argc * 1e10;
  int result;
  __asm__ volatile(
      "local.get %1\n"
      "i32.trunc_f64_s\n"
      "local.set %0\n"
      : "=r"(result)
      : "r"(huge));
  printf("%d\n", result);
  return 0;
}
