// Scripts: finds the commands of a .wast file (spec: the reference interpreter's README, "Scripts").
//
// Modules are skipped by their parentheses and translated when they are asked for, so that one that does not parse
// spoils nothing but itself. Nothing recurses: threads and `either` may be nested to any depth.
#pragma once

#include <vector>

#include "support/result.h"
#include "text/source.h"
#include "wasmrun/script.h"

namespace wasmrun::text {

/// All commands of a script. Malformed error with line and column for what is none.
Result<std::vector<script::Command>> parseScript(const SourceText& source);

/// Whether a script's command begins with this word.
bool isCommandWord(std::string_view word);

/// What the strings of a `(module binary ...)` or `(module quote ...)` hold, one after the other.
std::vector<u8> moduleStrings(const SourceText& source, const script::ModuleSource& module);

}  // namespace wasmrun::text
