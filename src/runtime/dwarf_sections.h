// DWARF sections of a module, and what reading any of them takes. Nothing here trusts a byte.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "support/byte_reader.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

struct DwarfSections {
  explicit DwarfSections(const wasm::Module& module) {
    for (const wasm::CustomSection& section : module.customSections) {
      if (section.name == ".debug_line") line = section.payload;
      if (section.name == ".debug_line_str") lineStrings = section.payload;
      if (section.name == ".debug_str") strings = section.payload;
      if (section.name == ".debug_info") info = section.payload;
      if (section.name == ".debug_abbrev") abbreviations = section.payload;
      if (section.name == ".debug_ranges") ranges = section.payload;
      if (section.name == ".debug_rnglists") rangeLists = section.payload;
      if (section.name == ".debug_addr") addresses = section.payload;
      if (section.name == ".debug_str_offsets") stringOffsets = section.payload;
    }
    constexpr u8 kCodeSection = 10;
    for (const wasm::SectionInfo& section : module.sections)
      if (section.id == kCodeSection) codeStart = section.offset, codeSize = section.size;
  }
  std::span<const u8> line, lineStrings, strings, info, abbreviations, ranges, rangeLists, addresses, stringOffsets;
  u64 codeStart = 0, codeSize = 0;  ///< the code section, where addresses begin; 0 if there is none
};

/// The text at `offset` of a section of strings that end with zeros; empty if it is not there. Cut off at a length that
/// no path has, so that overlapping strings cannot make reading them slow.
inline std::string_view dwarfString(std::span<const u8> section, u64 offset) {
  constexpr u64 kLongest = 4096;
  if (offset >= section.size()) return {};
  const std::span<const u8> rest = section.subspan(offset, std::min(kLongest, section.size() - offset));
  const auto end = std::find(rest.begin(), rest.end(), u8{0});
  return {reinterpret_cast<const char*>(rest.data()), static_cast<size_t>(end - rest.begin())};
}

/// The text that begins here and its zero; all that is left if there is none.
inline std::string_view readDwarfString(support::ByteReader& reader) {
  const u8* const begin = reader.position();
  const u8* const end = std::find(begin, reader.end(), u8{0});
  reader.readBytes(static_cast<size_t>(end - begin) + 1);
  return {reinterpret_cast<const char*>(begin), static_cast<size_t>(end - begin)};
}

/// The length before a unit; how wide offsets in it are.
struct DwarfUnit {
  std::span<const u8> bytes;
  bool is64 = false;

  /// Reads the length and takes the unit's bytes; empty at the end and when the length makes no sense.
  static DwarfUnit read(support::ByteReader& reader) {
    DwarfUnit unit;
    u64 length = reader.readFixed<u32>();
    unit.is64 = length == 0xffff'ffff;
    if (unit.is64) length = reader.readFixed<u64>();
    unit.bytes = reader.readBytes(std::min<u64>(length, SIZE_MAX));
    return unit;
  }
  u64 readOffset(support::ByteReader& reader) const { return is64 ? reader.readFixed<u64>() : reader.readFixed<u32>(); }
};

/// DW_FORM: how a value is written.
enum class DwarfForm : u64 {
  Addr = 0x01,
  Block2 = 0x03,
  Block4 = 0x04,
  Data2 = 0x05,
  Data4 = 0x06,
  Data8 = 0x07,
  String = 0x08,
  Block = 0x09,
  Block1 = 0x0a,
  Data1 = 0x0b,
  Flag = 0x0c,
  Sdata = 0x0d,
  Strp = 0x0e,
  Udata = 0x0f,
  RefAddr = 0x10,
  Ref1 = 0x11,
  Ref2 = 0x12,
  Ref4 = 0x13,
  Ref8 = 0x14,
  RefUdata = 0x15,
  SecOffset = 0x17,
  Exprloc = 0x18,
  FlagPresent = 0x19,
  Strx = 0x1a,
  Addrx = 0x1b,
  Data16 = 0x1e,
  LineStrp = 0x1f,
  RefSig8 = 0x20,
  ImplicitConst = 0x21,
  Loclistx = 0x22,
  Rnglistx = 0x23,
  Strx1 = 0x25,
  Strx2 = 0x26,
  Strx3 = 0x27,
  Strx4 = 0x28,
  Addrx1 = 0x29,
  Addrx2 = 0x2a,
  Addrx3 = 0x2b,
  Addrx4 = 0x2c,
};

/// A value in one of the forms above: a number, a text, or (blocks) nothing we use.
struct DwarfValue {
  u64 number = 0;
  std::string_view text;
};

/// Reads a value as line tables have them; another form fails the reader (dwarf_entries.h reads the others).
inline DwarfValue readDwarfValue(support::ByteReader& reader, const DwarfUnit& unit, DwarfForm form,
                                 const DwarfSections& sections) {
  switch (form) {
    case DwarfForm::Addr:
    case DwarfForm::Data4: return {reader.readFixed<u32>(), {}};
    case DwarfForm::Flag:
    case DwarfForm::Data1: return {reader.readByte(), {}};
    case DwarfForm::Data2: return {reader.readFixed<u16>(), {}};
    case DwarfForm::Data8: return {reader.readFixed<u64>(), {}};
    case DwarfForm::Data16: return reader.readBytes(16), DwarfValue{};
    case DwarfForm::Udata: return {reader.readU64(), {}};
    case DwarfForm::Sdata: return {static_cast<u64>(reader.readI64()), {}};
    case DwarfForm::SecOffset: return {unit.readOffset(reader), {}};
    case DwarfForm::FlagPresent: return {1, {}};
    case DwarfForm::String: return {0, readDwarfString(reader)};
    case DwarfForm::Strp: return {0, dwarfString(sections.strings, unit.readOffset(reader))};
    case DwarfForm::LineStrp: return {0, dwarfString(sections.lineStrings, unit.readOffset(reader))};
    case DwarfForm::Block: return reader.readBytes(reader.readU64()), DwarfValue{};
    case DwarfForm::Block1: return reader.readBytes(reader.readByte()), DwarfValue{};
    case DwarfForm::Block2: return reader.readBytes(reader.readFixed<u16>()), DwarfValue{};
    case DwarfForm::Block4: return reader.readBytes(reader.readFixed<u32>()), DwarfValue{};
    default: break;
  }
  reader.failRead("unknown form");
  return {};
}

}  // namespace wasmrun::runtime
