// Three functions of asmjit, in our words. Debian's archive is compiled for programs, not for shared libraries; of what
// we use of it, only the file with these does what a shared library cannot: it refers to a variable of the C library.
#include <asmjit/core.h>

#include <cstdlib>

#include "support/check.h"

ASMJIT_BEGIN_NAMESPACE  // which has a version in it
    namespace DebugUtils {
  const char* errorAsString(Error) noexcept { return "asmjit"; }

  void debugOutput(const char*) noexcept {}

  void assertionFailed(const char*, int, const char*) noexcept {
    CHECK(false, "asmjit's own assertions hold");
    std::abort();
  }

}  // namespace DebugUtils
ASMJIT_END_NAMESPACE
