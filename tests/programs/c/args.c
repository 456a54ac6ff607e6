// The argument vector: its length, order, empty and non-ASCII arguments, the null at its end.
#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
  printf("%d arguments\n", argc - 1);
  for (int i = 1; i < argc; ++i) printf("%d: [%s] %zu bytes\n", i, argv[i], strlen(argv[i]));
  printf("%s\n", argv[argc] == NULL ? "ends in null" : "does not end");
  return 0;
}
