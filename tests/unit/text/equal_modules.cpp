#include "equal_modules.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "support/text.h"
#include "wasm/control.h"
#include "wasm/instruction_walk.h"
#include "wasm/mem_arg.h"
#include "wasm/name_maps.h"
#include "wasm/type_reader.h"

namespace wasmrun::text {

using support::ByteReader;
using support::concat;
using wasm::Immediate;
using wasm::Opcode;

namespace {

// -- Bodies: instructions as numbers
// ------------------------------------------------------------------------------------

/// A body, an instruction at a time, whose immediates mean the same in every module with equal index spaces.
class BodyReader {
 public:
  BodyReader(const wasm::Module& module, wasm::DefinedFuncIndex func)
      : module_(module), reader_(module.bodyBytes(func)) {
    for (u32 groups = reader_.readU32(); groups > 0; --groups) {
      const u32 count = reader_.readU32();
      locals_.insert(locals_.end(), count, valType());
    }
  }

  const std::vector<u32>& locals() const { return locals_; }
  bool atEnd() const { return reader_.atEnd(); }
  u32 offset() const { return static_cast<u32>(reader_.offset()); }
  Opcode next() {
    numbers_.clear();
    const Opcode opcode = wasm::readOpcode(reader_);
    immediates(opcode);
    return opcode;
  }
  /// The immediates of the last instruction.
  const std::vector<u64>& numbers() const { return numbers_; }

 private:
  void add(u64 number) { numbers_.push_back(number); }
  void index() { add(reader_.readU32()); }
  void typeIndex() { add(module_.types[reader_.readU32()].value); }
  u32 valType() { return wasm::readValType(reader_, {module_.types, 0}, module_.features())->bits(); }
  u32 heapType() { return wasm::readHeapType(reader_, {module_.types, 0}, module_.features())->bits(); }

  void immediates(Opcode opcode) {
    switch (wasm::info(opcode).immediate) {
      case Immediate::None: return;
      case Immediate::BlockType: return blockType();
      case Immediate::Label:
      case Immediate::Func:
      case Immediate::Local:
      case Immediate::Global:
      case Immediate::Table:
      case Immediate::Memory:
      case Immediate::Data:
      case Immediate::Elem:
      case Immediate::Tag: return index();
      case Immediate::Type: return typeIndex();
      case Immediate::BrTable:
        for (u64 count = u64{reader_.readU32()} + 1; count > 0; --count) index();
        return;
      case Immediate::TableTable:
      case Immediate::MemoryMemory:
      case Immediate::DataMemory:
      case Immediate::ElemTable: return index(), index();
      case Immediate::CallIndirect:
      case Immediate::TypeField:
      case Immediate::TypeData:
      case Immediate::TypeElem:
      case Immediate::TypeCount: return typeIndex(), index();
      case Immediate::TypeType: return typeIndex(), typeIndex();
      case Immediate::MemArg: return memArg();
      case Immediate::MemArgLane: return memArg(), add(reader_.readByte());
      case Immediate::I32: return add(static_cast<u64>(reader_.readI32()));
      case Immediate::I64: return add(static_cast<u64>(reader_.readI64()));
      case Immediate::F32: return add(reader_.readFixed<u32>());
      case Immediate::F64: return add(reader_.readFixed<u64>());
      case Immediate::V128:
      case Immediate::Shuffle: return add(reader_.readFixed<u64>()), add(reader_.readFixed<u64>());
      case Immediate::Lane:
      case Immediate::Fence: return add(reader_.readByte());
      case Immediate::HeapType: return add(heapType());
      case Immediate::SelectTypes:
        for (u32 count = reader_.readU32(); count > 0; --count) add(valType());
        return;
      case Immediate::TryTable: return tryTable();
      case Immediate::BrOnCast: return add(reader_.readByte()), index(), add(heapType()), add(heapType());
    }
  }

  /// As the list of its types: which of the ways to write it was chosen does not count.
  void blockType() {
    constexpr u8 kEmpty = 0x40;
    if (reader_.peekByte() == kEmpty) return void(reader_.readByte());
    if (wasm::startsValType(reader_.peekByte())) return add(valType());
    const wasm::FuncType& type = module_.typeAt(wasm::TypeIndex(static_cast<u32>(reader_.readI33()))).func;
    if (type.params.size() == 0 && type.results.size() <= 1) {
      for (const wasm::ValType result : type.results) add(result.bits());
      return;
    }
    add(type.params.size());
    for (const wasm::ValType param : type.params) add(param.bits());
    for (const wasm::ValType result : type.results) add(result.bits());
  }

