#include "wasm/validate_function.h"

namespace wasmrun::wasm {

Result<bool> validateFunction(const Module& module, DefinedFuncIndex index, ReaderScratch& scratch) {
  NullSink sink;
  FunctionReader<NullSink> reader(module, scratch, sink);
  WASMRUN_TRY(reader.readBody(index));
  return reader.hasLoop();
}

}  // namespace wasmrun::wasm
