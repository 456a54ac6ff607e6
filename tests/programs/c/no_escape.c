// A program sees its preopened directory and nothing above it, however it asks.
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void attempt(const char* path) {
  FILE* file = fopen(path, "r");
  printf("%s: %s\n", path, file ? "open" : "refused");
  if (file) fclose(file);
}

int main(void) {
  attempt("inside.txt");
  attempt("./folder/../inside.txt");
  attempt("folder/./../folder/../inside.txt");
#ifdef __wasi__
  attempt("../../../../../../etc/passwd");
  attempt("folder/../../../../../../../etc/passwd");
  attempt("/etc/passwd");
  symlink("/etc/passwd", "out");  // refused or made, it leads nowhere
  attempt("out");
  symlink("../../../etc", "up");
  attempt("up/passwd");
#else  // what a sandbox makes of the same
  printf("../../../../../../etc/passwd: refused\n");
  printf("folder/../../../../../../../etc/passwd: refused\n");
  printf("/etc/passwd: refused\n");
  printf("out: refused\n");
  printf("up/passwd: refused\n");
#endif
  return 0;
}
