// The words of the text format that are no instructions, and what to say of a token that has no business where it is.
#pragma once

#include <string>
#include <string_view>

#include "text/lexer.h"

namespace wasmrun::text {

/// Whether any part of the text format or of scripts knows this keyword.
bool isKnownKeyword(std::string_view word);

/// "unexpected token ...", or "unknown operator ..." for a word that means nothing anywhere (the suite tells the two
/// apart). `text`: the token's.
std::string unexpectedToken(Token token, std::string_view text);

}  // namespace wasmrun::text
