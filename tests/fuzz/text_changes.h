// Changes to text that leave most of it text: words and lists go, come twice, or come from elsewhere.
#pragma once

#include <cstddef>
#include <random>
#include <string_view>

#include "wasm/sample_modules.h"

namespace wasmrun::test {

using wasm::Bytes;

/// Bytes [begin, end).
struct Piece {
  size_t begin = 0;
  size_t end = 0;
};

inline bool isIn(u8 byte, std::string_view set) { return set.find(static_cast<char>(byte)) != std::string_view::npos; }

/// The word that `at` is in or before: up to blanks and parentheses. Empty at the end of the text.
inline Piece wordAt(const Bytes& text, size_t at) {
  constexpr std::string_view kBetween = " \t\r\n()";
  while (at < text.size() && isIn(text[at], kBetween)) ++at;
  Piece word{at, at};
  while (word.begin > 0 && !isIn(text[word.begin - 1], kBetween)) --word.begin;
  while (word.end < text.size() && !isIn(text[word.end], kBetween)) ++word.end;
  return word;
}

/// The list whose parenthesis is the next from `at` on, as far as parentheses alone tell; up to the end when nothing
/// closes it.
inline Piece listAt(const Bytes& text, size_t at) {
  while (at < text.size() && text[at] != '(') ++at;
  Piece list{at, at};
  size_t depth = 0;
  while (list.end < text.size()) {
    const u8 byte = text[list.end++];
    if (byte == '(') ++depth;
    if (byte == ')' && --depth == 0) break;
  }
  return list;
}

/// Changes one word or list of `text`, perhaps into one of `other`.
inline void changeText(Bytes& text, const Bytes& other, std::mt19937_64& random) {
  const auto below = [&](size_t limit) { return limit == 0 ? 0 : random() % limit; };
  const auto pieceOf = below(3) == 0 ? listAt : wordAt;
  const Piece piece = pieceOf(text, below(text.size()));
  const Piece from = pieceOf(other, below(other.size()));
  const auto at = [](const Bytes& bytes, size_t offset) { return bytes.begin() + static_cast<std::ptrdiff_t>(offset); };
  Bytes inserted(at(other, from.begin), at(other, from.end));
  switch (below(4)) {
    case 0: inserted.clear(); break;
    case 1: inserted.insert(inserted.end(), at(text, piece.begin), at(text, piece.end)); break;
    default: break;
  }
  const auto place = text.erase(at(text, piece.begin), at(text, piece.end));
  text.insert(place, inserted.begin(), inserted.end());
}

}  // namespace wasmrun::test
