#include "text/printed_module.h"

#include <algorithm>

#include "support/text.h"
#include "wasm/instruction_walk.h"

namespace wasmrun::text {

using support::concat;
using wasm::EntryName;
using wasm::NameKind;
using wasm::NameMaps;
using wasm::Opcode;

namespace {

/// At the first instruction of a function.
support::ByteReader codeOf(const wasm::Module& module, wasm::FuncIndex func) {
  const wasm::DefinedFuncIndex defined = module.definedIndex(func);
  support::ByteReader reader(module.bodyBytes(defined), module.bodies[defined.value].offset);
  wasm::skipLocals(reader);
  return reader;
}

}  // namespace

// -- Identifiers ------------------------------------------------------------------------------------------------------

PrintedModule::PrintedModule(const wasm::Module& module)
    : module_(module), names_(NameMaps::read(module)), annotatesHints_(hintsFit()) {
  if (names_ && !labelsFit()) names_.reset();
  firstIndices_.reserve(module.types.size());
  for (u32 i = 0; i < module.types.size(); ++i) firstIndices_.push_back({module.types[i].value, i});
  std::ranges::sort(firstIndices_, {}, [](FirstIndex first) { return std::pair(first.id, first.index); });
  if (!names_) return;
  for (const NameKind kind : {NameKind::Func, NameKind::Type, NameKind::Table, NameKind::Memory, NameKind::Global,
                              NameKind::Elem, NameKind::Data, NameKind::Tag})
    ids_[static_cast<u32>(kind)] = IdSpace(names_->of(kind));
  for (std::span<const EntryName> fields = names_->of(NameKind::Field); !fields.empty();) {
    const std::span<const EntryName> ofOne = names_->of(NameKind::Field, fields.front().outer);
    fieldIds_.emplace_back(fields.front().outer, IdSpace(ofOne));
    fields = fields.subspan(ofOne.size());
  }
}

const IdSpace& PrintedModule::fieldIds(u32 type) const {
  static const IdSpace kNone;
  const auto found = std::ranges::lower_bound(fieldIds_, type, {}, &std::pair<u32, IdSpace>::first);
  return found != fieldIds_.end() && found->first == type ? found->second : kNone;
}

IdSpace PrintedModule::idsWithin(NameKind kind, wasm::FuncIndex func) const {
  return names_ ? IdSpace(names_->of(kind, func.value)) : IdSpace();
}

/// Every label that has a name is there.
bool PrintedModule::labelsFit() const {
  for (std::span<const EntryName> names = names_->of(NameKind::Label); !names.empty();) {
    const u32 func = names.front().outer;
    const std::span<const EntryName> ofOne = names_->of(NameKind::Label, func);
    support::ByteReader reader = codeOf(module_, wasm::FuncIndex(func));
    u32 blocks = 0;
    while (!reader.atEnd()) {
      const Opcode opcode = wasm::readOpcode(reader);
      blocks += wasm::opensBlock(opcode);
      wasm::skipImmediates(reader, opcode);
    }
    if (ofOne.back().index >= blocks) return false;
    names = names.subspan(ofOne.size());
  }
  return true;
}

/// There is one section of branch hints, it is well-formed and not empty, and all hints are where they may be.
bool PrintedModule::hintsFit() const {
  const auto isHints = [](const wasm::CustomSection& section) { return section.name == kBranchHintSection; };
  if (std::ranges::count_if(module_.customSections, isHints) != 1) return false;
  bool some = false;
  for (u32 func = module_.importedFuncs; func < module_.funcTypes.size(); ++func) {
    const std::span<const wasm::BranchHint> hints = module_.branchHints(wasm::FuncIndex(func));
    if (hints.empty()) continue;
    if (!hintsFit(wasm::FuncIndex(func), hints)) return false;
    some = true;
  }
  return some;
}

bool PrintedModule::hintsFit(wasm::FuncIndex func, std::span<const wasm::BranchHint> hints) const {
  support::ByteReader reader = codeOf(module_, func);
  const u64 begin = module_.bodies[module_.definedIndex(func).value].offset;
  while (!reader.atEnd() && !hints.empty()) {
    const u64 offset = reader.offset() - begin;
    const Opcode opcode = wasm::readOpcode(reader);
    if (hints.front().bodyOffset < offset) return false;
    if (hints.front().bodyOffset == offset) {
      if (opcode != Opcode::If && opcode != Opcode::BrIf) return false;
      hints = hints.subspan(1);
    }
    wasm::skipImmediates(reader, opcode);
  }
  return hints.empty();
}

// -- Types ------------------------------------------------------------------------------------------------------------

u32 PrintedModule::typeIndex(wasm::TypeId id, OpenGroup open) const {
  if (open.group != nullptr) {
    const wasm::TypeDef& type = module_.registry().get(id);
    if (type.group == open.group) return open.first + type.groupPosition;
  }
  return std::ranges::lower_bound(firstIndices_, id.value, {}, &FirstIndex::id)->index;
}

void PrintedModule::printHeapType(std::string& out, wasm::HeapType heap, OpenGroup open) const {
  if (heap.isConcrete()) return printReference(out, NameKind::Type, typeIndex(heap.typeId(), open));
  out += ' ';
  out += wasm::nameOf(heap.abstract());
}

void PrintedModule::printValType(std::string& out, wasm::ValType type, OpenGroup open) const {
  if (type.isRef() && type.heap().isConcrete()) {
    out += type.isNullable() ? " (ref null" : " (ref";
    printHeapType(out, type.heap(), open);
    out += ')';
  } else {
    out += ' ';
    out += module_.registry().toText(type);
  }
}

void PrintedModule::printTypes(std::string& out, std::string_view keyword, std::span<const wasm::ValType> types,
                               OpenGroup open) const {
  if (types.empty()) return;
  support::appendTo(out, concat(" (", keyword));
  for (const wasm::ValType type : types) printValType(out, type, open);
  out += ')';
}

void PrintedModule::printTypeUse(std::string& out, u32 type) const {
  // The first type equal to it: the types below are printed as their first equals too, and text compares indices.
  const wasm::TypeId id = module_.types[type];
  out += " (type";
  printReference(out, NameKind::Type, typeIndex(id));
  out += ')';
  const wasm::FuncType& func = module_.registry().get(id).func;
  printTypes(out, "param", func.params);
  printTypes(out, "result", func.results);
}

}  // namespace wasmrun::text
