// The compilation directories of a module's units, which line tables before DWARF 5 leave to .debug_info.
#pragma once

#include <string_view>
#include <unordered_map>

#include "runtime/dwarf_sections.h"

namespace wasmrun::runtime {

/// Compilation directory by the offset of the unit's line table in .debug_line. The texts lie in the sections.
using UnitDirectories = std::unordered_map<u64, std::string_view>;

/// Reads the first entry of each unit of DWARF 2 to 4; units that do not read are left out.
UnitDirectories readUnitDirectories(const DwarfSections& sections);

}  // namespace wasmrun::runtime
