// UTF-8 as the spec wants names to be (spec: binary/values, names; Unicode 15.0, table 3-7).
#pragma once

#include <string_view>

#include "support/int.h"

namespace wasmrun::support {

/// Bytes (1-4) of the well-formed sequence that `text` starts with; 0 if it starts with none.
size_t utf8SequenceLength(std::string_view text);

/// The character that one such sequence stands for.
u32 utf8Character(std::string_view sequence);

/// Whether a character can make a text look like another where it is shown: control characters, line separators, those
/// without width, and what changes the direction of others.
bool isDeceptive(u32 character);

/// True if all of `text` is well-formed UTF-8 (no overlong forms, no surrogates, nothing past U+10FFFF).
bool isUtf8(std::string_view text);

}  // namespace wasmrun::support
