// CHECK and DCHECK: our own mistakes. Bad input is never a CHECK; it is a Result (support/result.h).
#pragma once

namespace wasmrun::support {

/// Prints "file:line: CHECK failed: condition (invariant)" on stderr and aborts. Never returns; any thread.
[[noreturn, gnu::cold, gnu::noinline]] void checkFailed(const char* file, int line, const char* condition,
                                                        const char* invariant);

}  // namespace wasmrun::support

/// Always on. `invariant` says in words what must hold.
#define CHECK(condition, invariant)                                               \
  do {                                                                            \
    if (!(condition)) [[unlikely]]                                                \
      ::wasmrun::support::checkFailed(__FILE__, __LINE__, #condition, invariant); \
  } while (0)

/// On in debug builds only.
#ifdef NDEBUG
#define DCHECK(condition, invariant) \
  do {                               \
  } while (0)
#else
#define DCHECK(condition, invariant) CHECK(condition, invariant)
#endif