  void memArg() {
    const u32 align = reader_.readU32();
    add(align & ~wasm::kMemArgHasMemory);
    add((align & wasm::kMemArgHasMemory) != 0 ? reader_.readU32() : 0);
    add(reader_.readU64());
  }

  void tryTable() {
    blockType();
    for (u32 count = reader_.readU32(); count > 0; --count) {
      const u8 kind = reader_.readByte();
      add(kind);
      if (kind <= wasm::CatchClause::CatchRef) index();
      index();
    }
  }

  const wasm::Module& module_;
  ByteReader reader_;
  std::vector<u32> locals_;
  std::vector<u64> numbers_;
};

// -- Pieces of modules
// --------------------------------------------------------------------------------------------------

bool same(const wasm::Limits& a, const wasm::Limits& b) {
  return a.min == b.min && a.hasMax == b.hasMax && (!a.hasMax || a.max == b.max) && a.is64 == b.is64;
}
bool same(const wasm::ConstOp& a, const wasm::ConstOp& b) {
  if (a.opcode != b.opcode || a.count != b.count) return false;
  return a.opcode == Opcode::V128Const ? std::memcmp(a.v128, b.v128, 16) == 0 : a.bits == b.bits;
}
bool same(const wasm::ConstExpr& a, const wasm::ConstExpr& b) {
  return std::ranges::equal(a.ops, b.ops, [](const auto& x, const auto& y) { return same(x, y); });
}
bool same(const wasm::Table& a, const wasm::Table& b) {
  return a.type.element == b.type.element && same(a.type.limits, b.type.limits) && same(a.init, b.init);
}
bool same(const wasm::MemoryType& a, const wasm::MemoryType& b) {
  return same(a.limits, b.limits) && a.isShared == b.isShared && a.pageSizeLog2 == b.pageSizeLog2;
}
bool same(const wasm::Global& a, const wasm::Global& b) {
  return a.type.type == b.type.type && a.type.isMutable == b.type.isMutable && same(a.init, b.init);
}
bool same(const wasm::Import& a, const wasm::Import& b) {
  return a.module == b.module && a.name == b.name && a.kind == b.kind && a.index == b.index;
}
bool same(const wasm::Export& a, const wasm::Export& b) {
  return a.name == b.name && a.kind == b.kind && a.index == b.index;
}
bool same(const wasm::ElementSegment& a, const wasm::ElementSegment& b) {
  return a.mode == b.mode && a.table == b.table && same(a.tableOffset, b.tableOffset) && a.type == b.type &&
         std::ranges::equal(a.functions, b.functions) &&
         std::ranges::equal(a.exprs, b.exprs, [](const auto& x, const auto& y) { return same(x, y); });
}
bool same(const wasm::DataSegment& a, const wasm::DataSegment& b) {
  return a.mode == b.mode && a.memory == b.memory && same(a.memoryOffset, b.memoryOffset) &&
         std::ranges::equal(a.bytes, b.bytes);
}
template <class Tag>
bool same(support::Index<Tag> a, support::Index<Tag> b) {
  return a == b;
}

/// A custom section with the section before it that counts (its id; 0: none does).
struct PlacedSection {
  std::string_view name;
  std::span<const u8> payload;
  u8 after;
};
bool same(const PlacedSection& a, const PlacedSection& b) {
  return a.name == b.name && std::ranges::equal(a.payload, b.payload) && a.after == b.after;
}

bool hasContents(const wasm::Module& module, u8 section) {
  constexpr u8 kTypes = 1, kImports = 2, kStart = 8, kDataCount = 12;
  if (section == kDataCount) return false;
  if (section == kTypes) return !module.types.empty();
  if (section == kImports) return !module.imports.empty();
  if (section == kStart) return true;
  for (const wasm::SectionInfo& info : module.sections)
    if (info.id == section) return ByteReader(module.bytes().subspan(info.offset, info.size)).readU32() != 0;
  return false;
}

/// All custom sections but those that are compared by what they say.
std::vector<PlacedSection> customSections(const wasm::Module& module, bool withNames, bool withHints) {
  std::vector<PlacedSection> sections;
  u8 after = 0;
  size_t next = 0;
  for (const wasm::SectionInfo& info : module.sections) {
    if (info.id != 0) {
      if (hasContents(module, info.id)) after = info.id;
      continue;
    }
    const wasm::CustomSection& section = module.customSections[next++];
    if ((section.name == "name" && !withNames) || (section.name == "metadata.code.branch_hint" && !withHints)) continue;
    sections.push_back({section.name, section.payload, after});
  }
  return sections;
}

// -- Modules
// ------------------------------------------------------------------------------------------------------------

class Comparison {
 public:
  Comparison(const wasm::Module& a, const wasm::Module& b) : a_(a), b_(b) {}

