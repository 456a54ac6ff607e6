#include "sub/inline.h"

__attribute__((noinline)) int divide(int a, int b) {
  return a /
         b;
}

int unused(int x) { return x * 7; }

int run(int x) {
  int y = helper(x);
  return divide(y, x) + divide(x, y);
}
