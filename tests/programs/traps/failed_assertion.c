// assert() says where, then aborts, which is a trap.
#include <assert.h>
#include <stdio.h>

int main(int argc, char** argv) {
  (void)argv;
  printf("flushed by nobody");
  fflush(stdout);
  assert(argc == 12345 && "a count nobody passes");
  return 0;
}
