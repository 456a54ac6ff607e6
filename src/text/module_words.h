// The words of module fields, for the parsers, the printer and messages.
#pragma once

#include <span>
#include <string_view>

namespace wasmrun::text {

/// Of definitions, by Space; the first are the kinds of imports and exports, by ExternKind.
inline constexpr std::string_view kSpaceWords[] = {"func", "table", "memory", "global", "tag", "type", "elem", "data"};
inline constexpr std::span<const std::string_view> kExternWords(kSpaceWords, 5);
/// Of the other fields.
inline constexpr std::string_view kOtherFieldWords[] = {"export", "import", "rec", "start"};

/// Whether a field of a module begins with this word.
constexpr bool isFieldWord(std::string_view word) {
  for (const std::string_view known : kSpaceWords)
    if (word == known) return true;
  for (const std::string_view known : kOtherFieldWords)
    if (word == known) return true;
  return false;
}

}  // namespace wasmrun::text
