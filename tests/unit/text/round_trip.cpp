#include "text/round_trip.h"

#include "text/encode.h"
#include "text/equal_modules.h"
#include "text/module_printer.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

namespace wasmrun::text {

wasm::Features everyFeature() {
  wasm::Features features;
  for (const wasm::FeatureInfo& info : wasm::kFeatures) features.set(info.feature, true);
  return features;
}

std::string roundTripFailure(const wasm::Module& module) {
  std::string printed;
  printModule(PrintedModule(module), [&](std::string_view piece) { printed += piece; });
  const SourceText source(printed, "printed");
  const auto encoded = encodeModule(source, {0, static_cast<u32>(printed.size())});
  if (!encoded) return printed + "\nits text does not parse: " + encoded.error().toString();
  const auto again = wasm::decodeModule(module.registry(), everyFeature(), wasm::borrowBytes(encoded->bytes), {1});
  if (!again) return printed + "\nits text is not valid: " + again.error().toString();
  const std::string difference = differenceOf(module, **again);
  return difference.empty() ? "" : printed + "\nits text means another module: " + difference;
}

}  // namespace wasmrun::text
