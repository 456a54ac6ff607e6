// The interpreter as the engine sees it.
#pragma once

#include <string>

#include "runtime/tier_hooks.h"

namespace wasmrun::interp {

struct InterpreterOptions {
  bool fuel = false;  ///< instructions are counted against ExecContext::fuel
};

/// Hooks for the stores of an engine with these options. They live for ever.
const runtime::TierHooks& tierHooks(InterpreterOptions options);

/// The text of a function's threaded code, one instruction a line: word, handler and operands, wasm offset.
std::string dumpFunction(const wasm::Module& module, wasm::DefinedFuncIndex func, InterpreterOptions options);

/// What has been translated of a module; `moduleCode` is what TierHooks::prepareModule made. Any thread.
struct Totals {
  u64 functions = 0;
  u64 bodyBytes = 0;  ///< of wasm
  u64 codeBytes = 0;  ///< of threaded code
};
Totals totals(void* moduleCode);

/// How the handlers were compiled, e.g. "tail calls, x86-64-v3".
const char* dispatchName();

}  // namespace wasmrun::interp
