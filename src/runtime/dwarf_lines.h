// DwarfLines: source locations of wasm code, from the DWARF sections (.debug_line, versions 2 to 5) that compilers
// leave in custom sections.
#pragma once

#include <memory>
#include <vector>

#include "support/int.h"
#include "wasm/module.h"
#include "wasmrun/error.h"

namespace wasmrun::runtime {

/// Immutable once made. Any thread.
class DwarfLines {
 public:
  /// No lines.
  DwarfLines() = default;
  /// Reads what it can: damaged sections give fewer lines, never an error. `module` may go afterwards.
  explicit DwarfLines(const wasm::Module& module);

  /// Where the instruction at `moduleOffset` comes from; line 0 if unknown.
  SourceLocation find(u64 moduleOffset) const;
  bool isEmpty() const { return rows_.empty(); }

 private:
  friend class LineReader;
  struct Row {
    u32 address;  ///< from the code section's payload on: what DWARF calls an address in wasm
    u32 file;     ///< in files_
    u32 line;     ///< 0: here a sequence ends
    u32 column;
  };
  std::vector<Row> rows_;  // sorted by address
  std::vector<std::string> files_;
  u64 codeStart_ = 0;
};

}  // namespace wasmrun::runtime
