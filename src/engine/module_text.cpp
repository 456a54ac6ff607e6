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

}  // namespace

ModuleFormat formatOf(std::span<const u8> bytes) {
  const size_t known = std::min(bytes.size(), std::size(kMagic));
  if (known != 0 && std::equal(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(known), kMagic))
    return ModuleFormat::Binary;
  const std::span<const u8> text = withoutBlanks(bytes);
  if (!text.empty() && (text[0] == '(' || text[0] == ';')) return ModuleFormat::Text;
  return ModuleFormat::Unknown;
}

bool canBeginModule(std::span<const u8> start) {
  return formatOf(start) != ModuleFormat::Unknown || withoutBlanks(start).empty();
}

}  // namespace wasmrun::engine
