#include "support/out_of_memory.h"

#include <cstdio>
#include <cstdlib>
#include <new>

namespace wasmrun::support {

[[noreturn]] static void sayAndAbort() {
  // stderr has no buffer that would have to be allocated.
  std::fputs("wasmrun: out of memory\n", stderr);
  std::abort();
}

void endWhenOutOfMemory() {
  if (std::get_new_handler() == nullptr) std::set_new_handler(&sayAndAbort);
}

void outOfMemory() {
  if (const std::new_handler handler = std::get_new_handler()) handler();
  sayAndAbort();
}

}  // namespace wasmrun::support
