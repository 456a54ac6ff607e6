// What the compiler does not know yet: functions with it stay in the tier below.
#include "baseline/function_compiler.h"

namespace wasmrun::baseline {

using wasm::Opcode;

void FunctionCompiler::gc(Opcode opcode, const wasm::GcImmediates&) { refuse(opcode); }

}  // namespace wasmrun::baseline
