#include "text/source_map.h"

#include <algorithm>
#include <span>

namespace wasmrun::text {

namespace {

void appendLeb(std::vector<u8>& out, u64 value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<u8>(value | 0x80));
  out.push_back(static_cast<u8>(value));
}

u64 readLeb(std::span<const u8> bytes, size_t& at) {
  u64 value = 0;
  for (u32 shift = 0;; shift += 7) {
    const u8 byte = bytes[at++];
    value |= static_cast<u64>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

}  // namespace

void SourceMapPart::add(u32 binaryOffset, u32 textOffset) {
  const i64 textDelta = static_cast<i64>(textOffset) - lastText_;
  appendLeb(deltas_, binaryOffset - lastBinary_);
  appendLeb(deltas_, static_cast<u64>(textDelta << 1) ^ static_cast<u64>(textDelta >> 63));
  lastBinary_ = binaryOffset;
  lastText_ = textOffset;
}

void SourceMapPart::append(const SourceMapPart& other, u32 binaryOffset) {
  add(binaryOffset, 0);  // where the other one's differences start from
  deltas_.insert(deltas_.end(), other.deltas_.begin(), other.deltas_.end());
  lastBinary_ += other.lastBinary_;
  lastText_ = other.lastText_;
}

u32 SourceMapPart::find(u32 binaryOffset, u32 otherwise) const {
  u64 binary = 0;
  i64 text = 0;
  for (size_t at = 0; at < deltas_.size();) {
    binary += readLeb(deltas_, at);
    const u64 zigzag = readLeb(deltas_, at);
    text += static_cast<i64>(zigzag >> 1) ^ -static_cast<i64>(zigzag & 1);
    if (binary > binaryOffset) break;
    otherwise = static_cast<u32>(text);
  }
  return otherwise;
}

u32 SourceMap::textOffset(u64 binaryOffset) const {
  const auto after = std::ranges::upper_bound(sections_, binaryOffset, {}, &Section::begin);
  if (after == sections_.begin()) return start_;
  const Section& section = *(after - 1);
  return section.part.find(static_cast<u32>(binaryOffset - section.begin), start_);
}

}  // namespace wasmrun::text
