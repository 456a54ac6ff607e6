#include "runtime/dwarf_units.h"

namespace wasmrun::runtime {

namespace {

constexpr u64 kStatementList = 0x10;         // DW_AT_stmt_list
constexpr u64 kCompilationDirectory = 0x1b;  // DW_AT_comp_dir

// A unit's entry comes first in its list of abbreviations and has a dozen attributes. Looking no further keeps the time
// linear when many damaged units share one list.
constexpr u32 kMostAbbreviations = 16;
constexpr u32 kMostAttributes = 64;

/// Moves `reader` to the attributes of abbreviation `code`; false if it is not near.
bool findAbbreviation(support::ByteReader& reader, u64 code) {
  for (u32 i = 0; i < kMostAbbreviations && reader.ok(); ++i) {
    const u64 here = reader.readU64();
    reader.readU64();   // tag
    reader.readByte();  // has children
    if (here == 0) return false;
    if (here == code) return reader.ok();
    for (u32 j = 0; j < kMostAttributes; ++j) {
      const u64 name = reader.readU64();
      if ((name | reader.readU64()) == 0) break;
    }
  }
  return false;
}

void readUnit(const DwarfUnit& unit, const DwarfSections& sections, UnitDirectories& directories) {
  support::ByteReader reader(unit.bytes);
  if (reader.readFixed<u16>() > 4) return;
  const u64 abbreviations = unit.readOffset(reader);
  reader.readByte();  // address size: 4 in wasm32, and no address comes before what we look for in wasm64
  if (abbreviations >= sections.abbreviations.size()) return;
  support::ByteReader attributes(sections.abbreviations.subspan(abbreviations));
  if (!findAbbreviation(attributes, reader.readU64())) return;

  std::optional<u64> lines;
  std::string_view directory;
  for (u32 i = 0; i < kMostAttributes && reader.ok() && attributes.ok(); ++i) {
    const u64 name = attributes.readU64();
    const u64 form = attributes.readU64();
    if (name == 0) break;
    const DwarfValue value = readDwarfValue(reader, unit, static_cast<DwarfForm>(form), sections);
    if (!reader.ok()) break;
    if (name == kStatementList) lines = value.number;
    if (name == kCompilationDirectory) directory = value.text;
  }
  if (lines && !directory.empty()) directories.emplace(*lines, directory);
}

}  // namespace

UnitDirectories readUnitDirectories(const DwarfSections& sections) {
  UnitDirectories directories;
  support::ByteReader reader(sections.info);
  while (!reader.atEnd()) readUnit(DwarfUnit::read(reader), sections, directories);
  return directories;
}

}  // namespace wasmrun::runtime
