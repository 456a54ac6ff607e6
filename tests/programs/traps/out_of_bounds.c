// A load far past the end of memory.
#include <stdint.h>
#include <stdio.h>

int main(int argc, char** argv) {
  (void)argv;
  volatile unsigned char* far = (unsigned char*)(uintptr_t)(0xfffffff0u + (unsigned)argc);
  printf("%d\n", *far);
  return 0;
}
