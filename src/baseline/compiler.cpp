#include "baseline/compiler.h"

#include <cstring>

#include "baseline/function_compiler.h"

namespace wasmrun::baseline {

struct Compiler::Impl {
  Impl(const Environment& environment, masm::CpuFeatures features)
      : module(environment.module), masm(features), function(environment, masm, record, scratch) {}

  const wasm::Module& module;
  masm::MacroAssembler masm;
  code::FunctionRecordBuilder record;
  wasm::ReaderScratch scratch;
  FunctionCompiler function;
};

Compiler::Compiler(const Environment& environment, masm::CpuFeatures features)
    : impl_(std::make_unique<Impl>(environment, features)) {}
Compiler::~Compiler() = default;

std::optional<CompiledFunction> Compiler::compile(wasm::DefinedFuncIndex index, code::CodeIdentity identity) {
  const wasm::FuncBody& body = impl_->module.bodies[index.value];
  identity.functionIndex = impl_->module.funcIndex(index).value;
  identity.wasmBegin = body.offset;
  identity.wasmEnd = body.offset + body.size;
  if (!impl_->function.compile(index, identity)) return std::nullopt;
  impl_->record.setFrameSlots(impl_->function.frameSlots());
  return CompiledFunction{impl_->masm.code(), impl_->masm.relocations(), &impl_->record};
}

Result<const code::FunctionRecord*> install(code::CodeArea& area, const CompiledFunction& function) {
  const u32 size = support::narrow<u32>(function.code.size());
  auto block = area.allocate(size);
  if (!block) return std::unexpected(std::move(block.error()));
  std::memcpy(block->writable, function.code.data(), size);
  masm::applyRelocations(block->writable, reinterpret_cast<u64>(block->executable), function.relocations);
  return area.publish(*block, function.record->finish(block->executable, size));
}

}  // namespace wasmrun::baseline
