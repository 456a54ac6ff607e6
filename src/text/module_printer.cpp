#include "text/module_printer.h"

#include <algorithm>

#include "support/text.h"
#include "text/code_printer.h"
#include "text/function_printer.h"
#include "text/module_words.h"
#include "text/printed_literals.h"

namespace wasmrun::text {

using support::concat;
using wasm::ExternKind;
using wasm::NameKind;
using wasm::SegmentMode;

namespace {

constexpr std::string_view kIndent = "  ";

NameKind nameKind(ExternKind kind) {
  switch (kind) {
    case ExternKind::Func: return NameKind::Func;
    case ExternKind::Table: return NameKind::Table;
    case ExternKind::Memory: return NameKind::Memory;
    case ExternKind::Global: return NameKind::Global;
    case ExternKind::Tag: return NameKind::Tag;
  }
  std::unreachable();
}

class ModulePrinter {
 public:
  ModulePrinter(const PrintedModule& printed, const TextSink& sink)
      : module_(printed.module()), printed_(printed), writer_(sink), out_(writer_.text()) {}

  void run() {
    head();
    types();
    for (const wasm::Import& item : module_.imports) importItem(item);
    for (u32 i = module_.importedTables; i < module_.tables.size(); ++i) table(i);
    for (u32 i = module_.importedMemories; i < module_.memories.size(); ++i) memory(i);
    for (u32 i = module_.importedTags; i < module_.tags.size(); ++i) tag(i);
    for (u32 i = module_.importedGlobals; i < module_.globals.size(); ++i) global(i);
    for (const wasm::Export& item : module_.exports) exportItem(item);
    start();
    for (u32 i = 0; i < module_.elements.size(); ++i) element(i);
    for (u32 i = 0; i < module_.bodies.size(); ++i)
      printFunction(printed_, wasm::DefinedFuncIndex(i), {.indent = kIndent.size()}, writer_);
    for (u32 i = 0; i < module_.data.size(); ++i) data(i);
    customSections();
    out_ += ')';
    writer_.endLine();
  }

 private:
  // -- Fields --------------------------------------------------------------------------------------------------------

  void head() {
    out_ += "(module";
    if (const auto name = printed_.moduleName()) {
      // An empty name is no identifier.
      name->empty() ? void(out_ += " (@name \"\")") : (out_ += ' ', printId(out_, *name));
    }
    writer_.endLine();
  }

  void open(std::string_view keyword) {
    out_ += kIndent;
    out_ += '(';
    out_ += keyword;
  }
  void close() {
    out_ += ')';
    writer_.endLine();
  }
  /// ` $id (;3;)`
  void definition(NameKind kind, u32 index) {
    printed_.ids(kind).printDefinition(out_, index);
    support::appendTo(out_, concat(" (;", index, ";)"));
  }

  void importItem(const wasm::Import& item) {
    open("import ");
    printName(out_, item.module);
    out_ += ' ';
    printName(out_, item.name);
    support::appendTo(out_, concat(" (", kExternWords[static_cast<u32>(item.kind)]));
    externType(item.kind, item.index);
    out_ += ')';
    close();
  }

  void externType(ExternKind kind, u32 index) {
    if (kind == ExternKind::Func) {
      const wasm::FuncIndex func(index);
      return printSignature(printed_, func, printed_.idsWithin(NameKind::Local, func), out_);
    }
    definition(nameKind(kind), index);
    switch (kind) {
      case ExternKind::Func: std::unreachable();
      case ExternKind::Table: return tableType(module_.tables[index].type);
      case ExternKind::Memory: return memoryType(module_.memories[index]);
      case ExternKind::Global: return globalType(module_.globals[index].type);
      case ExternKind::Tag: return printed_.printTypeUse(out_, printed_.typeIndex(module_.tags[index]));
    }
  }

  void table(u32 index) {
    open("table");
    externType(ExternKind::Table, index);
    expression(module_.tables[index].init);
    close();
  }

  void memory(u32 index) {
    open("memory");
    externType(ExternKind::Memory, index);
    close();
  }

  void tag(u32 index) {
    open("tag");
    externType(ExternKind::Tag, index);
    close();
  }

