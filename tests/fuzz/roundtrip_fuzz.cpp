// Fuzz target: a module's text parses back to an equal module. The bytes are a module if they are one, else the
// generator's choices.
#include <cstdio>
#include <span>
#include <string>

#include "module_generator.h"
#include "support/check.h"
#include "text/round_trip.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

using namespace wasmrun;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wasm::TypeRegistry registry;
  auto module = wasm::decodeModule(registry, text::everyFeature(), wasm::borrowBytes({data, size}), {1});
  if (!module) {
    fuzz::Choices choices(std::span(data, size));
    module = wasm::decodeModule(registry, text::everyFeature(),
                                wasm::ownBytes(fuzz::generateModule(choices, {.objects = true})), {1});
    CHECK(module, "generated modules are valid");
  }
  const std::string failure = text::roundTripFailure(**module);
  if (!failure.empty()) std::fprintf(stderr, "%s\n", failure.c_str());
  CHECK(failure.empty(), "printed text means the same module");
  return 0;
}
