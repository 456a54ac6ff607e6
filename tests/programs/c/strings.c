// The string functions of libc: tokens, searches, numbers, formatted scanning, collation of cases.
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int main(void) {
  char text[] = "the quick,brown;fox  jumps:over";
  char* state;
  for (char* token = strtok_r(text, " ,;:", &state); token; token = strtok_r(NULL, " ,;:", &state)) {
    for (char* c = token; *c; ++c) *c = (char)toupper((unsigned char)*c);
    printf("<%s>", token);
  }
  printf("\n%s %s %ld\n", strstr("hay needle hay", "needle"), strrchr("a/b/c", '/'), (long)strspn("aabbc", "ab"));
  printf("%d %d %d\n", strcasecmp("Hello", "hELLO"), strncmp("abcd", "abce", 3), strcmp("a", "b") < 0);

  char* end;
  printf("%ld %ld %ld", strtol("  -42abc", &end, 10), strtol("ff", NULL, 16), strtol("0755", NULL, 0));
  printf(" rest %s", end);
  errno = 0;
  unsigned long long big = strtoull("99999999999999999999999", NULL, 10);
  printf(" %llu %s\n", big, errno == ERANGE ? "out of range" : "fits");

  int day, year;
  char month[10];
  double ratio;
  int count = sscanf("20 Nov 2026 0.125", "%d %9s %d %lf", &day, month, &year, &ratio);
  printf("%d fields: %d %s %d %g\n", count, day, month, year, ratio);

  char small[8];
  int wanted = snprintf(small, sizeof small, "%s", "longer than eight");
  printf("%s (%d wanted)\n", small, wanted);
  memset(small, 'x', 7);
  strncpy(small, "abc", sizeof small);
  for (int i = 0; i < 8; ++i) printf("%d ", small[i]);
  printf("\n");
  return 0;
}