  void global(u32 index) {
    open("global");
    externType(ExternKind::Global, index);
    expression(module_.globals[index].init);
    close();
  }

  void exportItem(const wasm::Export& item) {
    open("export ");
    printName(out_, item.name);
    support::appendTo(out_, concat(" (", kExternWords[static_cast<u32>(item.kind)]));
    printed_.printReference(out_, nameKind(item.kind), item.index);
    out_ += ')';
    close();
  }

  void start() {
    if (!module_.start) return;
    open("start");
    printed_.printReference(out_, NameKind::Func, module_.start->value);
    close();
  }

  // -- Types ---------------------------------------------------------------------------------------------------------

  void types() {
    for (u32 i = 0; i < module_.types.size();) {
      const u32 size = module_.typeAt(wasm::TypeIndex(i)).groupSize;
      if (size > 1) open("rec"), writer_.endLine();
      for (u32 position = 0; position < size; ++position) {
        if (size > 1) out_ += kIndent;
        type(i + position, {module_.typeAt(wasm::TypeIndex(i)).group, i});
      }
      if (size > 1) out_ += kIndent, close();
      i += size;
    }
  }

  void type(u32 index, OpenGroup group) {
    const wasm::TypeDef& type = module_.typeAt(wasm::TypeIndex(index));
    open("type");
    definition(NameKind::Type, index);
    const bool plain = type.isFinal && type.super.isNone();
    if (!plain) {
      out_ += type.isFinal ? " (sub final" : " (sub";
      if (!type.super.isNone()) printed_.printReference(out_, NameKind::Type, printed_.typeIndex(type.super, group));
    }
    compositeType(index, type, group);
    out_ += ')';
    if (!plain) out_ += ')';
    close();
  }

  void compositeType(u32 index, const wasm::TypeDef& type, OpenGroup group) {
    switch (type.kind) {
      case wasm::CompositeKind::Func:
        out_ += " (func";
        printed_.printTypes(out_, "param", type.func.params, group);
        printed_.printTypes(out_, "result", type.func.results, group);
        return;
      case wasm::CompositeKind::Array: out_ += " (array"; return fieldType(type.fields[0], group);
      case wasm::CompositeKind::Struct:
        out_ += " (struct";
        for (u32 i = 0; i < type.fields.size(); ++i) {
          out_ += " (field";
          printed_.fieldIds(index).printDefinition(out_, i);
          fieldType(type.fields[i], group);
          out_ += ')';
        }
        return;
    }
  }

  void fieldType(wasm::FieldType field, OpenGroup group) {
    if (field.isMutable) out_ += " (mut";
    printed_.printValType(out_, field.storage, group);
    if (field.isMutable) out_ += ')';
  }

  void limits(const wasm::Limits& limits) {
    if (limits.is64) out_ += " i64";
    support::appendTo(out_, concat(' ', limits.min));
    if (limits.hasMax) support::appendTo(out_, concat(' ', limits.max));
  }

  void tableType(const wasm::TableType& type) {
    limits(type.limits);
    printed_.printValType(out_, type.element);
  }

  void memoryType(const wasm::MemoryType& type) {
    constexpr u8 kUsualPage = 16;
    limits(type.limits);
    if (type.isShared) out_ += " shared";
    if (type.pageSizeLog2 != kUsualPage)
      support::appendTo(out_, concat(" (pagesize ", u64{1} << type.pageSizeLog2, ')'));
  }

  void globalType(const wasm::GlobalType& type) { fieldType({type.type, type.isMutable}, {}); }

  // -- Segments ------------------------------------------------------------------------------------------------------

  /// Each operator in parentheses of its own, without its operands: ` (i32.const 1) (i32.const 2) (i32.add)`.
  void expression(const wasm::ConstExpr& expr) {
    static const IdSpace kNone;
    if (expr.ops.empty()) return;
    CodePrinter printer(printed_, support::ByteReader(module_.bytes().subspan(expr.offset), expr.offset), kNone, kNone,
                        out_);
    while (printer.peek() != wasm::Opcode::End && !printer.atEnd()) {
      out_ += " (";
      printer.print();
      out_ += ')';
      writer_.offer();
    }
  }

  void clause(std::string_view keyword, const wasm::ConstExpr& expr) {
    support::appendTo(out_, concat(" (", keyword));
    expression(expr);
    out_ += ')';
  }

