// The Mandelbrot set in text: ./dev run examples/mandelbrot.c [columns]
// The darker a character, the longer its point stays near the origin; the picture is the same on every machine.
#include <stdio.h>
#include <stdlib.h>

enum { kMaxSteps = 20000 };

// How many steps of z = z^2 + c stay within distance 2 of the origin, at most kMaxSteps.
static int steps(double re, double im) {
  double x = 0, y = 0;
  for (int i = 0; i < kMaxSteps; ++i) {
    double xx = x * x, yy = y * y;
    if (xx + yy > 4) return i;
    y = 2 * x * y + im;
    x = xx - yy + re;
  }
  return kMaxSteps;
}

static char shade(int count) {
  static const char kShades[] = " .,:;=+*#%";
  if (count == kMaxSteps) return '@';
  int level = 0;
  while (count > 3 && level < (int)sizeof kShades - 2) {
    count = count * 2 / 3;
    ++level;
  }
  return kShades[level];
}

int main(int argc, char** argv) {
  int columns = argc > 1 ? atoi(argv[1]) : 78;
  if (columns < 2 || columns > 1000) {
    fprintf(stderr, "mandelbrot: columns must be from 2 to 1000\n");
    return 2;
  }
  int rows = columns * 2 / 5;
  for (int row = 0; row <= rows; ++row) {
    double im = 1.2 - 2.4 * row / rows;
    for (int column = 0; column < columns; ++column) putchar(shade(steps(-2.1 + 2.8 * column / (columns - 1), im)));
    putchar('\n');
  }
  return 0;
}
