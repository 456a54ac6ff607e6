// SectionWriter: a section of the binary while it grows.
#pragma once

#include "text/binary_writer.h"
#include "text/source_map.h"

namespace wasmrun::text {

/// Contents without the count in front, and where in the text they come from.
struct SectionWriter {
  BinaryWriter out;
  SourceMapPart map;
  u32 count = 0;

  /// Counts an entry, which begins here.
  void begin(u32 textOffset) { map.add(out.size(), textOffset), ++count; }
};

}  // namespace wasmrun::text
