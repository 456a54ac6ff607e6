// Text to binary: parses a module's text and encodes it as the reference encoder does. Nothing is validated here: the
// bytes go through the one decoder and validator there is, and their errors come back through the SourceMap.
#pragma once

#include <vector>

#include "support/int.h"
#include "support/result.h"
#include "text/source.h"
#include "text/source_map.h"

namespace wasmrun::text {

struct EncodedModule {
  std::vector<u8> bytes;
  SourceMap map;
};

/// Encodes the module in a part of a text: one `(module ...)` form, with its parentheses, or a module's bare fields.
/// `(module binary ...)` and `(module quote ...)` belong to scripts and are errors here. Identifiers become a name
/// section. Errors (Malformed, Limit, Invalid for a branch hint on what is no branch) start with the suite's message
/// text and carry line and column in the whole text. Time and memory are proportional to the range.
Result<EncodedModule> encodeModule(const SourceText& source, TextRange range);

/// An error of decoding or validating `encoded.bytes`, placed in the text.
Error locateError(const SourceText& source, const SourceMap& map, Error error);

}  // namespace wasmrun::text
