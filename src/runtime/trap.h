// TrapKind: the ways wasm execution ends abnormally. The rows are the public ones (wasmrun/traps.def).
#pragma once

#include <string_view>

#include "support/int.h"
#include "wasmrun/error.h"

namespace wasmrun::runtime {

enum class TrapKind : u8 {
  None,  ///< no trap: builtins return it for success
#define WASMRUN_TRAP(name, specText, longText) name,
#include "wasmrun/traps.def"
#undef WASMRUN_TRAP
};

/// The public kind; `kind` is not None.
constexpr wasmrun::TrapKind toPublic(TrapKind kind) {
  return static_cast<wasmrun::TrapKind>(static_cast<u8>(kind) - 1);
}
constexpr TrapKind fromPublic(wasmrun::TrapKind kind) { return static_cast<TrapKind>(static_cast<u8>(kind) + 1); }

/// The official suite's message for `kind`; empty for None.
constexpr std::string_view trapMessage(TrapKind kind) {
  return kind == TrapKind::None ? std::string_view() : specText(toPublic(kind));
}

}  // namespace wasmrun::runtime
