#include "text/module_scope.h"

#include <algorithm>
#include <iterator>

#include "support/text.h"
#include "support/utf8.h"
#include "text/literals.h"

namespace wasmrun::text {

using support::concat;

namespace {

struct SpaceNames {
  const char* unknown;
  const char* duplicate;
};

constexpr SpaceNames kSpaceNames[kSpaceCount] = {{"function", "func"},
                                                 {"table", "table"},
                                                 {"memory", "memory"},
                                                 {"global", "global"},
                                                 {"tag", "tag"},
                                                 {"type", "type"},
                                                 {"elem segment", "elem segment"},
                                                 {"data segment", "data segment"}};

}  // namespace

const char* nameOf(Space space) { return kSpaceNames[static_cast<u32>(space)].unknown; }

// -- The module's index spaces --------------------------------------------------------------------------------------

ModuleScope::Meaning& ModuleScope::meaning(Token id) {
  const Symbol symbol = symbols_.intern(in.text(id));
  if (symbol >= meanings_.size()) meanings_.resize(symbols_.count());
  return meanings_[symbol];
}

u32 ModuleScope::unknown(const char* what) {
  in.fail(concat("unknown ", what, ' ', in.text()));
  return 0;
}

u32 ModuleScope::declare(Space space, Token id) {
  const u32 slot = static_cast<u32>(space);
  const u32 index = counts_[slot]++;
  if (id.kind != TokenKind::Id) return index;
  u32& known = meaning(id).indexes[slot];
  if (known != kNone) in.fail(concat("duplicate ", kSpaceNames[slot].duplicate, ' ', in.text(id)), id.offset);
  known = index;
  names_[slot].push_back({index, symbols_.name(symbols_.intern(in.text(id)))});
  return index;
}

u32 ModuleScope::readIndex(Space space) {
  if (!in.at(TokenKind::Id)) return readU32();
  const u32 index = meaning(in.token()).indexes[static_cast<u32>(space)];
  if (index == kNone) return unknown(nameOf(space));
  in.advance();
  return index;
}

void ModuleScope::finishName(Space space, u32 index) {
  in.take(TokenKind::Id);
  if (const auto name = readNameAnnotation()) annotated_[static_cast<u32>(space)].push_back({index, *name});
}

NameList ModuleScope::names(Space space) const {
  const NameList& annotated = annotated_[static_cast<u32>(space)];
  // Of two with the same index, set_union takes the first list's.
  NameList all;
  std::ranges::set_union(annotated, names_[static_cast<u32>(space)], std::back_inserter(all), {}, &NamedIndex::index,
                         &NamedIndex::index);
  return all;
}

std::optional<std::string_view> ModuleScope::readNameAnnotation() {
  const auto annotation = in.takeAnnotation(AnnotationKind::Name);
  if (!annotation) return std::nullopt;
  Lexer lexer(source_, annotation->inner);
  const Token token = lexer.next();
  if (token.kind != TokenKind::String || lexer.next().kind != TokenKind::End) {
    in.fail("@name annotation: one string expected", annotation->offset);
    return std::nullopt;
  }
  const std::string& name = annotatedNames_.emplace_back(decodeString(lexer.text(token)));
  if (!support::isUtf8(name)) in.fail("@name annotation: malformed UTF-8 encoding", token.offset);
  return name;
}

// -- Fields of struct types -----------------------------------------------------------------------------------------

namespace {

u64 fieldKey(u32 type, Symbol symbol) { return u64{type} << 32 | symbol; }

}  // namespace

std::optional<std::string_view> ModuleScope::declareField(u32 type, u32 field) {
  if (!in.at(TokenKind::Id)) return readNameAnnotation();
  const Symbol symbol = symbols_.intern(in.text());
  if (!fields_.emplace(fieldKey(type, symbol), field).second) in.fail(concat("duplicate field ", in.text()));
  in.advance();
  if (const auto name = readNameAnnotation()) return name;
  return symbols_.name(symbol);
}

u32 ModuleScope::readField(u32 type) {
  if (!in.at(TokenKind::Id)) return readU32();
  const auto found = fields_.find(fieldKey(type, symbols_.intern(in.text())));
  if (found == fields_.end()) return unknown("field");
  in.advance();
  return found->second;
}

// -- A function's locals --------------------------------------------------------------------------------------------

void ModuleScope::addNamedLocal() {
  Meaning& known = meaning(in.token());
  if (known.localScope == localScope_) return in.fail(concat("duplicate local ", in.text()));
  known.localScope = localScope_;
  known.local = localCount_;
  keepLocalName();
}

void ModuleScope::keepLocalName() {
  localNames_.push_back({localCount_++, symbols_.name(symbols_.intern(in.text()))});
  in.advance();
  if (const auto name = readNameAnnotation()) localNames_.back().name = *name;
}

void ModuleScope::nameNextLocal() {
  if (const auto name = readNameAnnotation()) localNames_.push_back({localCount_, *name});
}

u32 ModuleScope::readLocal() {
  if (!in.at(TokenKind::Id)) return readU32();
  const Meaning& known = meaning(in.token());
  if (known.localScope != localScope_) return unknown("local");
  in.advance();
  return known.local;
}

// -- Labels ---------------------------------------------------------------------------------------------------------

ModuleScope::Label ModuleScope::readLabelName() {
  Label label;
  if (in.at(TokenKind::Id)) {
    label.symbol = symbols_.intern(in.text());
    label.name = symbols_.name(label.symbol);
    in.advance();
  }
  if (const auto name = readNameAnnotation()) label.name = name;
  return label;
}

void ModuleScope::pushLabel(Label& label) {
  if (label.symbol != kNoSymbol) {
    if (label.symbol >= meanings_.size()) meanings_.resize(symbols_.count());
    label.shadowed = std::exchange(meanings_[label.symbol].label, labelCount_);
  }
  ++labelCount_;
}

void ModuleScope::popLabel(const Label& label) {
  --labelCount_;
  if (label.symbol != kNoSymbol) meanings_[label.symbol].label = label.shadowed;
}

u32 ModuleScope::readLabel() {
  if (!in.at(TokenKind::Id)) return readU32();
  const u32 label = meaning(in.token()).label;
  if (label == kNone) return unknown("label");
  in.advance();
  return labelCount_ - 1 - label;
}

void ModuleScope::checkLabelName(const Label& label) {
  if (!in.at(TokenKind::Id)) return;
  if (symbols_.intern(in.text()) != label.symbol) return in.fail(concat("mismatching label ", in.text()));
  in.advance();
}

// -- Numbers and names ----------------------------------------------------------------------------------------------

u32 ModuleScope::readU32() {
  if (!in.at(TokenKind::Natural)) return in.unexpected(), 0;
  const auto value = parseNatural(in.text(), 32);
  if (!value) return in.fail("i32 constant out of range"), 0;
  in.advance();
  return static_cast<u32>(*value);
}

u64 ModuleScope::readU64() {
  if (!in.at(TokenKind::Natural)) return in.unexpected(), 0;
  const auto value = parseNatural(in.text(), 64);
  if (!value) return in.fail("i64 constant out of range"), 0;
  in.advance();
  return *value;
}

std::string_view ModuleScope::takeIdName() {
  const std::string_view name = symbols_.name(symbols_.intern(in.text()));
  in.advance();
  return name;
}

std::string ModuleScope::readName() {
  if (!in.at(TokenKind::String)) return in.unexpected(), std::string();
  std::string name = decodeString(in.text());
  if (!support::isUtf8(name)) in.fail("malformed UTF-8 encoding of a name");
  in.advance();
  return name;
}

}  // namespace wasmrun::text
