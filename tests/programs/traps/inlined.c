// A trap in a function that was inlined into one that was itself inlined: the backtrace names all three.
static inline __attribute__((always_inline)) int innermost(int x) {
  if (x > 2) __builtin_trap();
  return x * 3;
}

static inline __attribute__((always_inline)) int middle(int x) { return innermost(x + 1) + 1; }

__attribute__((noinline)) int outer(int x) { return middle(x) * 2; }

int main(int argc, char** argv) {
  (void)argv;
  return outer(argc + 5);
}
