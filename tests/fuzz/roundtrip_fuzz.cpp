// Fuzz target: a module's text parses back to an equal module. The bytes are a module if they are one, else the
// generator's choices.
#include <cstdio>
#include <span>
#include <string>

#include "module_generator.h"
#include "support/check.h"
#include "text/encode.h"
#include "text/equal_modules.h"
#include "text/module_printer.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

using namespace wasmrun;

namespace {

wasm::Features allFeatures() {
  wasm::Features features;
  for (const wasm::FeatureInfo& info : wasm::kFeatures) features.set(info.feature, true);
  return features;
}

void checkRoundTrip(wasm::TypeRegistry& registry, const wasm::Module& module) {
  std::string text;
  text::printModule(text::PrintedModule(module), [&](std::string_view piece) { text += piece; });
  const text::SourceText source(text, "printed");
  const auto encoded = text::encodeModule(source, {0, static_cast<u32>(text.size())});
  if (!encoded) std::fprintf(stderr, "%s\n%s\n", text.c_str(), encoded.error().toString().c_str());
  CHECK(encoded, "printed text parses");
  const auto again = wasm::decodeModule(registry, allFeatures(), wasm::borrowBytes(encoded->bytes), {1});
  if (!again) std::fprintf(stderr, "%s\n%s\n", text.c_str(), again.error().toString().c_str());
  CHECK(again, "printed text is valid");
  const std::string difference = text::differenceOf(module, **again);
  if (!difference.empty()) std::fprintf(stderr, "%s\n%s\n", text.c_str(), difference.c_str());
  CHECK(difference.empty(), "printed text means the same module");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wasm::TypeRegistry registry;
  auto module = wasm::decodeModule(registry, allFeatures(), wasm::borrowBytes({data, size}), {1});
  if (!module) {
    fuzz::Choices choices(std::span(data, size));
    module = wasm::decodeModule(registry, allFeatures(),
                                wasm::ownBytes(fuzz::generateModule(choices, {.objects = true})), {1});
    CHECK(module, "generated modules are valid");
  }
  checkRoundTrip(registry, **module);
  return 0;
}
