#define INLINE static inline __attribute__((always_inline))

INLINE int innermost(int x) {
  return 100 / x;
}

INLINE int middle(int x) {
  return innermost(x - 3) + 1;
}

__attribute__((noinline)) int outer(int x) {
  return middle(x) * 2 + innermost(x);
}

int run(int x) {
  return outer(x);
}
