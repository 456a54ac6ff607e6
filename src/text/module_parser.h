// ModuleParser: from the tokens of one module to its binary sections.
//
// Text may use an identifier before its definition, so it is gone through twice, with the types in between:
//
//   1. declareAll()          goes over the fields without looking into functions, and numbers what has an index
//   2. TypeParser::define()  parses the types, whose identifiers may name later types too
//   3. parseFields()         parses and encodes everything else, in the text's order; function types that are used
//                            without a definition are added as they come (spec: text/modules, type uses)
//
// Each definition goes straight into the bytes of its section; there is no tree. The writer (module_writer.h) puts the
// sections together.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "text/instruction_parser.h"
#include "text/module_scope.h"
#include "text/section_writer.h"
#include "text/type_parser.h"

namespace wasmrun::text {

/// The sections that are no custom ones, in the binary's order (spec: binary/modules).
enum class Section : u8 {
  Type,
  Import,
  Func,
  Table,
  Memory,
  Tag,
  Global,
  Export,
  Start,
  Elem,
  DataCount,
  Code,
  Data,
  kCount
};
inline constexpr u32 kSectionCount = static_cast<u32>(Section::kCount);

/// A custom section that the text spells out.
struct CustomSectionText {
  std::string name;
  std::vector<u8> payload;
  u32 place;  ///< before the section of this number; kSectionCount: behind all
};

/// Something of a function, by its index.
template <class T>
using OfFunctions = std::vector<std::pair<u32, std::vector<T>>>;

class ModuleParser {
 public:
  /// `range`: a `(module ...)` form or bare fields.
  ModuleParser(std::string_view source, TextRange range);

  /// Does all there is to do; errors are in scope().in. Then the rest says what was read.
  void parse();

  ModuleScope& scope() { return scope_; }
  TypeParser& types() { return types_; }
  SectionWriter& section(Section which) {
    return which == Section::Type ? types_.section() : sections_[static_cast<u32>(which)];
  }
  bool usesData() const { return instructions_.usesData(); }
  const std::vector<CustomSectionText>& customs() const { return customs_; }
  std::optional<std::string_view> name() const { return name_; }
  const OfFunctions<NamedIndex>& localNames() const { return localNames_; }
  /// A label's index counts the blocks of its function.
  const OfFunctions<NamedIndex>& labelNames() const { return labelNames_; }
  const OfFunctions<BranchHintText>& hints() const { return hints_; }

 private:
  struct ImportNames {
    std::string module, name;
  };
  struct LimitsText {
    bool is64 = false;
    u64 min = 0;
    std::optional<u64> max;
    bool isShared = false;
    std::optional<u32> pageSizeLog2;
  };

  // Fields (module_parser.cpp).
  void openModule();
  void parseFields(std::span<const TypeFieldText> typeFields);
  void parseField();
  void parseFunction(u32 begin);
  void parseFunctionBody(u32 begin, u32 index);
  void parseLocals();
  void parseGlobal(u32 begin);
  void parseTag(u32 begin);
  void parseExport(u32 begin);
  void parseStart(u32 begin);
  u32 beginDefinition(Space space);
  void parseInlineExports(Space space, u32 index);
  void noteDefinition(Space space) { definedBefore_ = space; }

  // Imports (import_parser.cpp).
  void parseImport(u32 begin);
  void parseImportItems(const std::string& module, u32 begin);
  std::optional<ImportNames> parseInlineImport();
  BinaryWriter& beginImport(const ImportNames& names, Space space, u32 begin);
  void parseImportType(BinaryWriter& to, bool named);
  u32 parseImportedFunction(u32 index);
  void keepLocalNames(u32 index);
  void parseExternType(BinaryWriter& to, Space space);
  void refuseLateImport(u32 offset);

  // Tables, memories, segments (segment_parser.cpp).
  void parseTable(u32 begin);
  void parseMemory(u32 begin);
  void parseTableType(BinaryWriter& to);
  void parseMemoryType(BinaryWriter& to);
  bool parseAddressType();
  LimitsText parseLimits(bool is64);
  std::optional<u32> parsePageSize();
  static void writeLimits(BinaryWriter& to, const LimitsText& limits);
  void parseInlineElements(u32 table, bool is64, std::span<const u8> refType, u32 begin);
  void parseInlineData(u32 memory, LimitsText limits, u32 begin);
  void parseElem(u32 begin);
  u32 parseElementIndexes(BinaryWriter& to);
  u32 parseIndexesAsExprs(BinaryWriter& to);
  u32 parseElementExprs(BinaryWriter& to, SourceMapPart& map);
  void parseData(u32 begin);
  void parseStrings(BinaryWriter& to);
  void parseOffset(BinaryWriter& to, SourceMapPart& map);

  // Annotations (custom_annotations.cpp).
  void parseCustomAnnotations();
  void parseCustomAnnotation(const Annotation& annotation);

  TokenStream& in() { return scope_.in; }

  ModuleScope scope_;
  TypeParser types_;
  InstructionParser instructions_;
  TextRange range_;
  u32 fieldsBegin_ = 0;  // behind `(module $id`
  bool isForm_ = false;
  u32 next_[kSpaceCount] = {};          // indexes that the fields so far have
  std::optional<Space> definedBefore_;  // the last definition that is no import
  SectionWriter sections_[kSectionCount];
  std::vector<CustomSectionText> customs_;
  std::optional<std::string_view> name_;
  OfFunctions<NamedIndex> localNames_, labelNames_;
  OfFunctions<BranchHintText> hints_;

  // Scratch, to be filled again and again.
  BinaryWriter localTypes_, body_, contents_;
  SourceMapPart bodyMap_, contentsMap_;
  std::vector<BranchHintText> bodyHints_;
  NameList bodyLabels_;
};

}  // namespace wasmrun::text
