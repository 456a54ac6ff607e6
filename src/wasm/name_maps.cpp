#include "wasm/name_maps.h"

#include <algorithm>

#include "support/byte_reader.h"
#include "support/utf8.h"
#include "wasm/type_reader.h"

namespace wasmrun::wasm {

using support::ByteReader;

class NameMaps::Reader {
 public:
  Reader(const Module& module, NameMaps& names) : module_(module), names_(names) {}

  bool readSection(std::span<const u8> payload) {
    ByteReader reader(payload);
    int last = -1;
    while (!reader.atEnd()) {
      const u8 id = reader.readByte();
      ByteReader content(reader.readBytes(reader.readU32()));
      if (id >= static_cast<u8>(NameKind::kCount) || id <= last || !reader.ok()) return false;
      last = id;
      if (!readSubsection(static_cast<NameKind>(id), content) || !content.ok() || !content.atEnd()) return false;
    }
    return reader.ok();
  }

 private:
  bool readSubsection(NameKind kind, ByteReader& reader) {
    if (kind == NameKind::Module) return names_.module_ = readName(reader), names_.module_.has_value();
    if (!isIndirect(kind)) return readMap(kind, 0, countOf(kind), reader);
    const u64 outerCount = kind == NameKind::Field ? module_.types.size() : module_.funcTypes.size();
    return readIndices(outerCount, reader,
                       [&](u32 outer) { return readMap(kind, outer, countIn(kind, outer), reader); });
  }

  bool readMap(NameKind kind, u32 outer, u64 count, ByteReader& reader) {
    return readIndices(count, reader, [&](u32 index) {
      const std::optional<std::string_view> name = readName(reader);
      if (name) names_.maps_[static_cast<u32>(kind)].push_back({outer, index, *name});
      return name.has_value();
    });
  }

  /// A vector whose entries begin with ascending indices below `count`.
  template <class Entry>
  static bool readIndices(u64 count, ByteReader& reader, Entry readEntry) {
    i64 last = -1;
    for (u32 left = reader.readU32(); left > 0; --left) {
      const u32 index = reader.readU32();
      if (!reader.ok() || index <= last || index >= count || !readEntry(index)) return false;
      last = index;
    }
    return reader.ok();
  }

  static std::optional<std::string_view> readName(ByteReader& reader) {
    const std::span<const u8> bytes = reader.readBytes(reader.readU32());
    const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!reader.ok() || !support::isUtf8(name)) return std::nullopt;
    return name;
  }

  u64 countOf(NameKind kind) const {
    switch (kind) {
      case NameKind::Func: return module_.funcTypes.size();
      case NameKind::Type: return module_.types.size();
      case NameKind::Table: return module_.tables.size();
      case NameKind::Memory: return module_.memories.size();
      case NameKind::Global: return module_.globals.size();
      case NameKind::Elem: return module_.elements.size();
      case NameKind::Data: return module_.data.size();
      default: return module_.tags.size();
    }
  }

  u64 countIn(NameKind kind, u32 outer) const {
    if (kind == NameKind::Field) {
      const TypeDef& type = module_.typeAt(TypeIndex(outer));
      return type.kind == CompositeKind::Struct ? type.fields.size() : 0;
    }
    const FuncIndex func(outer);
    if (kind == NameKind::Label) return module_.isImport(func) ? 0 : module_.bodies[outer - module_.importedFuncs].size;
    return module_.funcType(func).params.size() +
           (module_.isImport(func) ? 0 : declaredLocals(module_.definedIndex(func)));
  }

  /// Locals that a body declares. The body is valid.
  u64 declaredLocals(DefinedFuncIndex func) const {
    ByteReader reader(module_.bodyBytes(func));
    u64 count = 0;
    for (u32 groups = reader.readU32(); groups > 0 && reader.ok(); --groups) {
      count += reader.readU32();
      if (!readValType(reader, {module_.types, 0}, module_.features())) return 0;
    }
    return count;
  }

  const Module& module_;
  NameMaps& names_;
};

std::optional<NameMaps> NameMaps::read(const Module& module) {
  NameMaps names;
  bool found = false;
  for (const CustomSection& section : module.customSections) {
    if (section.name != "name") continue;
    if (found || !Reader(module, names).readSection(section.payload)) return std::nullopt;
    found = true;
  }
  return names;
}

std::span<const EntryName> NameMaps::of(NameKind kind, u32 outer) const {
  const auto range = std::ranges::equal_range(of(kind), outer, {}, &EntryName::outer);
  return {range.begin(), range.end()};
}

}  // namespace wasmrun::wasm
