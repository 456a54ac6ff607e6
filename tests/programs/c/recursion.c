// Deep and bushy recursion: Ackermann, Fibonacci, Hanoi, queens, a list built and summed call by call.
#include <stdio.h>
#include <stdlib.h>

static unsigned ackermann(unsigned m, unsigned n) {
  if (m == 0) return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static unsigned fibonacci(unsigned n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

static long moves;
static void hanoi(int disks, int from, int to, int spare) {
  if (disks == 0) return;
  hanoi(disks - 1, from, spare, to);
  ++moves;
  hanoi(disks - 1, spare, to, from);
}

static int queens(int size, unsigned columns, unsigned left, unsigned right) {
  unsigned all = (1u << size) - 1;
  if (columns == all) return 1;
  int found = 0;
  for (unsigned free = all & ~(columns | left | right); free; free &= free - 1) {
    unsigned bit = free & -free;
    found += queens(size, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return found;
}

typedef struct Node {
  struct Node* next;
  int value;
} Node;

static Node* build(int length) {
  Node* node = malloc(sizeof *node);
  node->value = length;
  node->next = length > 1 ? build(length - 1) : NULL;
  return node;
}

static long total(const Node* node) { return node ? node->value + total(node->next) : 0; }

int main(void) {
  printf("ackermann(2, 300) = %u\n", ackermann(2, 300));
  printf("fibonacci(27) = %u\n", fibonacci(27));
  hanoi(16, 0, 2, 1);
  printf("hanoi(16) takes %ld moves\n", moves);
  for (int size = 1; size <= 9; ++size) printf("%d queens: %d ways\n", size, queens(size, 0, 0, 0));
  printf("list: %ld\n", total(build(1000)));
  return 0;
}
