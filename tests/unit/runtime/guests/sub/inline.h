static inline int helper(int a) {
  if (a > 3)
    return a / (a - 5);
  return a;
}
