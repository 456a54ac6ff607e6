// C++ exceptions as wasm exceptions (-fwasm-exceptions): thrown through frames with destructors, caught, thrown again,
// caught in loops and in deep recursion. Debian's libc++abi has none, so the few functions they need are here.
#include <cstdio>
#include <cstdlib>

#ifdef __wasm__
struct LandingPad {
  unsigned index;
  void* languageData;
  unsigned selector;
};

extern "C" {
LandingPad __wasm_lpad_context;

// Every handler below is `catch (...)` or a cleanup, which need no matching of types.
int _Unwind_CallPersonality(void*) { return 0; }
void* __cxa_allocate_exception(size_t size) noexcept { return std::malloc(size); }
[[gnu::noinline]] void* __cxa_begin_catch(void* thrown) noexcept { return thrown; }
static void* current;
[[noreturn, gnu::noinline]] void __cxa_throw(void* thrown, void*, void (*)(void*)) {
  current = thrown;
  __builtin_wasm_throw(0, thrown);
}
[[noreturn, gnu::noinline]] void __cxa_rethrow() { __builtin_wasm_throw(0, current); }
[[gnu::noinline]] void __cxa_end_catch() {}
}
#endif

static int alive = 0, unwound = 0;

struct Guard {
  Guard() { ++alive; }
  ~Guard() {
    --alive;
    ++unwound;
  }
};

__attribute__((noinline)) static int risky(int n) {
  Guard guard;
  if (n % 3 == 0) throw n;
  return n;
}

__attribute__((noinline)) static int passOn(int n) {
  Guard outer;
  int sum = risky(n);
  Guard inner;
  return sum + risky(n + 1);
}

__attribute__((noinline)) static int again(int n) {
  Guard guard;
  try {
    return passOn(n);
  } catch (...) {
    if (n % 2 == 0) throw;
    return -1;
  }
}

__attribute__((noinline)) static int deep(int depth) {
  Guard guard;
  if (depth == 0) throw 1;
  return deep(depth - 1) + 1;
}

int main() {
  int sum = 0, caught = 0;
  for (int i = 0; i < 1000; ++i) {
    try {
      sum += again(i);
    } catch (...) {
      ++caught;
    }
  }
  std::printf("sum %d, caught %d, alive %d, unwound %d\n", sum, caught, alive, unwound);

  for (int depth = 1; depth <= 1000; depth *= 10) {
    try {
      deep(depth);
    } catch (...) {
      std::printf("from %d deep, alive %d, unwound %d\n", depth, alive, unwound);
    }
  }
  return 0;
}
