// The entries of .debug_info, DWARF 2 to 5: units, abbreviations, attributes. As much as it takes to find functions
// that were inlined and what they are called.
#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/dwarf_sections.h"

namespace wasmrun::runtime {

/// A unit's header, and what its first entry says for the others.
struct DwarfUnitHeader {
  u64 begin = 0, end = 0;  ///< in .debug_info
  u64 entries = 0;         ///< where the first entry begins
  u64 abbreviations = 0;
  u16 version = 0;
  bool is64 = false;  ///< offsets have 8 bytes
  u8 addressSize = 4;
  u64 stringOffsets = 0, addresses = 0, rangeLists = 0;  ///< DWARF 5: bases of this unit's part of the tables
  u64 lowAddress = 0;                                    ///< base of its range lists
  std::optional<u64> lineTable;                          ///< in .debug_line
  std::string_view directory;
};

/// What was read of one entry. Texts lie in the sections.
struct DwarfEntry {
  u64 tag = 0;  ///< 0: the end of a list of children
  bool hasChildren = false;
  std::string_view name, linkageName, directory;
  std::optional<u64> lowAddress, highAddress, ranges, lineTable, origin, specification;  ///< offsets in their sections
  u64 callFile = 0;
  u32 callLine = 0, callColumn = 0;
  std::optional<u64> stringOffsets, addresses, rangeLists;
};

class DwarfEntryReader {
 public:
  /// Reading stops when it has taken `effort` steps: damaged sections may refer to one place from everywhere. For the
  /// same reason names are only looked up if they are wanted.
  DwarfEntryReader(const DwarfSections& sections, u64 effort, bool wantsNames)
      : sections_(sections), effort_(effort), wantsNames_(wantsNames) {}

  /// The unit that begins at `offset`, and its first entry's attributes; end is 0 if it does not read.
  DwarfUnitHeader readUnit(u64 offset);
  /// The entry at `reader`, which goes on to the next. Fails the reader when it does not read.
  DwarfEntry readEntry(support::ByteReader& reader, const DwarfUnitHeader& unit);
  /// Calls `add(begin, end)` for each range that the entry covers.
  template <class Add>
  void forEachRange(const DwarfEntry& entry, const DwarfUnitHeader& unit, Add add) {
    if (entry.ranges) {
      if (unit.version >= 5)
        readRangeList(*entry.ranges, unit, add);
      else
        readOldRanges(*entry.ranges, unit, add);
    } else if (entry.lowAddress && entry.highAddress && *entry.lowAddress < *entry.highAddress) {
      add(*entry.lowAddress, *entry.highAddress);
    }
  }
  bool isTired() const { return effort_ == 0; }

 private:
  struct Attribute {
    u64 name, form;
    i64 implicit;
  };
  struct Abbreviation {
    u64 tag;
    bool hasChildren;
    u32 first, end;  // attributes
  };
  struct Table {
    std::unordered_map<u64, Abbreviation> byCode;
    std::vector<Attribute> attributes;
  };
  /// A value before the unit's bases are known.
  struct Value {
    enum Kind : u8 {
      Number,
      Text,
      StringOffset,
      LineStringOffset,
      StringIndex,
      AddressIndex,
      RangeIndex,
      UnitReference,
      Reference
    } kind = Number;
    u64 number = 0;
    std::string_view text;
  };

  bool step() { return effort_ != 0 && --effort_ != 0; }
  const Table& table(u64 offset);
  Value readValue(support::ByteReader& reader, const DwarfUnitHeader& unit, u64 form, i64 implicit);
  u64 readOffset(support::ByteReader& reader, const DwarfUnitHeader& unit) const {
    return unit.is64 ? reader.readFixed<u64>() : reader.readFixed<u32>();
  }
  u64 readAddress(support::ByteReader& reader, const DwarfUnitHeader& unit) const {
    return unit.addressSize == 8 ? reader.readFixed<u64>() : reader.readFixed<u32>();
  }
  support::ByteReader at(std::span<const u8> section, u64 offset) const {
    return support::ByteReader(section.subspan(std::min<u64>(offset, section.size())));
  }
  u64 addressAt(u64 index, const DwarfUnitHeader& unit) const;
  std::string_view text(const Value& value, const DwarfUnitHeader& unit) const;
  u64 rangeList(const Value& value, const DwarfUnitHeader& unit) const;

  template <class Add>
  void readOldRanges(u64 offset, const DwarfUnitHeader& unit, Add add) {
    support::ByteReader reader = at(sections_.ranges, offset);
    const u64 kBaseFollows = unit.addressSize == 8 ? ~u64{0} : u64{~u32{0}};
    u64 base = unit.lowAddress;
    while (reader.ok() && step()) {
      const u64 begin = readAddress(reader, unit), end = readAddress(reader, unit);
      if (begin == 0 && end == 0) return;
      if (begin == kBaseFollows)
        base = end;
      else if (begin < end)
        add(base + begin, base + end);
    }
  }

  template <class Add>
  void readRangeList(u64 offset, const DwarfUnitHeader& unit, Add add) {
    support::ByteReader reader = at(sections_.rangeLists, offset);
    u64 base = unit.lowAddress;
    while (reader.ok() && step()) {
      u64 begin = 0, end = 0;
      switch (reader.readByte()) {  // DW_RLE
        case 1: base = addressAt(reader.readU64(), unit); continue;
        case 2: begin = addressAt(reader.readU64(), unit), end = addressAt(reader.readU64(), unit); break;
        case 3: begin = addressAt(reader.readU64(), unit), end = begin + reader.readU64(); break;
        case 4: begin = base + reader.readU64(), end = base + reader.readU64(); break;
        case 5: base = readAddress(reader, unit); continue;
        case 6: begin = readAddress(reader, unit), end = readAddress(reader, unit); break;
        case 7: begin = readAddress(reader, unit), end = begin + reader.readU64(); break;
        default: return;
      }
      if (begin < end && reader.ok()) add(begin, end);
    }
  }

  const DwarfSections& sections_;
  u64 effort_;
  const bool wantsNames_;
  std::unordered_map<u64, Table> tables_;
};

}  // namespace wasmrun::runtime
