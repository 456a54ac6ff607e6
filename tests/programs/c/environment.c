// Environment variables: given ones are there, others are not, and the program may change its own.
#include <stdio.h>
#include <stdlib.h>

static void show(const char* name) {
  const char* value = getenv(name);
  printf("%s %s%s\n", name, value ? "= " : "is not set", value ? value : "");
}

int main(void) {
  show("COLOR");
  show("EMPTY");
  show("EQUATION");
  show("HOME");
  setenv("COLOR", "green", 1);
  unsetenv("EMPTY");
  show("COLOR");
  show("EMPTY");
  return 0;
}
