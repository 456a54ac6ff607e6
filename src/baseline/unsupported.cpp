// What the compiler does not know yet: functions with it stay in the tier below.
#include "baseline/function_compiler.h"

namespace wasmrun::baseline {

using wasm::Opcode;

void FunctionCompiler::tryTable(const wasm::Control&, std::span<const wasm::CatchClause>) { refuse(Opcode::TryTable); }
void FunctionCompiler::tryBegin(const wasm::Control&) { refuse(Opcode::Try); }
void FunctionCompiler::catchBegin(const wasm::Control&, wasm::TagIndex, const wasm::FuncType&, bool) {
  refuse(Opcode::Catch);
}
void FunctionCompiler::catchAllBegin(const wasm::Control&, bool) { refuse(Opcode::CatchAll); }
void FunctionCompiler::delegateEnd(const wasm::Control&, u32, bool, bool) { refuse(Opcode::Delegate); }
void FunctionCompiler::throwTag(wasm::TagIndex, const wasm::FuncType&) { refuse(Opcode::Throw); }
void FunctionCompiler::throwRef() { refuse(Opcode::ThrowRef); }
void FunctionCompiler::rethrow(u32) { refuse(Opcode::Rethrow); }
void FunctionCompiler::constantV128(const u8*) { refuse(Opcode::V128Const); }
void FunctionCompiler::lane(Opcode opcode, u8) { refuse(opcode); }
void FunctionCompiler::shuffle(const u8*) { refuse(Opcode::I8x16Shuffle); }
void FunctionCompiler::loadLane(Opcode opcode, const wasm::MemArg&, u8) { refuse(opcode); }
void FunctionCompiler::storeLane(Opcode opcode, const wasm::MemArg&, u8) { refuse(opcode); }
void FunctionCompiler::atomic(Opcode opcode, const wasm::MemArg&) { refuse(opcode); }
void FunctionCompiler::atomicFence() { refuse(Opcode::AtomicFence); }
void FunctionCompiler::gc(Opcode opcode, const wasm::GcImmediates&) { refuse(opcode); }

}  // namespace wasmrun::baseline
