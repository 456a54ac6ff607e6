#include "engine/machine_listing.h"

namespace wasmrun::engine {

Result<std::unique_ptr<MachineListing>> MachineListing::make(const Engine&, const wasm::Module&) {
  return fail(ErrorKind::Unsupported, "there is no machine code for this machine");
}

}  // namespace wasmrun::engine
