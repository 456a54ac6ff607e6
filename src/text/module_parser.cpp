#include "text/module_parser.h"

#include <algorithm>

#include "support/text.h"
#include "text/module_words.h"

namespace wasmrun::text {

using support::concat;

ModuleParser::ModuleParser(std::string_view source, TextRange range)
    : scope_(source, range), types_(scope_), instructions_(scope_, types_), range_(range) {}

void ModuleParser::parse() {
  openModule();
  if (in().failed()) return;
  const std::vector<TypeFieldText> typeFields = declareAll(scope_, {fieldsBegin_, range_.end});
  types_.define(typeFields);
  in().seek(fieldsBegin_);
  if (const auto name = scope_.readNameAnnotation()) name_ = *name;
  if (const auto second = in().takeAnnotation(AnnotationKind::Name))
    in().fail("@name annotation: multiple module names", second->offset);
  parseFields(typeFields);
  if (isForm_) in().expect(TokenKind::RightParen);
  if (!in().at(TokenKind::End)) in().unexpected();
}

/// Past `(module $id`, if it is there.
void ModuleParser::openModule() {
  fieldsBegin_ = range_.begin;
  if (!in().atList("module")) return;
  isForm_ = true;
  in().advance();
  fieldsBegin_ = in().token().end();
  in().advance();
  if (!in().at(TokenKind::Id)) return;
  fieldsBegin_ = in().token().end();
  name_ = scope_.takeIdName();
}

// -- Fields ---------------------------------------------------------------------------------------------------------

void ModuleParser::parseFields(std::span<const TypeFieldText> typeFields) {
  for (;;) {
    parseCustomAnnotations();
    if (!in().at(TokenKind::LeftParen)) return;
    if (!typeFields.empty() && typeFields.front().range.begin == in().offset()) {
      in().advance();
      in().seek(typeFields.front().range.end);  // parsed already
      typeFields = typeFields.subspan(1);
    } else {
      parseField();
    }
  }
}

void ModuleParser::parseField() {
  const u32 begin = in().offset();
  in().advance();
  if (!in().at(TokenKind::Keyword)) return in().unexpected();
  static constexpr std::pair<std::string_view, void (ModuleParser::*)(u32)> kFields[] = {
      {"func", &ModuleParser::parseFunction}, {"export", &ModuleParser::parseExport},
      {"data", &ModuleParser::parseData},     {"elem", &ModuleParser::parseElem},
      {"import", &ModuleParser::parseImport}, {"global", &ModuleParser::parseGlobal},
      {"table", &ModuleParser::parseTable},   {"memory", &ModuleParser::parseMemory},
      {"tag", &ModuleParser::parseTag},       {"start", &ModuleParser::parseStart}};
  for (const auto& [word, parse] : kFields) {
    if (!in().takeKeyword(word)) continue;
    (this->*parse)(begin);
    return in().expect(TokenKind::RightParen);
  }
  in().unexpected();
}

/// At the identifier that a definition may have: its index.
u32 ModuleParser::beginDefinition(Space space) {
  const u32 index = next_[static_cast<u32>(space)]++;
  scope_.finishName(space, index);
  return index;
}

void ModuleParser::parseInlineExports(Space space, u32 index) {
  while (in().atList("export")) {
    SectionWriter& exports = section(Section::Export);
    exports.begin(in().offset());
    in().advance();
    in().advance();
    exports.out.name(scope_.readName());
    exports.out.byte(static_cast<u8>(space));
    exports.out.leb(index);
    in().expect(TokenKind::RightParen);
  }
}

// -- Functions ------------------------------------------------------------------------------------------------------

void ModuleParser::parseFunction(u32 begin) {
  const u32 index = beginDefinition(Space::Func);
  parseInlineExports(Space::Func, index);
  if (const auto import = parseInlineImport()) {
    const u32 type = parseImportedFunction(index);
    return beginImport(*import, Space::Func, begin).leb(type);
  }
  noteDefinition(Space::Func);
  parseFunctionBody(begin, index);
}

void ModuleParser::parseFunctionBody(u32 begin, u32 index) {
  scope_.beginLocals();
  const TypeUse use = types_.parseUse(TypeParser::ParamNames::Locals);
  if (use.isExplicit && !use.hasSignature()) scope_.addLocals(types_.paramCountOf(use));
  SectionWriter& functions = section(Section::Func);
  functions.begin(use.offset);
  functions.out.leb(types_.indexOf(use));

  body_.clear();
  bodyMap_.clear();
  bodyMap_.add(0, begin);
  bodyHints_.clear();
  parseLocals();
  bodyLabels_.clear();
  instructions_.parseBody(body_, bodyMap_, bodyHints_, bodyLabels_);
  SectionWriter& code = section(Section::Code);
  code.begin(begin);
  code.out.leb(body_.size());
  code.map.append(bodyMap_, code.out.size());
  code.out.append(body_.bytes());
  keepLocalNames(index);
  if (!bodyLabels_.empty()) labelNames_.emplace_back(index, bodyLabels_);
  if (!bodyHints_.empty()) hints_.emplace_back(index, bodyHints_);
}

/// Of the function whose locals are in the scope.
void ModuleParser::keepLocalNames(u32 index) {
  if (!scope_.localNames().empty()) localNames_.emplace_back(index, scope_.localNames());
}

/// `(local ...)*` to the body's list of runs of equal types.
void ModuleParser::parseLocals() {
  contents_.clear();
  u32 runs = 0, runLength = 0;
  BinaryWriter& runType = localTypes_;
  runType.clear();
  const auto endRun = [&] {
    if (runLength == 0) return;
    contents_.leb(runLength);
    contents_.append(runType.bytes());
    ++runs;
  };
  BinaryWriter type;
  const auto parseLocal = [&] {
    type.clear();
    types_.parseValType(type);
    if (runLength != 0 && std::ranges::equal(type.bytes(), runType.bytes())) return void(++runLength);
    endRun();
    std::swap(type, runType);
    runLength = 1;
  };
  while (in().takeList("local")) {
    if (in().at(TokenKind::Id)) {
      scope_.addNamedLocal();
      parseLocal();
    } else {
      scope_.nameNextLocal();
      for (; !in().at(TokenKind::RightParen) && !in().failed(); scope_.addLocals(1)) parseLocal();
    }
    in().expect(TokenKind::RightParen);
  }
  endRun();
  body_.leb(runs);
  body_.append(contents_.bytes());
}

// -- Globals, tags, exports, start ----------------------------------------------------------------------------------

void ModuleParser::parseGlobal(u32 begin) {
  const u32 index = beginDefinition(Space::Global);
  parseInlineExports(Space::Global, index);
  if (const auto import = parseInlineImport())
    return types_.parseGlobalType(beginImport(*import, Space::Global, begin));
  noteDefinition(Space::Global);
  SectionWriter& globals = section(Section::Global);
  globals.begin(begin);
  types_.parseGlobalType(globals.out);
  instructions_.parseExpr(globals.out, globals.map);
}

void ModuleParser::parseTag(u32 begin) {
  constexpr u8 kException = 0;
  const u32 index = beginDefinition(Space::Tag);
  parseInlineExports(Space::Tag, index);
  const auto import = parseInlineImport();
  const TypeUse use = types_.parseUse(TypeParser::ParamNames::Ignore);
  const u32 type = types_.indexOf(use);
  if (!import) section(Section::Tag).begin(begin), noteDefinition(Space::Tag);
  BinaryWriter& to = import ? beginImport(*import, Space::Tag, begin) : section(Section::Tag).out;
  to.byte(kException);
  to.leb(type);
}

void ModuleParser::parseExport(u32 begin) {
  SectionWriter& exports = section(Section::Export);
  exports.begin(begin);
  exports.out.name(scope_.readName());
  for (u8 kind = 0; kind < kExternWords.size(); ++kind) {
    if (!in().takeList(kExternWords[kind])) continue;
    exports.out.byte(kind);
    exports.out.leb(scope_.readIndex(static_cast<Space>(kind)));
    return in().expect(TokenKind::RightParen);
  }
  if (in().take(TokenKind::LeftParen) || !in().failed()) in().unexpected();
}

void ModuleParser::parseStart(u32 begin) {
  SectionWriter& start = section(Section::Start);
  if (start.count != 0) return in().fail("multiple start sections", begin);
  start.begin(begin);
  start.out.leb(scope_.readIndex(Space::Func));
}

}  // namespace wasmrun::text
