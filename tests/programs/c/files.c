// Files in the current directory: read, write, append, seek, rename, remove, list, stat; and what must fail.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void report(const char* what, int result) { printf("%s: %s\n", what, result == 0 ? "done" : strerror(errno)); }

static int compare(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

static void list(const char* path) {
  DIR* directory = opendir(path);
  if (!directory) {
    printf("%s cannot be listed\n", path);
    return;
  }
  char* names[64];
  int count = 0;
  for (struct dirent* entry; (entry = readdir(directory)) && count < 64;)
    if (entry->d_name[0] != '.') names[count++] = strdup(entry->d_name);
  closedir(directory);
  qsort(names, (size_t)count, sizeof *names, compare);
  printf("%s holds", path);
  for (int i = 0; i < count; ++i) {
    printf(" %s", names[i]);
    free(names[i]);
  }
  printf("\n");
}

static void show(const char* path) {
  FILE* file = fopen(path, "r");
  if (!file) {
    printf("%s cannot be read\n", path);
    return;
  }
  char line[200];
  for (int number = 1; fgets(line, sizeof line, file); ++number) printf("%s:%d: %s", path, number, line);
  fclose(file);
}

int main(void) {
  list(".");
  show("poem.txt");
  show("deep/er/leaf.txt");

  FILE* out = fopen("numbers.txt", "w+");
  for (int i = 0; i < 1000; ++i) fprintf(out, "%04d\n", i * i % 10007);
  fseek(out, 5 * 500, SEEK_SET);
  int middle = 0;
  fscanf(out, "%d", &middle);
  printf("in the middle: %d, position %ld\n", middle, ftell(out));
  fseek(out, -5, SEEK_END);
  fscanf(out, "%d", &middle);
  printf("at the end: %d\n", middle);
  fclose(out);

  struct stat info;
  report("stat numbers.txt", stat("numbers.txt", &info));
  printf("%lld bytes, %s\n", (long long)info.st_size, S_ISREG(info.st_mode) ? "a regular file" : "something else");

  out = fopen("poem.txt", "a");
  fputs("and a line of mine\n", out);
  fclose(out);
  show("poem.txt");

  report("mkdir new", mkdir("new", 0777));
  report("mkdir new again", mkdir("new", 0777));
  report("rename into new", rename("numbers.txt", "new/numbers.txt"));
  report("rmdir of a full folder", rmdir("new"));
  list("new");
  report("truncate", truncate("new/numbers.txt", 12));
  show("new/numbers.txt");
  printf("\n");
  report("unlink", unlink("new/numbers.txt"));
  report("unlink again", unlink("new/numbers.txt"));
  report("rmdir", rmdir("new"));

  int fd = open("poem.txt", O_RDONLY);
  char bytes[8] = {0};
  printf("pread %zd: %.7s\n", pread(fd, bytes, 7, 4), bytes);
  printf("write to a file open for reading: %s\n", write(fd, "x", 1) < 0 ? "refused" : "done");
  close(fd);
  printf("read from a closed descriptor: %s\n", read(fd, bytes, 1) < 0 && errno == EBADF ? "refused" : "done");
  printf("exclusive create of what exists: %s\n",
         open("poem.txt", O_CREAT | O_EXCL | O_WRONLY, 0666) < 0 && errno == EEXIST ? "refused" : "done");
  list(".");
  return 0;
}
