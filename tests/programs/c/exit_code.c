// exit() runs the atexit handlers, last first, flushes, and hands its code to whoever started the program.
#include <stdio.h>
#include <stdlib.h>

static void first(void) { printf("registered first, runs last\n"); }
static void second(void) { printf("registered second, runs first\n"); }

static void leave(int depth) {
  if (depth == 0) exit(42);
  leave(depth - 1);
  printf("never printed\n");
}

int main(void) {
  atexit(first);
  atexit(second);
  printf("no newline at the end of this, ");
  leave(20);
  return 0;
}
