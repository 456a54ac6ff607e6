// Imports: fields of their own, in groups, and within definitions.

#include "support/text.h"
#include "text/module_parser.h"
#include "text/module_words.h"

namespace wasmrun::text {

using support::concat;

namespace {

// Behind an empty name, in place of an import's kind (compact-import-section proposal).
constexpr u8 kSharedModule = 0x7f;
constexpr u8 kSharedModuleAndType = 0x7e;

}  // namespace

/// Imports come first in the binary's index spaces; that text keeps to it too is a rule of its own.
void ModuleParser::refuseLateImport(u32 offset) {
  if (definedBefore_) in().fail(concat("import after ", nameOf(*definedBefore_)), offset);
}

/// `(import "module" "name")` within a definition.
std::optional<ModuleParser::ImportNames> ModuleParser::parseInlineImport() {
  const u32 offset = in().offset();
  if (!in().takeList("import")) return std::nullopt;
  refuseLateImport(offset);
  ImportNames names{scope_.readName(), scope_.readName()};
  in().expect(TokenKind::RightParen);
  return names;
}

/// The import's type is to be written next.
BinaryWriter& ModuleParser::beginImport(const ImportNames& names, Space space, u32 begin) {
  SectionWriter& imports = section(Section::Import);
  imports.begin(begin);
  imports.out.name(names.module);
  imports.out.name(names.name);
  imports.out.byte(static_cast<u8>(space));
  return imports.out;
}

void ModuleParser::parseImport(u32 begin) {
  refuseLateImport(begin);
  const std::string module = scope_.readName();
  if (in().at(TokenKind::LeftParen)) return parseImportItems(module, begin);
  const std::string name = scope_.readName();
  SectionWriter& imports = section(Section::Import);
  contents_.clear();
  parseImportType(contents_, true);
  imports.begin(begin);
  imports.out.name(module);
  imports.out.name(name);
  imports.out.append(contents_.bytes());
}

/// `(item "name" (kind ...))*`, or `(item "name")* (kind ...)`.
void ModuleParser::parseImportItems(const std::string& module, u32 begin) {
  BinaryWriter items, type;
  u32 count = 0;
  std::optional<bool> sharesType;
  for (; in().takeList("item"); ++count) {
    items.name(scope_.readName());
    const bool hasNoType = in().at(TokenKind::RightParen);
    if (sharesType.value_or(hasNoType) != hasNoType) return in().unexpected();
    sharesType = hasNoType;
    if (!hasNoType) parseImportType(items, true);
    in().expect(TokenKind::RightParen);
  }
  if (count == 0) return in().unexpected();
  if (*sharesType) {
    parseImportType(type, false);
    next_[type.size() == 0 ? 0 : type.bytes()[0]] += count - 1;
  }
  SectionWriter& imports = section(Section::Import);
  imports.begin(begin);
  imports.out.name(module);
  imports.out.name("");
  imports.out.byte(*sharesType ? kSharedModuleAndType : kSharedModule);
  imports.out.append(type.bytes());
  imports.out.leb(count);
  imports.out.append(items.bytes());
}

/// `(kind $id? type)`: a byte for the kind, and the type. `named`: whether it may have an identifier.
void ModuleParser::parseImportType(BinaryWriter& to, bool named) {
  for (u8 kind = 0; kind < kExternWords.size(); ++kind) {
    if (!in().takeList(kExternWords[kind])) continue;
    const Space space = static_cast<Space>(kind);
    if (!named && in().at(TokenKind::Id)) return in().fail("identifier not allowed: several imports share this type");
    const u32 index = beginDefinition(space);
    to.byte(kind);
    if (space == Space::Func && named)
      to.leb(parseImportedFunction(index));
    else
      parseExternType(to, space);
    return in().expect(TokenKind::RightParen);
  }
  if (in().at(TokenKind::LeftParen)) in().advance();
  in().unexpected();
}

/// The index of its type. The names of its parameters are for the name section only.
u32 ModuleParser::parseImportedFunction(u32 index) {
  scope_.beginLocals();
  const TypeUse use = types_.parseUse(TypeParser::ParamNames::Keep);
  keepLocalNames(index);
  return types_.indexOf(use);
}

void ModuleParser::parseExternType(BinaryWriter& to, Space space) {
  switch (space) {
    case Space::Table: return parseTableType(to);
    case Space::Memory: return parseMemoryType(to);
    case Space::Global: return types_.parseGlobalType(to);
    case Space::Tag: to.byte(0); break;
    default: break;
  }
  const TypeUse use = types_.parseUse(TypeParser::ParamNames::Ignore);
  to.leb(types_.indexOf(use));
}

}  // namespace wasmrun::text
