#include "support/text.h"

#include <algorithm>
#include <charconv>

#include "support/utf8.h"

namespace wasmrun::support {

namespace {

template <class T>
void appendNumber(std::string& out, T number, int base) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
  out.append(digits, end);
}

void appendEscaped(std::string& out, u32 character) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u";
  for (const u32 shift : {12, 8, 4, 0}) out += kDigits[character >> shift & 15];
}

}  // namespace

void appendTo(std::string& out, std::string_view text) { out.append(text); }
void appendTo(std::string& out, char c) { out.push_back(c); }
void appendTo(std::string& out, u64 number) { appendNumber(out, number, 10); }
void appendTo(std::string& out, i64 number) { appendNumber(out, number, 10); }

void appendTo(std::string& out, Hex hex) {
  std::string digits;
  appendNumber(digits, hex.value, 16);
  out += "0x";
  if (digits.size() < hex.digits) out.append(hex.digits - digits.size(), '0');
  out += digits;
}

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = utf8SequenceLength(text);
    const std::string_view sequence = text.substr(0, std::max<size_t>(length, 1));
    text.remove_prefix(sequence.size());
    const u32 character = utf8Character(sequence);
    if (length == 0 || isDeceptive(character)) {
      appendEscaped(out, character);
      continue;
    }
    if (character == '"' || character == '\\') out += '\\';
    out += sequence;
  }
  return out;
}

std::string quoted(std::string_view text) { return concat('"', escaped(text), '"'); }

}  // namespace wasmrun::support
