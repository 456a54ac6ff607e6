// SourceMap: which part of the text each part of an encoded module came from.
//
// A module has an entry an instruction and an entry a definition; errors look one up, once. So entries are stored as
// differences (two or three bytes each) and a lookup reads them from the front of their section.
#pragma once

#include <vector>

#include "support/int.h"

namespace wasmrun::text {

/// A run of entries, offsets relative to its start.
class SourceMapPart {
 public:
  /// From `binaryOffset` on, which is not below the last one, the bytes come from `textOffset`.
  void add(u32 binaryOffset, u32 textOffset);
  /// All of `other`, which begins at `binaryOffset` of this one and has an entry at its own offset 0.
  void append(const SourceMapPart& other, u32 binaryOffset);
  void clear() { *this = {}; }

  /// The text offset for `binaryOffset`; `otherwise` if it lies before the first entry.
  u32 find(u32 binaryOffset, u32 otherwise) const;

 private:
  std::vector<u8> deltas_;  // LEB128: binary difference, then text difference (zigzag)
  u32 lastBinary_ = 0;
  u32 lastText_ = 0;
};

class SourceMap {
 public:
  /// A section's entries; its contents begin at `binaryOffset` of the module.
  void addSection(u32 binaryOffset, SourceMapPart part) { sections_.push_back({binaryOffset, std::move(part)}); }
  void setStart(u32 textOffset) { start_ = textOffset; }

  /// Where in the text the byte at `binaryOffset` came from; the module's start if nothing is known of it.
  u32 textOffset(u64 binaryOffset) const;

 private:
  struct Section {
    u32 begin;
    SourceMapPart part;
  };
  std::vector<Section> sections_;  // ascending
  u32 start_ = 0;
};

}  // namespace wasmrun::text
