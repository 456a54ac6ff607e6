// Unpredictable branches over memory: quicksort with a median of three, finished by insertion sort.
#include "kernel.h"

static inline void swapInts(int32_t* a, int32_t* b) {
  const int32_t t = *a;
  *a = *b;
  *b = t;
}

static void insertionSort(int32_t* first, int32_t* last) {
  for (int32_t* i = first + 1; i < last; ++i) {
    const int32_t value = *i;
    int32_t* j = i;
    for (; j > first && j[-1] > value; --j) *j = j[-1];
    *j = value;
  }
}

static void sort(int32_t* first, int32_t* last) {
  while (last - first > 16) {
    int32_t* middle = first + (last - first) / 2;
    if (*middle < *first) swapInts(middle, first);
    if (last[-1] < *first) swapInts(last - 1, first);
    if (last[-1] < *middle) swapInts(last - 1, middle);
    const int32_t pivot = *middle;
    int32_t *i = first, *j = last - 1;
    while (i <= j) {
      while (*i < pivot) ++i;
      while (*j > pivot) --j;
      if (i <= j) swapInts(i++, j--);
    }
    sort(first, j + 1);
    first = i;
  }
  insertionSort(first, last);
}

int main(int argc, char** argv) {
  const int32_t rounds = kernelSize(argc, argv, 5);
  const int32_t count = 200000;
  int32_t* values = allocate((size_t)count * sizeof(int32_t));
  uint32_t random = 99, hash = kHashStart;
  for (int32_t round = 0; round < rounds; ++round) {
    for (int32_t i = 0; i < count; ++i) values[i] = (int32_t)nextRandom(&random);
    sort(values, values + count);
    for (int32_t i = 1; i < count; ++i)
      if (values[i - 1] > values[i]) return 1;
    hash = mix(hash, (uint32_t)values[count / 3]);
  }
  return printResult("sort", hash);
}
