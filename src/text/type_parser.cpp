#include "text/type_parser.h"

#include "support/hash.h"
#include "support/text.h"

namespace wasmrun::text {

using support::concat;
using wasm::CompositeKind;

namespace {

// spec: binary/types
constexpr u8 kRecCode = 0x4e;
constexpr u8 kSubFinalCode = 0x4f;
constexpr u8 kSubCode = 0x50;
constexpr u8 kArrayCode = 0x5e;
constexpr u8 kStructCode = 0x5f;
constexpr u8 kFuncCode = 0x60;
constexpr u8 kRefNullCode = 0x63;
constexpr u8 kRefCode = 0x64;

struct TypeWord {
  std::string_view text;
  u8 code;
};

constexpr TypeWord kNumberTypes[] = {{"i32", 0x7f}, {"i64", 0x7e}, {"f32", 0x7d}, {"f64", 0x7c}, {"v128", 0x7b}};
constexpr TypeWord kPackedTypes[] = {{"i8", 0x78}, {"i16", 0x77}};
constexpr TypeWord kHeapTypes[] = {
#define WASMRUN_HEAP_TYPE(name, code, text, refText, feature) {text, code},
#include "wasm/heap_types.def"
};
constexpr TypeWord kRefTypes[] = {
#define WASMRUN_HEAP_TYPE(name, code, text, refText, feature) {refText, code},
#include "wasm/heap_types.def"
};

/// The code of a word; 0 if the table does not have it.
u8 codeOf(std::span<const TypeWord> words, std::string_view text) {
  for (const TypeWord& word : words)
    if (word.text == text) return word.code;
  return 0;
}

std::string_view asText(std::span<const u8> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

bool isTypeWord(std::string_view word) {
  return codeOf(kNumberTypes, word) != 0 || codeOf(kPackedTypes, word) != 0 || codeOf(kHeapTypes, word) != 0 ||
         codeOf(kRefTypes, word) != 0;
}

size_t TypeParser::StringHash::operator()(std::string_view text) const { return support::hashOf(text); }

// -- Value types ----------------------------------------------------------------------------------------------------

bool TypeParser::atRefType() {
  return in_.atList("ref") || (in_.at(TokenKind::Keyword) && codeOf(kRefTypes, in_.text()) != 0);
}

void TypeParser::parseValType(BinaryWriter& to) {
  const u8 code = in_.at(TokenKind::Keyword) ? codeOf(kNumberTypes, in_.text()) : 0;
  if (code == 0) return parseRefType(to);
  to.byte(code);
  in_.advance();
}

/// A nullable reference to an abstract type is written as one byte.
void TypeParser::parseRefType(BinaryWriter& to) {
  if (in_.at(TokenKind::Keyword)) {
    const u8 code = codeOf(kRefTypes, in_.text());
    if (code == 0) return in_.unexpected();
    to.byte(code);
    return in_.advance();
  }
  if (!in_.takeList("ref")) return in_.unexpected();
  const bool nullable = in_.takeKeyword("null");
  const bool isAbstract = in_.at(TokenKind::Keyword);
  if (!nullable) to.byte(kRefCode);
  if (nullable && !isAbstract) to.byte(kRefNullCode);
  parseHeapType(to);
  in_.expect(TokenKind::RightParen);
}

void TypeParser::parseHeapType(BinaryWriter& to) {
  if (in_.atIndex()) return to.signedLeb(scope_.readIndex(Space::Type));
  const u8 code = in_.at(TokenKind::Keyword) ? codeOf(kHeapTypes, in_.text()) : 0;
  if (code == 0) return in_.unexpected();
  to.byte(code);
  in_.advance();
}

bool TypeParser::parseRefAsHeapType(BinaryWriter& to) {
  if (in_.at(TokenKind::Keyword)) return parseRefType(to), true;
  if (!in_.takeList("ref")) return in_.unexpected(), false;
  const bool nullable = in_.takeKeyword("null");
  parseHeapType(to);
  in_.expect(TokenKind::RightParen);
  return nullable;
}

void TypeParser::parseGlobalType(BinaryWriter& to) { parseMutable(to, false); }
void TypeParser::parseFieldType(BinaryWriter& to) { parseMutable(to, true); }

void TypeParser::parseMutable(BinaryWriter& to, bool storage) {
  const bool isMutable = in_.takeList("mut");
  if (storage)
    parseStorageType(to);
  else
    parseValType(to);
  if (isMutable) in_.expect(TokenKind::RightParen);
  to.byte(isMutable);
}

void TypeParser::parseStorageType(BinaryWriter& to) {
  const u8 code = in_.at(TokenKind::Keyword) ? codeOf(kPackedTypes, in_.text()) : 0;
  if (code == 0) return parseValType(to);
  to.byte(code);
  in_.advance();
}

// -- Definitions ----------------------------------------------------------------------------------------------------

void TypeParser::define(std::span<const TypeFieldText> fields) {
  for (const TypeFieldText& field : fields) {
    if (in_.failed()) return;
    in_.seek(field.range.begin);
    section_.begin(field.range.begin);
    if (field.isRec)
      parseRec();
    else
      parseDefinition(true);
  }
}

void TypeParser::parseRec() {
  in_.takeList("rec");
  const u32 begin = section_.out.size();
  u32 count = 0;
  const size_t first = types_.size();
  for (; in_.atList("type"); ++count) {
    section_.map.add(section_.out.size(), in_.offset());
    parseDefinition(false);
  }
  in_.expect(TokenKind::RightParen);
  if (count == 1) {
    // A group of one is written, and compares, like a type alone.
    Type& type = types_[first];
    const std::span<const u8> bytes = section_.out.bytes().subspan(begin);
    if (type.kind == CompositeKind::Func && !bytes.empty() && bytes[0] == kFuncCode)
      funcTypes_.try_emplace(type.signature, static_cast<u32>(first));
    return;
  }
  BinaryWriter head;  // its size depends on the count, so it goes in front only now
  head.byte(kRecCode);
  head.leb(count);
  auto& bytes = section_.out.buffer();
  bytes.insert(bytes.begin() + begin, head.bytes().begin(), head.bytes().end());
}

void TypeParser::parseDefinition(bool isAlone) {
  if (!in_.takeList("type")) return in_.unexpected();
  const u32 index = static_cast<u32>(types_.size());
  scope_.finishName(Space::Type, index);
  types_.emplace_back();
  if (in_.atList("sub"))
    parseSubType(isAlone);
  else
    parseCompositeType(isAlone);
  in_.expect(TokenKind::RightParen);
}

void TypeParser::parseSubType(bool isAlone) {
  in_.takeList("sub");
  const bool isFinal = in_.takeKeyword("final");
  fields_.clear();
  u32 count = 0;
  for (; in_.atIndex(); ++count) fields_.leb(scope_.readIndex(Space::Type));
  const bool isPlain = isFinal && count == 0;
  if (!isPlain) {
    section_.out.byte(isFinal ? kSubFinalCode : kSubCode);
    section_.out.leb(count);
    section_.out.append(fields_.bytes());
  }
  parseCompositeType(isPlain && isAlone);
  in_.expect(TokenKind::RightParen);
}

/// isPlain: nothing but a function type that inline signatures may stand for.
void TypeParser::parseCompositeType(bool isPlain) {
  if (in_.takeList("func")) {
    parseFuncType(isPlain);
  } else if (in_.takeList("struct")) {
    parseStructType();
  } else if (in_.takeList("array")) {
    types_.back().kind = CompositeKind::Array;
    section_.out.byte(kArrayCode);
    parseFieldType(section_.out);
  } else {
    if (in_.at(TokenKind::LeftParen)) in_.advance();
    return in_.unexpected();
  }
  in_.expect(TokenKind::RightParen);
}

void TypeParser::parseFuncType(bool isPlain) {
  TypeUse use;
  parseSignature(ParamNames::Ignore, use);
  Type& type = types_.back();
  type.paramCount = use.paramCount;
  type.signature = writeSignature(use.paramCount, use.resultCount);
  section_.out.append(type.signature);
  if (isPlain) funcTypes_.try_emplace(type.signature, static_cast<u32>(types_.size() - 1));
}

void TypeParser::parseStructType() {
  const u32 type = static_cast<u32>(types_.size() - 1);
  types_.back().kind = CompositeKind::Struct;
  fields_.clear();
  u32 count = 0;
  NameList names;
  while (in_.takeList("field")) {
    const bool hasId = in_.at(TokenKind::Id);
    if (const auto name = scope_.declareField(type, count)) names.push_back({count, *name});
    if (hasId) {
      parseFieldType(fields_);
      ++count;
    } else {
      for (; !in_.at(TokenKind::RightParen) && !in_.failed(); ++count) parseFieldType(fields_);
    }
    in_.expect(TokenKind::RightParen);
  }
  if (!names.empty()) fieldNames_.emplace_back(type, std::move(names));
  section_.out.byte(kStructCode);
  section_.out.leb(count);
  section_.out.append(fields_.bytes());
}

// -- Uses of function types -----------------------------------------------------------------------------------------

void TypeParser::parseSignature(ParamNames names, TypeUse& use) {
  params_.clear();
  results_.clear();
  while (in_.takeList("param")) parseParam(names, use.paramCount);
  while (in_.takeList("result")) {
    for (; !in_.at(TokenKind::RightParen) && !in_.failed(); ++use.resultCount) parseValType(results_);
    in_.expect(TokenKind::RightParen);
  }
}

void TypeParser::parseParam(ParamNames names, u32& count) {
  if (in_.at(TokenKind::Id) && names != ParamNames::None) {
    switch (names) {
      case ParamNames::Locals: scope_.addNamedLocal(); break;
      case ParamNames::Keep: scope_.keepLocalName(); break;
      default: in_.advance(), scope_.readNameAnnotation();
    }
    parseValType(params_);
    ++count;
  } else {
    const u32 before = count;
    const bool areLocals = names == ParamNames::Locals || names == ParamNames::Keep;
    if (areLocals) scope_.nameNextLocal();
    for (; !in_.at(TokenKind::RightParen) && !in_.failed(); ++count) parseValType(params_);
    if (areLocals) scope_.addLocals(count - before);
  }
  in_.expect(TokenKind::RightParen);
}

std::string_view TypeParser::writeSignature(u32 paramCount, u32 resultCount) {
  signature_.clear();
  signature_.byte(kFuncCode);
  signature_.leb(paramCount);
  signature_.append(params_.bytes());
  signature_.leb(resultCount);
  signature_.append(results_.bytes());
  return asText(signature_.bytes());
}

TypeUse TypeParser::parseUse(ParamNames names) {
  TypeUse use;
  use.offset = in_.offset();
  if (in_.takeList("type")) {
    use.isExplicit = true;
    use.index = scope_.readIndex(Space::Type);
    in_.expect(TokenKind::RightParen);
  }
  parseSignature(names, use);
  if (in_.atList("param") || in_.atList("type")) in_.advance(), in_.unexpected();  // in another order
  if (!use.isExplicit || !use.hasSignature() || in_.failed()) return use;
  if (use.index >= types_.size()) {
    in_.fail(concat("unknown type ", use.index), use.offset);
  } else if (types_[use.index].signature != writeSignature(use.paramCount, use.resultCount)) {
    in_.fail("inline function type does not match the type that is named", use.offset);
  }
  return use;
}

u32 TypeParser::indexOf(const TypeUse& use) {
  if (use.isExplicit) return use.index;
  const std::string_view signature = writeSignature(use.paramCount, use.resultCount);
  if (const auto found = funcTypes_.find(signature); found != funcTypes_.end()) return found->second;
  const u32 index = static_cast<u32>(types_.size());
  section_.begin(use.offset);
  section_.out.append(signature);
  types_.push_back({CompositeKind::Func, use.paramCount, std::string(signature)});
  funcTypes_.emplace(signature, index);
  return index;
}

u32 TypeParser::paramCountOf(const TypeUse& use) const {
  return use.index < types_.size() ? types_[use.index].paramCount : 0;
}

}  // namespace wasmrun::text
