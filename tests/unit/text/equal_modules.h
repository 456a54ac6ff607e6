// When two modules are the same module, for tests of what writes and reads them.
#pragma once

#include <string>

#include "wasm/module.h"

namespace wasmrun::text {

/// Where two valid modules of one type registry differ, e.g. "function 3, instruction 7: i32.add, i32.sub"; empty if
/// they are equal: in types, imports, definitions, exports, start function, segments, locals, instructions with all
/// immediates, names, branch hints, and custom sections with their contents, order and place. What does not count is
/// how the bytes say it: lengths of numbers, groups of locals, forms of segments, types of blocks and functions that
/// are equal but have another index, sections that are empty, the data count, where name and hint sections are.
/// Independent of the printer: it reads decoded modules and bodies.
std::string differenceOf(const wasm::Module& a, const wasm::Module& b);

}  // namespace wasmrun::text
