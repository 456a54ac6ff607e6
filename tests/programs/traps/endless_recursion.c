// Recursion without end is a trap, not a crash of the engine. These frames use none of the C stack in linear memory, so
// it is the engine's own stack that runs out.
#include <stdio.h>

__attribute__((noinline)) static unsigned deeper(unsigned n) { return deeper(n + 1) ^ deeper(n * 2) * 3; }

int main(int argc, char** argv) {
  (void)argv;
  printf("going down\n");
  fflush(stdout);
  printf("%u\n", deeper((unsigned)argc));
  return 0;
}
