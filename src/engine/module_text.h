// What somebody's bytes are: a module's binary, its text, or something else.
#pragma once

#include <span>

#include "support/int.h"

namespace wasmrun::engine {

enum class ModuleFormat : u8 {
  Binary,   ///< begins with the magic number, as far as there are bytes
  Text,     ///< it begins like something to be read: a module's text, or what its parser says the place of
  Unknown,  ///< neither: no module
};

/// Told from the first bytes; a text's beginning may be any number of blanks away. What begins with a parenthesis or a
/// comment is text whatever follows, anything else if no control character is near.
ModuleFormat formatOf(std::span<const u8> bytes);

/// Whether bytes that begin like this can be a module of either format: what has to be read no further if not.
bool canBeginModule(std::span<const u8> start);

}  // namespace wasmrun::engine
