// Writes module binaries by hand, for tests.
#pragma once

#include <string_view>
#include <vector>

#include "support/int.h"

namespace wasmrun::wasm {

using Bytes = std::vector<u8>;

enum SectionId : u8 {
  kCustom,
  kTypes,
  kImports,
  kFunctions,
  kTables,
  kMemories,
  kGlobals,
  kExports,
  kStart,
  kElements,
  kCode,
  kData,
  kDataCount,
  kTags
};

inline Bytes leb(u64 value) {
  Bytes bytes;
  do {
    bytes.push_back(static_cast<u8>((value & 0x7f) | (value > 0x7f ? 0x80 : 0)));
    value >>= 7;
  } while (value != 0);
  return bytes;
}

inline Bytes signedLeb(i64 value) {
  Bytes bytes;
  for (;;) {
    const u8 low = static_cast<u8>(value & 0x7f);
    value >>= 7;
    const bool last = value == (low & 0x40 ? -1 : 0);
    bytes.push_back(static_cast<u8>(low | (last ? 0 : 0x80)));
    if (last) return bytes;
  }
}

/// All parts one after the other.
inline Bytes cat(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline Bytes repeat(size_t count, const Bytes& part) {
  Bytes all;
  all.reserve(count * part.size());
  for (size_t i = 0; i < count; ++i) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// `content` with its size in front.
inline Bytes sized(const Bytes& content) { return cat({leb(content.size()), content}); }

inline Bytes name(std::string_view text) { return sized(Bytes(text.begin(), text.end())); }

inline Bytes section(u8 id, const Bytes& content) { return cat({{id}, sized(content)}); }

/// A section that is a list, with the number of its entries.
inline Bytes section(u8 id, std::initializer_list<Bytes> entries) {
  return section(id, cat({leb(entries.size()), cat(entries)}));
}

inline Bytes custom(std::string_view title, const Bytes& content) {
  return section(kCustom, cat({name(title), content}));
}

/// A function's body without locals; `end` is added.
inline Bytes body(const Bytes& code) { return sized(cat({{0}, code, {0x0b}})); }

inline Bytes moduleOf(std::initializer_list<Bytes> sections) {
  return cat({{0, 'a', 's', 'm', 1, 0, 0, 0}, cat(sections)});
}

/// A type section whose only type is [] -> [].
inline Bytes emptyFuncType() { return section(kTypes, {{0x60, 0, 0}}); }

}  // namespace wasmrun::wasm
