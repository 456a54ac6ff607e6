#include "support/hash.h"

#include <chrono>

namespace wasmrun::support {

u64 hashSeed() {
  // The address differs by address space randomization, the clock where that is off.
  static const u64 seed = [] {
    static const char place = 0;
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    return static_cast<u64>(reinterpret_cast<uintptr_t>(&place)) * 0x9e3779b97f4a7c15 ^ static_cast<u64>(now);
  }();
  return seed;
}

}  // namespace wasmrun::support
