#include "support/check.h"

#include <cstdio>
#include <cstdlib>

namespace wasmrun::support {

void checkFailed(const char* file, int line, const char* condition, const char* invariant) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s (%s)\n", file, line, condition, invariant);
  std::abort();
}

}  // namespace wasmrun::support
