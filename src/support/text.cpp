#include "support/text.h"

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

void appendEscaped(std::string& out, u8 byte) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u00";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
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

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const u8 byte = static_cast<u8>(text[i]);
    const size_t length = utf8SequenceLength(text.substr(i));
    if (length == 0 || byte < 0x20 || byte == 0x7f) {
      appendEscaped(out, byte);
      ++i;
      continue;
    }
    if (byte == '"' || byte == '\\') out += '\\';
    out.append(text, i, length);
    i += length;
  }
  out += '"';
  return out;
}

}  // namespace wasmrun::support
