// What the compiler does not know yet: functions with it stay in the tier below.
#include "baseline/function_compiler.h"

namespace wasmrun::baseline {

using wasm::Opcode;

void FunctionCompiler::constantV128(const u8*) { refuse(Opcode::V128Const); }
void FunctionCompiler::lane(Opcode opcode, u8) { refuse(opcode); }
void FunctionCompiler::shuffle(const u8*) { refuse(Opcode::I8x16Shuffle); }
void FunctionCompiler::loadLane(Opcode opcode, const wasm::MemArg&, u8) { refuse(opcode); }
void FunctionCompiler::storeLane(Opcode opcode, const wasm::MemArg&, u8) { refuse(opcode); }
void FunctionCompiler::atomic(Opcode opcode, const wasm::MemArg&) { refuse(opcode); }
void FunctionCompiler::atomicFence() { refuse(Opcode::AtomicFence); }
void FunctionCompiler::gc(Opcode opcode, const wasm::GcImmediates&) { refuse(opcode); }

}  // namespace wasmrun::baseline
