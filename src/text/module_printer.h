// Modules as text (spec: text/modules) that parses back to an equal module: the same types, imports, definitions,
// exports, segments, instructions, names, branch hints and custom sections, in the same order; only the ways in which
// the binary format can say one thing (lengths of numbers, grouping of locals, kinds of segments) are not kept.
#pragma once

#include "text/piece_writer.h"
#include "text/printed_module.h"

namespace wasmrun::text {

/// Prints a validated module, a piece at a time: memory does not depend on the size of the text.
void printModule(const PrintedModule& module, const TextSink& sink);

}  // namespace wasmrun::text
