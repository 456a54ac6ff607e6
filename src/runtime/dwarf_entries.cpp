#include "runtime/dwarf_entries.h"

namespace wasmrun::runtime {

using support::ByteReader;

namespace {

enum Attribute : u64 {  // DW_AT
  kName = 0x03,
  kStatementList = 0x10,
  kLowAddress = 0x11,
  kHighAddress = 0x12,
  kCompilationDirectory = 0x1b,
  kAbstractOrigin = 0x31,
  kSpecification = 0x47,
  kRanges = 0x55,
  kCallColumn = 0x57,
  kCallFile = 0x58,
  kCallLine = 0x59,
  kLinkageName = 0x6e,
  kStringOffsetsBase = 0x72,
  kAddressBase = 0x73,
  kRangeListsBase = 0x74,
  kMipsLinkageName = 0x2007,
};

enum class UnitType : u8 { Compile = 1, Type = 2, Partial = 3, Skeleton = 4, SplitCompile = 5, SplitType = 6 };

constexpr u32 kMostAttributes = 256;  // of an abbreviation

}  // namespace

// -- Units -----------------------------------------------------------------------------------------------------------

DwarfUnitHeader DwarfEntryReader::readUnit(u64 offset) {
  ByteReader reader = at(sections_.info, offset);
  DwarfUnitHeader unit;
  const u8* const start = reader.position();
  const DwarfUnit whole = DwarfUnit::read(reader);
  const u64 end = offset + static_cast<u64>(reader.position() - start);
  if (!reader.ok() || whole.bytes.empty()) return unit;
  ByteReader header(whole.bytes);
  unit.begin = offset;
  unit.is64 = whole.is64;
  unit.version = header.readFixed<u16>();
  if (unit.version >= 5) {
    const auto type = static_cast<UnitType>(header.readByte());
    unit.addressSize = header.readByte();
    unit.abbreviations = readOffset(header, unit);
    if (type == UnitType::Skeleton || type == UnitType::SplitCompile) header.readFixed<u64>();
    if (type == UnitType::Type || type == UnitType::SplitType) header.readFixed<u64>(), readOffset(header, unit);
  } else {
    unit.abbreviations = readOffset(header, unit);
    unit.addressSize = header.readByte();
  }
  unit.entries = end - header.remaining();
  unit.end = end;
  if (unit.version < 2 || unit.version > 5) unit.entries = end;
  if (!header.ok() || unit.entries == end) return unit;

  // Bases first: what the entry says in terms of them is read once more then.
  for (int pass = 0; pass < 2; ++pass) {
    ByteReader entries = header;
    const DwarfEntry first = readEntry(entries, unit);
    unit.stringOffsets = first.stringOffsets.value_or(0);
    unit.addresses = first.addresses.value_or(0);
    unit.rangeLists = first.rangeLists.value_or(0);
    unit.lowAddress = first.lowAddress.value_or(0);
    unit.lineTable = first.lineTable;
    unit.directory = first.directory;
  }
  return unit;
}

const DwarfEntryReader::Table& DwarfEntryReader::table(u64 offset) {
  const auto [place, isNew] = tables_.try_emplace(offset);
  Table& table = place->second;
  if (!isNew) return table;
  ByteReader reader = at(sections_.abbreviations, offset);
  while (reader.ok() && step()) {
    const u64 code = reader.readU64();
    if (code == 0) break;
    Abbreviation abbreviation{};
    abbreviation.tag = reader.readU64();
    abbreviation.hasChildren = reader.readByte() != 0;
    abbreviation.first = static_cast<u32>(table.attributes.size());
    for (u32 i = 0; i < kMostAttributes && reader.ok() && step(); ++i) {
      Attribute attribute{reader.readU64(), reader.readU64(), 0};
      if (attribute.form == static_cast<u64>(DwarfForm::ImplicitConst)) attribute.implicit = reader.readI64();
      if (attribute.name == 0 && attribute.form == 0) break;
      table.attributes.push_back(attribute);
    }
    abbreviation.end = static_cast<u32>(table.attributes.size());
    if (reader.ok()) table.byCode.emplace(code, abbreviation);
  }
  return table;
}

// -- Entries ---------------------------------------------------------------------------------------------------------

DwarfEntry DwarfEntryReader::readEntry(ByteReader& reader, const DwarfUnitHeader& unit) {
  DwarfEntry entry;
  const u64 code = reader.readU64();
  if (code == 0 || !reader.ok()) return entry;
  const Table& abbreviations = table(unit.abbreviations);
  const auto found = abbreviations.byCode.find(code);
  if (found == abbreviations.byCode.end() || !step()) return reader.failRead("unknown abbreviation"), entry;
  entry.tag = found->second.tag;
  entry.hasChildren = found->second.hasChildren;
  bool highIsLength = false;
  for (u32 i = found->second.first; i < found->second.end && reader.ok(); ++i) {
    const Attribute& attribute = abbreviations.attributes[i];
    const Value value = readValue(reader, unit, attribute.form, attribute.implicit);
    if (!step()) reader.failRead("too much");
    const auto address = [&] {
      return value.kind == Value::AddressIndex ? addressAt(value.number, unit) : value.number;
    };
    const auto reference = [&] {
      return value.kind == Value::UnitReference ? unit.begin + value.number : value.number;
    };
    switch (attribute.name) {
      case kName: entry.name = text(value, unit); break;
      case kLinkageName:
      case kMipsLinkageName: entry.linkageName = text(value, unit); break;
      case kCompilationDirectory: entry.directory = text(value, unit); break;
      case kLowAddress: entry.lowAddress = address(); break;
      case kHighAddress:
        entry.highAddress = address();
        highIsLength = value.kind != Value::AddressIndex && attribute.form != static_cast<u64>(DwarfForm::Addr);
        break;
      case kRanges: entry.ranges = rangeList(value, unit); break;
      case kStatementList: entry.lineTable = value.number; break;
      case kAbstractOrigin: entry.origin = reference(); break;
      case kSpecification: entry.specification = reference(); break;
      case kCallFile: entry.callFile = value.number; break;
      case kCallLine: entry.callLine = static_cast<u32>(value.number); break;
      case kCallColumn: entry.callColumn = static_cast<u32>(value.number); break;
      case kStringOffsetsBase: entry.stringOffsets = value.number; break;
      case kAddressBase: entry.addresses = value.number; break;
      case kRangeListsBase: entry.rangeLists = value.number; break;
      default: break;
    }
  }
  if (highIsLength) *entry.highAddress += entry.lowAddress.value_or(0);
  return entry;
}

DwarfEntryReader::Value DwarfEntryReader::readValue(ByteReader& reader, const DwarfUnitHeader& unit, u64 form,
                                                    i64 implicit) {
  const auto number = [](Value::Kind kind, u64 value) { return Value{kind, value, {}}; };
  const auto read24 = [&] {
    const u64 low = reader.readFixed<u16>();
    return low | u64{reader.readByte()} << 16;
  };
  using enum DwarfForm;
  switch (static_cast<DwarfForm>(form)) {
    case Addr: return number(Value::Number, readAddress(reader, unit));
    case Addrx: return number(Value::AddressIndex, reader.readU64());
    case Addrx1: return number(Value::AddressIndex, reader.readByte());
    case Addrx2: return number(Value::AddressIndex, reader.readFixed<u16>());
    case Addrx3: return number(Value::AddressIndex, read24());
    case Addrx4: return number(Value::AddressIndex, reader.readFixed<u32>());
    case Strp: return number(Value::StringOffset, readOffset(reader, unit));
    case LineStrp: return number(Value::LineStringOffset, readOffset(reader, unit));
    case Strx: return number(Value::StringIndex, reader.readU64());
    case Strx1: return number(Value::StringIndex, reader.readByte());
    case Strx2: return number(Value::StringIndex, reader.readFixed<u16>());
    case Strx3: return number(Value::StringIndex, read24());
    case Strx4: return number(Value::StringIndex, reader.readFixed<u32>());
    case Rnglistx: return number(Value::RangeIndex, reader.readU64());
    case Loclistx: return number(Value::Number, reader.readU64());
    case Ref1: return number(Value::UnitReference, reader.readByte());
    case Ref2: return number(Value::UnitReference, reader.readFixed<u16>());
    case Ref4: return number(Value::UnitReference, reader.readFixed<u32>());
    case Ref8: return number(Value::UnitReference, reader.readFixed<u64>());
    case RefUdata: return number(Value::UnitReference, reader.readU64());
    case RefAddr:
      return number(Value::Reference, unit.version <= 2 ? readAddress(reader, unit) : readOffset(reader, unit));
    case RefSig8: return number(Value::Number, reader.readFixed<u64>());
    case ImplicitConst: return number(Value::Number, static_cast<u64>(implicit));
    case Exprloc: return reader.readBytes(reader.readU64()), Value{};
    default: break;
  }
  const DwarfUnit sizes{{}, unit.is64};
  const DwarfValue value = readDwarfValue(reader, sizes, static_cast<DwarfForm>(form), sections_);
  return {value.text.data() != nullptr ? Value::Text : Value::Number, value.number, value.text};
}

// -- Tables of DWARF 5 -----------------------------------------------------------------------------------------------

u64 DwarfEntryReader::addressAt(u64 index, const DwarfUnitHeader& unit) const {
  ByteReader reader = at(sections_.addresses, unit.addresses + std::min<u64>(index, ~u32{0}) * unit.addressSize);
  return readAddress(reader, unit);
}

std::string_view DwarfEntryReader::text(const Value& value, const DwarfUnitHeader& unit) const {
  if (!wantsNames_) return {};
  if (value.kind == Value::StringOffset) return dwarfString(sections_.strings, value.number);
  if (value.kind == Value::LineStringOffset) return dwarfString(sections_.lineStrings, value.number);
  if (value.kind != Value::StringIndex) return value.text;
  ByteReader reader =
      at(sections_.stringOffsets, unit.stringOffsets + std::min<u64>(value.number, ~u32{0}) * (unit.is64 ? 8 : 4));
  const u64 offset = readOffset(reader, unit);
  return reader.ok() ? dwarfString(sections_.strings, offset) : std::string_view();
}

u64 DwarfEntryReader::rangeList(const Value& value, const DwarfUnitHeader& unit) const {
  if (value.kind != Value::RangeIndex) return value.number;
  ByteReader reader =
      at(sections_.rangeLists, unit.rangeLists + std::min<u64>(value.number, ~u32{0}) * (unit.is64 ? 8 : 4));
  return unit.rangeLists + readOffset(reader, unit);
}

}  // namespace wasmrun::runtime
