// Variable arguments of every type, handed on, copied and read twice.
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

// Reads arguments by the letters of `types`: i int, l 64-bit, d double, s string, p pointer to int.
static double sum(const char* types, ...) {
  va_list list, again;
  va_start(list, types);
  va_copy(again, list);
  double total = 0;
  for (const char* t = types; *t; ++t) {
    switch (*t) {
      case 'i': total += va_arg(list, int); break;
      case 'l': total += (double)va_arg(list, int64_t); break;
      case 'd': total += va_arg(list, double); break;
      case 's': total += va_arg(list, const char*)[0]; break;
      case 'p': total += *va_arg(list, int*); break;
    }
  }
  if (*types == 'i') total += va_arg(again, int) * 1000.0;
  va_end(again);
  va_end(list);
  return total;
}

static int format(char* out, size_t size, const char* how, ...) {
  va_list list;
  va_start(list, how);
  int length = vsnprintf(out, size, how, list);
  va_end(list);
  return length;
}

int main(void) {
  int n = 5;
  printf("%g\n", sum("idlsp", 1, 2.5, (int64_t)1 << 40, "A", &n));
  printf("%g\n", sum("dididididididididi", .5, 1, .5, 1, .5, 1, .5, 1, .5, 1, .5, 1, .5, 1, .5, 1, .5, 1));
  char text[16];
  int length = format(text, sizeof text, "%s-%05d-%#x-%c%%", "abc", 42, 255, 'z');
  printf("[%s] of %d\n", text, length);
  printf("%3$s %1$s %2$s\n", "second", "third", "first");
  printf("%*.*f|%-*d|%+d|% d|%o|%X|%lld|%hhd|%zu\n", 10, 2, 3.14159, 6, 42, 7, 7, 8, 48879, 1ll << 50, (signed char)200,
         sizeof(double));
  return 0;
}
