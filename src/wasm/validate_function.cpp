#include "wasm/validate_function.h"

namespace wasmrun::wasm {

Result<void> validateFunction(const Module& module, DefinedFuncIndex index, ReaderScratch& scratch) {
  NullSink sink;
  return FunctionReader<NullSink>(module, scratch, sink).readBody(index);
}

}  // namespace wasmrun::wasm
