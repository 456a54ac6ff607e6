// The baseline compiler: one function of a validated module to machine code, in one pass (docs/ABI-x64.md).
//
// The code runs at any address within 2 GiB of the stubs and the jump table, once its relocations are applied.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "code/code_space.h"
#include "code/function_record_builder.h"
#include "gc/layout.h"
#include "masm/macro_assembler.h"
#include "masm/stubs.h"
#include "runtime/work_profile.h"
#include "support/result.h"
#include "wasm/module.h"

namespace wasmrun::baseline {

/// What all functions of a module are compiled against.
struct Environment {
  const wasm::Module& module;
  const masm::Stubs& stubs;
  /// Machine entries of the module's functions by DefinedFuncIndex: what direct calls jump through.
  std::span<const code::JumpSlot> jumpTable;
  /// Of the module's struct and array types; null if it has none.
  const gc::LayoutSet* layouts;
  /// Memory 0 of the instances that will run it is runtime::MemoryStrategy::Guarded.
  bool guarded;
  /// Instructions are counted against ExecContext::fuel.
  bool countsFuel = false;
  /// Stores that run it are sampled (runtime/sampling.h).
  bool isSampled = false;
  /// Where functions count their work; null: they do not.
  runtime::WorkProfile* profile = nullptr;
};

/// Valid until the compiler's next call.
struct CompiledFunction {
  std::span<const u8> code;
  std::span<const masm::Relocation> relocations;
  code::FunctionRecordBuilder* record;  ///< filled; loops have entries
};

/// Reusable, so that buffers are; for one thread at a time.
class Compiler {
 public:
  /// `environment` outlives it.
  Compiler(const Environment& environment, masm::CpuFeatures features);
  ~Compiler();

  /// Compiles the body of `index`, which has been validated. `identity` says owner and tier; the rest is filled in.
  /// Null if the code is too large: the function stays in the tier below.
  std::optional<CompiledFunction> compile(wasm::DefinedFuncIndex index, code::CodeIdentity identity);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Writes a compiled function into `area` and publishes its record. Limit error if there is no room.
Result<const code::FunctionRecord*> install(code::CodeArea& area, const CompiledFunction& function);

}  // namespace wasmrun::baseline
