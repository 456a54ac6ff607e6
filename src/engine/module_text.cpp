#include "engine/module_text.h"

#include <algorithm>

namespace wasmrun::engine {

namespace {

constexpr u8 kMagic[] = {0, 'a', 's', 'm'};

std::span<const u8> withoutBlanks(std::span<const u8> bytes) {
  const auto first =
      std::ranges::find_if(bytes, [](u8 byte) { return byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r'; });
  return bytes.subspan(static_cast<size_t>(first - bytes.begin()));
}

bool beginsField(std::span<const u8> text) { return !text.empty() && (text[0] == '(' || text[0] == ';'); }

bool isReadable(std::span<const u8> text) {
  constexpr size_t kTelling = 256;
  return !text.empty() && std::ranges::none_of(text.first(std::min(text.size(), kTelling)), [](u8 byte) {
    return (byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f') || byte == 0x7f;
  });
}

}  // namespace

ModuleFormat formatOf(std::span<const u8> bytes) {
  const size_t known = std::min(bytes.size(), std::size(kMagic));
  if (known != 0 && std::equal(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(known), kMagic))
    return ModuleFormat::Binary;
  const std::span<const u8> text = withoutBlanks(bytes);
  return beginsField(text) || isReadable(text) ? ModuleFormat::Text : ModuleFormat::Unknown;
}

bool canBeginModule(std::span<const u8> start) {
  const std::span<const u8> text = withoutBlanks(start);
  return formatOf(start) == ModuleFormat::Binary || text.empty() || beginsField(text);
}

}  // namespace wasmrun::engine
