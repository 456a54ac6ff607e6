// TrapKind: the ways wasm execution ends abnormally (traps.def).
#pragma once

#include <string_view>

#include "support/int.h"

namespace wasmrun::runtime {

enum class TrapKind : u8 {
  None,  ///< no trap: builtins return it for success
#define WASMRUN_TRAP(name, message) name,
#include "runtime/traps.def"
};

/// The official suite's message for `kind`; empty for None.
constexpr std::string_view trapMessage(TrapKind kind) {
  constexpr std::string_view kMessages[] = {
      "",
#define WASMRUN_TRAP(name, message) message,
#include "runtime/traps.def"
  };
  return kMessages[static_cast<u8>(kind)];
}

}  // namespace wasmrun::runtime
