// A function called through a pointer of another type.
#include <stdint.h>
#include <stdio.h>

__attribute__((noinline)) static int twice(int v) { return v * 2; }

int main(int argc, char** argv) {
  (void)argv;
  int (*volatile right)(int) = twice;
  double (*volatile wrong)(double) = (double (*)(double))(uintptr_t)right;
  printf("%d\n", right(argc));
  fflush(stdout);
  printf("%g\n", wrong(1.0));
  return 0;
}
