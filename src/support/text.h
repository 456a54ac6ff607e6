// Building strings without iostreams or a format library (neither std::format nor std::print is in libstdc++ 12).
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "support/int.h"

namespace wasmrun::support {

/// A number in lower-case hexadecimal with 0x, padded with zeros to at least `digits` digits.
struct Hex {
  u64 value;
  u32 digits = 1;
};

void appendTo(std::string& out, std::string_view text);
void appendTo(std::string& out, char c);
void appendTo(std::string& out, u64 number);
void appendTo(std::string& out, i64 number);
void appendTo(std::string& out, Hex hex);
template <std::integral T>
  requires(!std::same_as<T, char> && !std::same_as<T, bool>)
void appendTo(std::string& out, T number) {
  if constexpr (std::signed_integral<T>)
    appendTo(out, static_cast<i64>(number));
  else
    appendTo(out, static_cast<u64>(number));
}

/// All pieces (strings, characters, integers, Hex) one after the other.
template <class... Pieces>
std::string concat(const Pieces&... pieces) {
  std::string out;
  (appendTo(out, pieces), ...);
  return out;
}

/// `text` with deceptive characters (utf8.h), double quotes and backslashes escaped, for messages and JSON. Bytes that
/// are not UTF-8 are escaped as \u00XX.
std::string escaped(std::string_view text);
/// The same in double quotes.
std::string quoted(std::string_view text);

}  // namespace wasmrun::support