  void element(u32 index) {
    const wasm::ElementSegment& segment = module_.elements[index];
    open("elem");
    definition(NameKind::Elem, index);
    if (segment.mode == SegmentMode::Declarative) out_ += " declare";
    if (segment.mode == SegmentMode::Active) {
      if (segment.table.value != 0) {
        out_ += " (table";
        printed_.printReference(out_, NameKind::Table, segment.table.value);
        out_ += ')';
      }
      clause("offset", segment.tableOffset);
    }
    if (segment.exprs.empty() && segment.type == wasm::kFuncRef.asNonNull()) {
      out_ += " func";
      for (const wasm::FuncIndex func : segment.functions) {
        printed_.printReference(out_, NameKind::Func, func.value);
        writer_.offer();
      }
    } else {
      printed_.printValType(out_, segment.type);
      for (const wasm::ConstExpr& expr : segment.exprs) clause("item", expr);
    }
    close();
  }

  void data(u32 index) {
    const wasm::DataSegment& segment = module_.data[index];
    open("data");
    definition(NameKind::Data, index);
    if (segment.mode == SegmentMode::Active) {
      if (segment.memory.value != 0) {
        out_ += " (memory";
        printed_.printReference(out_, NameKind::Memory, segment.memory.value);
        out_ += ')';
      }
      clause("offset", segment.memoryOffset);
    }
    bytes(segment.bytes);
    close();
  }

  /// As a string, or as several, a line each.
  void bytes(std::span<const u8> bytes) {
    constexpr size_t kLine = 64;
    if (bytes.size() <= kLine) {
      out_ += ' ';
      return printString(out_, bytes);
    }
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), kLine))) {
      writer_.endLine();
      out_ += kIndent, out_ += kIndent;
      printString(out_, bytes.first(std::min(bytes.size(), kLine)));
    }
  }

  // -- Custom sections -----------------------------------------------------------------------------------------------

  void customSections() {
    std::string_view after;  // the section before it
    size_t next = 0;
    for (const wasm::SectionInfo& section : module_.sections) {
      if (section.id != 0) {
        if (const std::string_view keyword = sectionKeyword(section); !keyword.empty()) after = keyword;
      } else {
        customSection(module_.customSections[next++], after);
      }
    }
  }

  /// What placements call a section that the text will have as well; empty for one that it may not have: empty sections
  /// and the data count.
  std::string_view sectionKeyword(const wasm::SectionInfo& section) const {
    static constexpr std::string_view kSectionKeywords[] = {"",       "type",   "import", "func",  "table",
                                                            "memory", "global", "export", "start", "elem",
                                                            "code",   "data",   "",       "tag"};
    return hasContents(section.id) ? kSectionKeywords[section.id] : std::string_view();
  }

  bool hasContents(u8 sectionId) const {
    switch (sectionId) {
      case 1: return !module_.types.empty();
      case 2: return !module_.imports.empty();
      case 3: return !module_.bodies.empty();
      case 4: return module_.tables.size() > module_.importedTables;
      case 5: return module_.memories.size() > module_.importedMemories;
      case 6: return module_.globals.size() > module_.importedGlobals;
      case 7: return !module_.exports.empty();
      case 8: return module_.start.has_value();
      case 9: return !module_.elements.empty();
      case 10: return !module_.bodies.empty();
      case 11: return !module_.data.empty();
      case 13: return module_.tags.size() > module_.importedTags;
      default: return false;
    }
  }

  void customSection(const wasm::CustomSection& section, std::string_view after) {
    if (section.name == kNameSection && printed_.hasIds()) return;
    if (section.name == kBranchHintSection && printed_.annotatesHints()) return;
    open("@custom ");
    printName(out_, section.name);
    if (after.empty())
      out_ += " (before first)";
    else
      support::appendTo(out_, concat(" (after ", after, ')'));
    bytes(section.payload);
    close();
  }

  const wasm::Module& module_;
  const PrintedModule& printed_;
  PieceWriter writer_;
  std::string& out_;
};

}  // namespace

void printModule(const PrintedModule& module, const TextSink& sink) { ModulePrinter(module, sink).run(); }

}  // namespace wasmrun::text
