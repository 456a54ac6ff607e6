// Fuzz target: decoding and validating whatever bytes there are. A finding is a crash, a hang, a sanitizer's report, or
// an error that does not say what and where.
#include <cstddef>
#include <cstdint>

#include "support/check.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

using namespace wasmrun;

namespace {

wasm::Features allFeatures() {
  wasm::Features features;
  for (const wasm::FeatureInfo& info : wasm::kFeatures) features.set(info.feature, true);
  return features;
}

/// What is decoded late, and only from valid modules.
void useLazyParts(const wasm::Module& module) {
  module.moduleName();
  for (u32 i = 0; i < module.funcTypes.size(); ++i) {
    module.funcName(wasm::FuncIndex(i));
    module.branchHints(wasm::FuncIndex(i));
  }
  for (const wasm::Export& field : module.exports)
    CHECK(module.findExport(field.name) == &field, "every export is found by its name");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wasm::TypeRegistry registry;
  {
    const auto module = wasm::decodeModule(registry, allFeatures(), wasm::borrowBytes({data, size}), {1});
    if (module) {
      useLazyParts(**module);
    } else {
      CHECK(!module.error().message.empty(), "an error has a text");
      CHECK(module.error().offset <= size, "an error has a place in the module");
    }
  }
  CHECK(registry.groupCount() == 0, "a module releases its types");
  return 0;
}
