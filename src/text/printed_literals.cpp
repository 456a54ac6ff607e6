#include "text/printed_literals.h"

#include <bit>
#include <charconv>
#include <cmath>

#include "support/text.h"
#include "support/utf8.h"

namespace wasmrun::text {

using support::Hex;

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

void printByte(std::string& out, u8 byte) {
  switch (byte) {
    case '\t': out += "\\t"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    default: break;
  }
  if (byte >= 0x20 && byte < 0x7f) {
    out += static_cast<char>(byte);
  } else {
    out += '\\';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

/// spec: text/values, idchar
bool isIdCharacter(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return std::string_view("!#$%&'*+-./:<=>?@\\^_`|~").find(c) != std::string_view::npos;
}

template <class Float, class Bits, u32 kFractionBits>
void printFloat(std::string& out, Bits bits) {
  constexpr Bits kFraction = (Bits{1} << kFractionBits) - 1;
  constexpr Bits kQuiet = Bits{1} << (kFractionBits - 1);
  const Float value = std::bit_cast<Float>(bits);
  if (!std::isnan(value)) {
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    return;
  }
  if (bits >> (sizeof(Bits) * 8 - 1) != 0) out += '-';
  out += "nan";
  if ((bits & kFraction) == kQuiet) return;
  out += ':';
  support::appendTo(out, Hex{bits & kFraction});
}

}  // namespace

void printString(std::string& out, std::span<const u8> bytes) {
  out += '"';
  for (const u8 byte : bytes) printByte(out, byte);
  out += '"';
}

void printName(std::string& out, std::string_view name) {
  out += '"';
  while (!name.empty()) {
    const std::string_view sequence = name.substr(0, std::max<size_t>(support::utf8SequenceLength(name), 1));
    name.remove_prefix(sequence.size());
    const u32 character = support::utf8Character(sequence);
    if (character < 0x80) {
      printByte(out, static_cast<u8>(character));
    } else if (support::isDeceptive(character)) {
      out += "\\u{";
      std::string digits;
      support::appendTo(digits, Hex{character});
      out.append(digits, 2) += '}';
    } else {
      out += sequence;
    }
  }
  out += '"';
}

void printId(std::string& out, std::string_view name) {
  out += '$';
  for (const char c : name)
    if (!isIdCharacter(c)) return printName(out, name);
  out += name;
}

void printF32(std::string& out, u32 bits) { printFloat<float, u32, 23>(out, bits); }
void printF64(std::string& out, u64 bits) { printFloat<double, u64, 52>(out, bits); }

}  // namespace wasmrun::text
