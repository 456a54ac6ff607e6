// Calls: doubly recursive Fibonacci numbers, nothing but calls, compares and additions.
#include "kernel.h"

static uint32_t fib(uint32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

int main(int argc, char** argv) { return printResult("fib", fib((uint32_t)kernelSize(argc, argv, 32))); }
