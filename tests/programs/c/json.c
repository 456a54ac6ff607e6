// Reads JSON from standard input into a tree of allocated nodes and prints it back indented.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Node {
  enum { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject } kind;
  double number;
  char *text, *key;
  struct Node *first, *next;
} Node;

static const char* at;

static void blanks(void) {
  while (isspace((unsigned char)*at)) ++at;
}

static void fail(const char* what) {
  printf("error: %s before \"%.10s\"\n", what, at);
  exit(1);
}

static char* string(void) {
  const char* end = ++at;
  while (*end && *end != '"') end += *end == '\\' && end[1] ? 2 : 1;
  if (!*end) fail("a string without end");
  char* text = malloc((size_t)(end - at) + 1);
  char* out = text;
  for (; at < end; ++at) {
    if (*at == '\\') {
      ++at;
      *out++ = *at == 'n' ? '\n' : *at == 't' ? '\t' : *at;
    } else {
      *out++ = *at;
    }
  }
  *out = 0;
  ++at;
  return text;
}

static Node* value(void) {
  Node* node = calloc(1, sizeof *node);
  blanks();
  if (*at == '"') {
    node->kind = kString;
    node->text = string();
  } else if (*at == '[' || *at == '{') {
    char close = *at == '[' ? ']' : '}';
    node->kind = *at++ == '[' ? kArray : kObject;
    Node** tail = &node->first;
    for (blanks(); *at != close; blanks()) {
      if (node->first) {
        if (*at++ != ',') fail("a comma expected");
        blanks();
      }
      char* key = NULL;
      if (node->kind == kObject) {
        if (*at != '"') fail("a key expected");
        key = string();
        blanks();
        if (*at++ != ':') fail("a colon expected");
      }
      *tail = value();
      (*tail)->key = key;
      tail = &(*tail)->next;
    }
    ++at;
  } else if (strncmp(at, "true", 4) == 0) {
    node->kind = kTrue;
    at += 4;
  } else if (strncmp(at, "false", 5) == 0) {
    node->kind = kFalse;
    at += 5;
  } else if (strncmp(at, "null", 4) == 0) {
    at += 4;
  } else {
    char* end;
    node->kind = kNumber;
    node->number = strtod(at, &end);
    if (end == at) fail("a value expected");
    at = end;
  }
  return node;
}

static void print(const Node* node, int depth) {
  static const char* const plain[] = {"null", "false", "true"};
  printf("%*s", depth * 2, "");
  if (node->key) printf("%s: ", node->key);
  if (node->kind <= kTrue) printf("%s\n", plain[node->kind]);
  if (node->kind == kNumber) printf("%.15g\n", node->number);
  if (node->kind == kString) printf("'%s'\n", node->text);
  if (node->kind < kArray) return;
  printf("%s\n", node->kind == kArray ? "array" : "object");
  for (const Node* child = node->first; child; child = child->next) print(child, depth + 1);
}

int main(void) {
  static char text[65536];
  text[fread(text, 1, sizeof text - 1, stdin)] = 0;
  at = text;
  Node* tree = value();
  blanks();
  if (*at) fail("nothing more expected");
  print(tree, 0);
  return 0;
}
