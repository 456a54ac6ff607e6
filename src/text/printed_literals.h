// Numbers, strings and identifiers as the text format writes them (spec: text/values). What is printed here reads back
// to exactly the same value.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "support/int.h"

namespace wasmrun::text {

/// `bytes` in double quotes: printable ASCII as it is, all else escaped.
void printString(std::string& out, std::span<const u8> bytes);

/// A name (UTF-8) in double quotes: readable in every language; control characters and those that change the direction
/// of a line are escaped.
void printName(std::string& out, std::string_view name);

/// An identifier: $name, or $"..." if the name has characters that plain identifiers cannot have. Not for empty names.
void printId(std::string& out, std::string_view name);

/// A floating-point number given by its bits: the shortest decimal that reads back the same, inf, nan, or nan:0x...
/// with the payload.
void printF32(std::string& out, u32 bits);
void printF64(std::string& out, u64 bits);

}  // namespace wasmrun::text
