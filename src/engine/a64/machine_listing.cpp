#include "engine/machine_listing.h"

namespace wasmrun::engine {

Result<std::string> listBaselineCode(const Engine&, const wasm::Module&, wasm::DefinedFuncIndex) {
  return fail(ErrorKind::Unsupported, "there is no machine code for this machine");
}

}  // namespace wasmrun::engine
