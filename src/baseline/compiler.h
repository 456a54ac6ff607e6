// The baseline compiler: one function of a validated module to machine code, in one pass (docs/ABI-x64.md).
//
// The code runs at any address within 2 GiB of the stubs and the jump table, once its relocations are applied.
#pragma once

#include <memory>
#include <span>

#include "masm/stubs.h"
#include "support/result.h"
#include "wasm/module.h"

namespace wasmrun::baseline {

/// What all functions of a module are compiled against.
struct Environment {
  const wasm::Module& module;
  const masm::Stubs& stubs;  ///< their addresses
  /// Machine entries of the module's functions by DefinedFuncIndex, 8 bytes each: what direct calls jump through.
  const void* const* jumpTable;
  /// Memory 0 of the instances that will run it is runtime::MemoryStrategy::Guarded.
  bool guarded;
};

/// Four bytes of the code to be filled with `target` minus the address after them.
struct Relocation {
  u32 codeOffset;
  u64 target;
};

/// Code that enters a running frame at a loop, from its slots alone.
struct OsrEntry {
  u32 wasmOffset;  ///< of the loop's opcode, in the module
  u32 codeOffset;
};

/// Valid until the compiler's next call.
struct CompiledFunction {
  std::span<const u8> code;
  std::span<const Relocation> relocations;
  std::span<const OsrEntry> osrEntries;  ///< by wasmOffset
  u32 frameSlots = 0;                    ///< of its frame and what calls write beyond it
};

/// Why a function was not compiled; it stays in the tier below.
struct Unsupported {
  wasm::Opcode opcode = wasm::Opcode::kCount;  ///< kCount: the code is too large
};

/// Reusable, so that buffers are; for one thread at a time.
class Compiler {
 public:
  Compiler();
  ~Compiler();

  /// Compiles the body of `index`, which has been validated.
  std::expected<CompiledFunction, Unsupported> compile(const Environment& environment, wasm::DefinedFuncIndex index);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wasmrun::baseline
