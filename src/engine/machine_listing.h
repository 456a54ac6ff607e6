// What a compiler makes of functions, as text: for dumps. Nothing of it ever runs.
#pragma once

#include <memory>
#include <string>

#include "engine/engine.h"
#include "support/result.h"
#include "wasm/module.h"

namespace wasmrun::engine {

/// Writes the baseline tier's code of a module's functions: what they are compiled against is made once. One thread at
/// a time.
class MachineListing {
 public:
  /// `module`, which has been validated, outlives it. Memories and fuel accounting are as the engine's options ask for;
  /// work is not counted. Unsupported error if this machine has no such tier, Limit error if there is no memory for it.
  static Result<std::unique_ptr<MachineListing>> make(const Engine& engine, const wasm::Module& module);
  virtual ~MachineListing() = default;

  /// A function's code as listing::listCode writes it; the same text each time on machines with the same instructions,
  /// but for the addresses of the engine's own functions in it. A line that says why if the compiler refuses the
  /// function. Limit error if there is no memory for the code.
  virtual Result<std::string> list(wasm::DefinedFuncIndex func) = 0;
};

}  // namespace wasmrun::engine
