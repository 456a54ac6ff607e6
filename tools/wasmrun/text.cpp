#include "text.h"

#include <cstdio>

namespace wasmrun::cli {

/// Length in bytes of the well-formed UTF-8 sequence at the front (spec: Unicode 15, table 3-7), 0 if there is none.
static size_t utf8Length(std::string_view text) {
  auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : 0; };
  auto within = [&](size_t i, uint8_t low, uint8_t high) { return byte(i) >= low && byte(i) <= high; };
  auto tail = [&](size_t i) { return within(i, 0x80, 0xbf); };
  uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return tail(1) ? 2 : 0;
  uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (!within(1, low, high) || !tail(2)) return 0;
  if (lead < 0xf0) return 3;
  return tail(3) ? 4 : 0;
}

/// The character that well-formed UTF-8 stands for.
static uint32_t decoded(std::string_view sequence) {
  uint8_t first = static_cast<uint8_t>(sequence[0]);
  if (sequence.size() == 1) return first;
  uint32_t character = first & (0x7fu >> sequence.size());
  for (char byte : sequence.substr(1)) character = character << 6 | (static_cast<uint8_t>(byte) & 0x3f);
  return character;
}

/// Control characters, line separators, what has no width and what changes the direction of text.
static bool isDeceptive(uint32_t character) {
  auto within = [&](uint32_t low, uint32_t high) { return character >= low && character <= high; };
  return character < 0x20 || within(0x7f, 0x9f) || character == 0x61c || within(0x200b, 0x200f) ||
         within(0x2028, 0x202e) || within(0x2066, 0x2069) || character == 0xfeff;
}

static std::string printed(const char* format, unsigned number) {
  char buffer[16];
  return {buffer, static_cast<size_t>(std::snprintf(buffer, sizeof buffer, format, number))};
}

/// Copies UTF-8; `rewrite` may replace a character, given as its bytes, and `invalid` replaces each byte that is no
/// part of one.
template <class Rewrite, class Invalid>
static std::string rewritten(std::string_view text, Rewrite rewrite, Invalid invalid) {
  std::string result;
  result.reserve(text.size() + 2);
  while (!text.empty()) {
    size_t length = utf8Length(text);
    std::string_view character = text.substr(0, length ? length : 1);
    result += length ? rewrite(character) : invalid(static_cast<uint8_t>(character[0]));
    text.remove_prefix(character.size());
  }
  return result;
}

/// `kept` is a character that stays as it is.
static std::string escapedBut(std::string_view text, std::string_view kept) {
  return rewritten(
      text,
      [&](std::string_view character) {
        if (!isDeceptive(decoded(character)) || character == kept) return std::string(character);
        return printed("\\u{%x}", decoded(character));
      },
      [](uint8_t byte) { return printed("\\%02x", byte); });
}

std::string escaped(std::string_view text) { return escapedBut(text, {}); }
std::string escapedLines(std::string_view text) { return escapedBut(text, "\n"); }

std::string shortened(std::string_view text, size_t limit) {
  if (text.size() <= limit) return std::string(text);
  auto continues = [](char byte) { return (static_cast<uint8_t>(byte) & 0xc0) == 0x80; };
  while (limit > 0 && continues(text[limit])) limit--;
  return std::string(text.substr(0, limit)) + "...";
}

std::string jsonString(std::string_view text) {
  return '"' +
         rewritten(
             text,
             [](std::string_view character) {
               if (character == "\"" || character == "\\") return "\\" + std::string(character);
               if (!isDeceptive(decoded(character))) return std::string(character);
               return printed("\\u%04x", decoded(character));
             },
             [](uint8_t) { return std::string("\xef\xbf\xbd"); }) +
         '"';
}

std::string hex(uint64_t number) {
  char buffer[24];
  int length = std::snprintf(buffer, sizeof buffer, "0x%llx", static_cast<unsigned long long>(number));
  return {buffer, static_cast<size_t>(length)};
}

std::string padRight(std::string_view text, size_t width) {
  std::string result(text);
  if (result.size() < width) result.append(width - result.size(), ' ');
  return result;
}

std::string padLeft(std::string_view text, size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ').append(text) : std::string(text);
}

std::string filled(std::string_view text, size_t indent, size_t width) {
  std::string result;
  size_t column = indent;
  while (!text.empty()) {
    size_t space = text.find(' ');
    std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (word.empty()) continue;
    if (!result.empty() && column + 1 + word.size() > width) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!result.empty()) {
      result += ' ';
      column++;
    }
    result += word;
    column += word.size();
  }
  return result;
}

}  // namespace wasmrun::cli
