#include "wasm/decoder.h"

#include "wasm/module_decoder.h"
#include "wasm/validate_module.h"

namespace wasmrun::wasm {

namespace {

/// Bodies lie before whatever ended the decoding, so their error comes first; but as in the spec, bytes that do not
/// parse go before rules that are broken.
Error firstOf(Error decoding, Error validation) {
  const bool decodingFirst = decoding.kind == ErrorKind::Malformed && validation.kind != ErrorKind::Malformed;
  return decodingFirst ? std::move(decoding) : std::move(validation);
}

}  // namespace

Result<std::shared_ptr<const Module>> decodeModule(TypeRegistry& registry, Features features,
                                                   std::shared_ptr<const ModuleBytes> bytes,
                                                   const DecodeOptions& options) {
  ModuleDecoder decoder(registry, features, std::move(bytes));
  Result<void> decoded = decoder.decode();
  Result<void> validated;
  if (decoder.bodiesHaveTypes()) validated = validateFunctions(*decoder.module(), options.threads);
  if (!decoded && !validated) return fail(firstOf(std::move(decoded).error(), std::move(validated).error()));
  WASMRUN_TRY(std::move(decoded));
  WASMRUN_TRY(std::move(validated));
  return decoder.module();
}

}  // namespace wasmrun::wasm
