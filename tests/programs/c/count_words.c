// Standard input to its end: lines, words, bytes, and the longest line.
#include <ctype.h>
#include <stdio.h>

int main(void) {
  long lines = 0, words = 0, bytes = 0, longest = 0, column = 0;
  int c, inWord = 0;
  while ((c = getchar()) != EOF) {
    ++bytes;
    if (c == '\n') {
      ++lines;
      column = 0;
    } else if (++column > longest) {
      longest = column;
    }
    if (isspace(c)) {
      inWord = 0;
    } else if (!inWord) {
      inWord = 1;
      ++words;
    }
  }
  printf("%ld lines, %ld words, %ld bytes, longest line %ld, end of file %d, error %d\n", lines, words, bytes, longest,
         feof(stdin) != 0, ferror(stdin) != 0);
  return 0;
}
