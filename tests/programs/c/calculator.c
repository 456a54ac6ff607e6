// A calculator over standard input: recursive descent, error messages with columns, strtod.
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char* line;
static const char* at;
static const char* error;

static double sum(void);

static void blanks(void) {
  while (*at == ' ') ++at;
}

static int take(char c) {
  blanks();
  if (*at != c) return 0;
  ++at;
  return 1;
}

static double primary(void) {
  blanks();
  if (take('(')) {
    double value = sum();
    if (!take(')') && !error) error = "')' expected";
    return value;
  }
  if (take('-')) return -primary();
  if (strncmp(at, "sqrt", 4) == 0) {
    at += 4;
    return sqrt(primary());
  }
  char* end;
  double value = isdigit((unsigned char)*at) ? strtod(at, &end) : 0;
  if (!isdigit((unsigned char)*at)) {
    if (!error) error = "a number expected";
    return 0;
  }
  at = end;
  return value;
}

static double power(void) {
  double base = primary();
  return take('^') ? pow(base, power()) : base;
}

static double product(void) {
  double value = power();
  for (;;) {
    if (take('*')) {
      value *= power();
    } else if (take('/')) {
      value /= power();
    } else {
      return value;
    }
  }
}

static double sum(void) {
  double value = product();
  for (;;) {
    if (take('+')) {
      value += product();
    } else if (take('-')) {
      value -= product();
    } else {
      return value;
    }
  }
}

int main(void) {
  char text[200];
  while (fgets(text, sizeof text, stdin)) {
    text[strcspn(text, "\n")] = 0;
    line = at = text;
    error = NULL;
    double value = sum();
    blanks();
    if (!error && *at) error = "an operator expected";
    if (error) {
      printf("%s\n%*s^ %s\n", text, (int)(at - line), "", error);
    } else {
      printf("%s = %.15g\n", text, value);
    }
  }
  return 0;
}
