// Pointer chasing and allocation: a hash table of malloc'ed chains that grows, is searched and is emptied again.
#include "kernel.h"

enum { kBuckets = 1 << 12 };
typedef struct Node {
  struct Node* next;
  uint32_t key, count;
} Node;

static Node** bucketOf(Node** table, uint32_t key) { return &table[(key * 2654435769u) >> 20]; }

static void insert(Node** table, uint32_t key) {
  Node** link = bucketOf(table, key);
  for (Node* node = *link; node; node = node->next)
    if (node->key == key) {
      ++node->count;
      return;
    }
  Node* node = allocate(sizeof(Node));
  *node = (Node){*link, key, 1};
  *link = node;
}

static uint32_t takeAll(Node** table, uint32_t hash) {
  for (int i = 0; i < kBuckets; ++i) {
    for (Node *node = table[i], *next; node; node = next) {
      hash += mix(node->key, node->count);
      next = node->next;
      free(node);
    }
    table[i] = NULL;
  }
  return hash;
}

int main(int argc, char** argv) {
  const int32_t rounds = kernelSize(argc, argv, 12);
  Node** table = allocate(kBuckets * sizeof(Node*));
  uint32_t random = 3, hash = kHashStart;
  for (int32_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < 60000; ++i) insert(table, nextRandom(&random) % 30011);
    hash = takeAll(table, hash);
  }
  return printResult("list", hash);
}
