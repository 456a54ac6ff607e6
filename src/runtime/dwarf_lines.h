// DwarfLines: source locations of wasm code, from the line tables (.debug_line, DWARF 2 to 5) that compilers leave in
// custom sections. An address in them is an offset from the start of the code section's payload.
//
// Inlined functions are not unfolded: an instruction's location is where its own text stands, as the line table has it.
#pragma once

#include <string>
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
  /// Reads what it can, in time linear in the sections' size: damaged sections give fewer lines, never an error.
  /// `module` may go afterwards.
  explicit DwarfLines(const wasm::Module& module);

  /// Where the instruction at `moduleOffset` comes from; line 0 if unknown. Files are named with their directory, as
  /// far as known.
  SourceLocation find(u64 moduleOffset) const;
  bool isEmpty() const { return rows_.empty(); }

  /// From `address` on, up to the next row's.
  struct Row {
    u32 address;
    u32 file;  ///< number in the list of files
    u32 line;  ///< 0: nothing is known of what follows
    u32 column;
  };

 private:
  std::vector<Row> rows_;  // sorted by address
  std::vector<std::string> files_;
  u64 codeStart_ = 0;
};

}  // namespace wasmrun::runtime
