// What literal tokens stand for (spec: text/values): strings, names, integers, floating-point numbers.
//
// All functions take the text of a token as the lexer classified it, so its syntax is right and only its value can be
// out of range.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/int.h"

namespace wasmrun::text {

// -- Strings and names ----------------------------------------------------------------------------------------------

/// Appends the bytes of a String token (quotes and escapes resolved). Any bytes: names must be checked for UTF-8.
void appendString(std::string_view token, std::vector<u8>& out);
std::string decodeString(std::string_view token);

/// The name of an Id token: what follows `$`, so that `$a` and `$"\61"` have the same. Points into `token`, or into
/// `scratch` if there was something to resolve.
std::string_view idName(std::string_view token, std::string& scratch);

/// The name in an AnnotationStart token, in the same way.
std::string_view annotationName(std::string_view token, std::string& scratch);

// -- Integers -------------------------------------------------------------------------------------------------------

/// The value of a Natural below 2^bits (bits: 1 to 64); nothing if it is larger, or for a token of another kind.
std::optional<u64> parseNatural(std::string_view token, u32 bits);

/// The low `bits` bits (8, 16, 32, 64) of a Natural below 2^bits or an Integer of at least -2^(bits-1), in two's
/// complement; nothing out of that range.
std::optional<u64> parseInteger(std::string_view token, u32 bits);

// -- Floating point -------------------------------------------------------------------------------------------------

/// The bits of the f32 or f64 nearest to a Natural, Integer or Float token, ties to even; `nan` is the canonical NaN,
/// `nan:0xN` has the payload N. Nothing if the number rounds to infinity or the payload is 0 or too large.
std::optional<u32> parseF32(std::string_view token);
std::optional<u64> parseF64(std::string_view token);

// -- Vectors --------------------------------------------------------------------------------------------------------

/// How v128.const's lanes are written.
struct LaneShape {
  std::string_view name;  ///< "i8x16" ...
  u8 laneBits;
  u8 laneCount;
  bool isFloat;
};

/// The shape a keyword names, or null.
const LaneShape* findLaneShape(std::string_view keyword);

/// The bits of one lane; nothing if it is out of range.
std::optional<u64> parseLane(const LaneShape& shape, std::string_view token);

}  // namespace wasmrun::text
