#include "baseline/compiler.h"

namespace wasmrun::baseline {

struct Compiler::Impl {};

Compiler::Compiler() = default;
Compiler::~Compiler() = default;

std::expected<CompiledFunction, Unsupported> Compiler::compile(const Environment&, wasm::DefinedFuncIndex) {
  return std::unexpected(Unsupported{wasm::Opcode::Unreachable});
}

}  // namespace wasmrun::baseline
