// MoonBit: one import, which prints a UTF-16 unit. `_start` is the program; what the start function does comes before.
#include <string>

#include "host.h"

namespace hosts {

using wasmrun::Result;
using wasmrun::Value;

Result<void> runMoonbit(Host& host, std::span<const std::string>) {
  host.function("spectest", "print_char", [&host, line = std::u16string()](auto& a) mutable {
    if (a.i32(0) == '\n') {
      host.print(line);
      line.clear();
    } else {
      line += static_cast<char16_t>(a.i32(0));
    }
    return Value();
  });
  auto instance = host.instantiate();
  if (!instance) return fail(std::move(instance).error());
  auto start = instance->typed<void()>("_start");
  if (!start) return fail(std::move(start).error());
  return (*start)();
}

}  // namespace hosts
