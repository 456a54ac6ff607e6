#include "engine/machine_listing.h"

namespace wasmrun::engine {

Result<std::string> listBaselineCode(const wasm::Module&, wasm::DefinedFuncIndex, const runtime::MemoryOptions&) {
  return fail(ErrorKind::Unsupported, "there is no machine code for this machine");
}

}  // namespace wasmrun::engine
