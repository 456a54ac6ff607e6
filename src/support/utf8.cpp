#include "support/utf8.h"

namespace wasmrun::support {

namespace {

bool continues(std::string_view text, size_t from, size_t count) {
  if (text.size() < from + count) return false;
  for (size_t i = from; i < from + count; ++i)
    if ((static_cast<u8>(text[i]) & 0xc0) != 0x80) return false;
  return true;
}

}  // namespace

size_t utf8SequenceLength(std::string_view text) {
  if (text.empty()) return 0;
  const u8 lead = static_cast<u8>(text[0]);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < 2) return 0;
  const u8 second = static_cast<u8>(text[1]);
  if (lead < 0xe0) return continues(text, 1, 1) ? 2 : 0;
  if (lead < 0xf0) {
    // E0 needs a second byte of at least A0 (else overlong), ED one of at most 9F (else a surrogate).
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
    return continues(text, 1, 2) ? 3 : 0;
  }
  // F0 needs at least 90 (else overlong), F4 at most 8F (else past U+10FFFF).
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  return continues(text, 1, 3) ? 4 : 0;
}

u32 utf8Character(std::string_view sequence) {
  const u8 first = static_cast<u8>(sequence[0]);
  if (sequence.size() == 1) return first;
  u32 character = first & (0x7fu >> sequence.size());
  for (const char c : sequence.substr(1)) character = character << 6 | (static_cast<u8>(c) & 0x3f);
  return character;
}

bool isDeceptive(u32 character) {
  return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x61c ||
         (character >= 0x200b && character <= 0x200f) || (character >= 0x2028 && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}

bool isUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = utf8SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace wasmrun::support
