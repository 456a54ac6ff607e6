// Fuzz target: whatever bytes, read as the text of a module. What encodes goes to the decoder and validator. A finding
// is a crash, a hang, a sanitizer's report, or an error that does not say what and where.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "support/check.h"
#include "text/encode.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

using namespace wasmrun;

namespace {

wasm::Features allFeatures() {
  wasm::Features features;
  for (const wasm::FeatureInfo& info : wasm::kFeatures) features.set(info.feature, true);
  return features;
}

void checkError(const Error& error) {
  CHECK(!error.message.empty(), "an error has a text");
  CHECK(error.line > 0 && error.column > 0, "an error has a place in the text");
  CHECK(!error.toString().empty(), "an error shows its line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const text::SourceText source({reinterpret_cast<const char*>(data), size}, "fuzz.wat");
  auto encoded = text::encodeModule(source, source.range());
  if (!encoded) return checkError(encoded.error()), 0;
  wasm::TypeRegistry registry;
  const auto module = wasm::decodeModule(registry, allFeatures(), wasm::ownBytes(std::move(encoded->bytes)), {1});
  if (!module) checkError(text::locateError(source, encoded->map, module.error()));
  return 0;
}
