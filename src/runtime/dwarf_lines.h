// DwarfLines: source locations of wasm code, from the line tables (.debug_line, DWARF 2 to 5) that compilers leave in
// custom sections. An address in them is an offset from the start of the code section's payload.
//
// An instruction's location is where its own text stands; for one of an inlined function, see DwarfInlines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/int.h"
#include "wasm/module.h"
#include "wasmrun/error.h"

namespace wasmrun::runtime {

struct DwarfSections;

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

/// The name of file `index` in the line table at `table` (an offset in .debug_line) of a unit compiled in `directory`;
/// empty if it does not read.
std::string readDwarfFileName(const DwarfSections& sections, u64 table, std::string_view directory, u64 index);

}  // namespace wasmrun::runtime
