// Threaded code as text.
#pragma once

#include <memory>
#include <string>

#include "wasm/module.h"

namespace wasmrun::interp {

/// Writes threaded code of a module's functions as text: what they share is made once. One thread at a time.
class FunctionDumper {
 public:
  /// `module`, which has been validated, outlives it. `countsFuel`: TranslateOptions::fuel.
  FunctionDumper(const wasm::Module& module, bool countsFuel);
  FunctionDumper(FunctionDumper&&) noexcept;
  ~FunctionDumper();

  /// One instruction a line: wasm offset, word, handler and operands.
  std::string dump(wasm::DefinedFuncIndex func);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wasmrun::interp
