#include "wasm/types.h"

namespace wasmrun::wasm {

const char* toString(ExternKind kind) {
  switch (kind) {
    case ExternKind::Func: return "function";
    case ExternKind::Table: return "table";
    case ExternKind::Memory: return "memory";
    case ExternKind::Global: return "global";
    case ExternKind::Tag: return "tag";
  }
  std::unreachable();
}

}  // namespace wasmrun::wasm
