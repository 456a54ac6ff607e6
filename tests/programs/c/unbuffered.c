// Output through several doors: stdout, stderr, raw writes of nothing, of one byte, of a vector, and 200 KB at once.
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  for (int i = 0; i < 10; ++i) printf("%d ", i);
  fprintf(stderr, "a line on standard error\n");
  write(1, "", 0);
  write(1, "\n", 1);
  struct iovec parts[] = {{"three ", 6}, {"", 0}, {"parts", 5}, {"\n", 1}};
  printf("%zd written\n", writev(1, parts, 4));
  static char block[200000];
  memset(block, '.', sizeof block);
  for (size_t i = 79; i < sizeof block; i += 80) block[i] = '\n';
  size_t done = 0;
  while (done < sizeof block) {
    ssize_t written = write(1, block + done, sizeof block - done);
    if (written < 0) return 1;
    done += (size_t)written;
  }
  fprintf(stderr, "and the last\n");
  return 0;
}
