// qsort and bsearch with comparison functions: calls from libc back into the program through the table.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int id;
  double weight;
  char name[12];
} Record;

static int byWeight(const void* a, const void* b) {
  double x = ((const Record*)a)->weight, y = ((const Record*)b)->weight;
  return (x > y) - (x < y);
}

static int byName(const void* a, const void* b) { return strcmp(((const Record*)a)->name, ((const Record*)b)->name); }

static int byId(const void* a, const void* b) { return ((const Record*)a)->id - ((const Record*)b)->id; }

enum { kCount = 5000 };
static Record records[kCount];

static void sorted(const char* what, int (*compare)(const void*, const void*)) {
  qsort(records, kCount, sizeof *records, compare);
  long misplaced = 0;
  for (int i = 1; i < kCount; ++i) misplaced += compare(&records[i - 1], &records[i]) > 0;
  printf("by %s: first %s, middle %s, last %s, %ld misplaced\n", what, records[0].name, records[kCount / 2].name,
         records[kCount - 1].name, misplaced);
}

int main(void) {
  for (int i = 0; i < kCount; ++i) {
    records[i].id = (int)((unsigned)i * 2654435761u % 1000003);
    records[i].weight = (records[i].id * 7919ll % 100003) / 3.0 + i * 1e-9;
    snprintf(records[i].name, sizeof records[i].name, "r%06d", records[i].id);
  }
  sorted("weight", byWeight);
  sorted("name", byName);
  sorted("id", byId);
  int found = 0;
  for (int i = 0; i < kCount; i += 7) {
    Record key = {.id = records[i].id};
    found += bsearch(&key, records, kCount, sizeof *records, byId) == &records[i];
  }
  printf("%d found\n", found);
  return 0;
}