  std::string run() {
    const auto same = lists("type", a_.types, b_.types) && lists("import", a_.imports, b_.imports) &&
                      lists("type of function", a_.funcTypes, b_.funcTypes) && lists("table", a_.tables, b_.tables) &&
                      lists("memory", a_.memories, b_.memories) && lists("global", a_.globals, b_.globals) &&
                      lists("tag", a_.tags, b_.tags) && lists("export", a_.exports, b_.exports) && start() &&
                      lists("element segment", a_.elements, b_.elements) && lists("data segment", a_.data, b_.data) &&
                      bodies() && names() && customs();
    return same ? std::string() : difference_;
  }

 private:
  bool differ(std::string text) { return difference_ = std::move(text), false; }

  template <class List>
  bool lists(std::string_view what, const List& a, const List& b) {
    if (a.size() != b.size()) return differ(concat("number of ", what, "s: ", a.size(), ", ", b.size()));
    for (size_t i = 0; i < a.size(); ++i)
      if (!same(a[i], b[i])) return differ(concat(what, ' ', i));
    return true;
  }

  bool start() { return a_.start == b_.start || differ("start function"); }

  bool bodies() {
    for (u32 i = 0; i < a_.bodies.size(); ++i)
      if (!body(wasm::DefinedFuncIndex(i))) return false;
    return true;
  }

  bool body(wasm::DefinedFuncIndex func) {
    BodyReader a(a_, func), b(b_, func);
    if (a.locals() != b.locals()) return differ(concat("locals of function body ", func.value));
    std::span<const wasm::BranchHint> hintsA = a_.branchHints(a_.funcIndex(func)),
                                      hintsB = b_.branchHints(b_.funcIndex(func));
    for (u32 i = 0; !a.atEnd() && !b.atEnd(); ++i) {
      const std::string place = concat("function body ", func.value, ", instruction ", i, ": ");
      if (hintAt(hintsA, a.offset()) != hintAt(hintsB, b.offset())) return differ(place + "branch hint");
      const Opcode opcodeA = a.next(), opcodeB = b.next();
      if (opcodeA != opcodeB) return differ(concat(place, wasm::info(opcodeA).text, ", ", wasm::info(opcodeB).text));
      if (a.numbers() != b.numbers()) return differ(concat(place, "immediates of ", wasm::info(opcodeA).text));
    }
    if (a.atEnd() != b.atEnd()) return differ(concat("length of function body ", func.value));
    return hintsA.size() == hintsB.size() || differ(concat("branch hints of function body ", func.value));
  }

  /// 0 none, 1 unlikely, 2 likely. Consumes the hint.
  static int hintAt(std::span<const wasm::BranchHint>& hints, u32 offset) {
    if (hints.empty() || hints.front().bodyOffset != offset) return 0;
    const int hint = hints.front().likely ? 2 : 1;
    hints = hints.subspan(1);
    return hint;
  }

  bool names() {
    const auto a = wasm::NameMaps::read(a_), b = wasm::NameMaps::read(b_);
    return a == b || differ("names");
  }

  bool customs() {
    const bool withNames = !wasm::NameMaps::read(a_), withHints = !anyHints(a_);
    return lists("custom section", customSections(a_, withNames, withHints), customSections(b_, withNames, withHints));
  }

  static bool anyHints(const wasm::Module& module) {
    for (u32 i = 0; i < module.funcTypes.size(); ++i)
      if (!module.branchHints(wasm::FuncIndex(i)).empty()) return true;
    return false;
  }

  const wasm::Module& a_;
  const wasm::Module& b_;
  std::string difference_;
};

}  // namespace

std::string differenceOf(const wasm::Module& a, const wasm::Module& b) { return Comparison(a, b).run(); }

}  // namespace wasmrun::text
