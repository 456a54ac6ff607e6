// What was printed and flushed before a trap stays printed; the trap names itself.
#include <stdio.h>

__attribute__((noinline)) static void give_up(int argc) {
  if (argc > 0) __builtin_trap();
}

int main(int argc, char** argv) {
  (void)argv;
  printf("before\n");
  fflush(stdout);
  give_up(argc);
  printf("after\n");
  return 0;
}
