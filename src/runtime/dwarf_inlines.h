// DwarfInlines: which functions the compiler inlined at an instruction, from .debug_info (DWARF 2 to 5).
#pragma once

#include <string>
#include <vector>

#include "support/int.h"
#include "wasm/module.h"
#include "wasmrun/error.h"

namespace wasmrun::runtime {

/// Immutable once made. Any thread.
class DwarfInlines {
 public:
  /// None.
  DwarfInlines() = default;
  /// Reads what it can, in time linear in the sections' size: damaged sections give less, never an error. `module`
  /// outlives it.
  explicit DwarfInlines(const wasm::Module& module);

  /// One inlined call at an instruction.
  struct Inlined {
    std::string function;  ///< what was inlined: its linkage name (mangled), else its name; may be empty
    SourceLocation call;   ///< where it was called
  };
  /// The inlined calls around the instruction at `moduleOffset`, innermost first.
  std::vector<Inlined> find(u64 moduleOffset) const;

 private:
  /// An inlined call covers [begin, end).
  struct Call {
    u32 begin, end;
    u32 unit;  ///< number in units_
    u32 depth;
    u32 line, column;
    u64 file;    ///< number in the unit's line table
    u64 origin;  ///< offset in .debug_info of the function's entry
  };
  std::string nameAt(u64 origin) const;

  const wasm::Module* module_ = nullptr;
  std::vector<Call> calls_;   // sorted by begin
  std::vector<u32> lastEnd_;  // the largest end among the calls up to here
  std::vector<u64> units_;    // offsets in .debug_info, ascending
  u64 codeStart_ = 0;
};

}  // namespace wasmrun::runtime
