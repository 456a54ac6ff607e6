// Public types as the text format spells them.
#include "support/text.h"
#include "wasmrun/types.h"

namespace wasmrun {

using support::concat;

namespace {

struct HeapText {
  std::string_view heap;      // in (ref ...)
  std::string_view nullable;  // short for (ref null ...)
};
constexpr HeapText kHeapTexts[] = {
    {"func", "funcref"},   {"nofunc", "nullfuncref"}, {"extern", "externref"}, {"noextern", "nullexternref"},
    {"any", "anyref"},     {"eq", "eqref"},           {"i31", "i31ref"},       {"struct", "structref"},
    {"array", "arrayref"}, {"none", "nullref"},       {"exn", "exnref"},       {"noexn", "nullexnref"},
};
static_assert(std::size(kHeapTexts) == static_cast<size_t>(HeapKind::Concrete));

void appendList(std::string& out, std::string_view word, const std::vector<ValType>& types) {
  if (types.empty()) return;
  if (!out.empty()) out += ' ';
  support::appendTo(out, '(');
  out += word;
  for (const ValType& type : types) {
    out += ' ';
    out += type.toString();
  }
  out += ')';
}

std::string limitsText(const Limits& limits, bool is64) {
  std::string out = is64 ? "i64 " : "";
  support::appendTo(out, limits.min);
  if (limits.max) out += concat(' ', *limits.max);
  return out;
}

std::string parenthesized(std::string_view word, const std::string& rest) {
  return rest.empty() ? concat('(', word, ')') : concat('(', word, ' ', rest, ')');
}

}  // namespace

std::string ValType::toString() const {
  switch (kind_) {
    case ValKind::I32: return "i32";
    case ValKind::I64: return "i64";
    case ValKind::F32: return "f32";
    case ValKind::F64: return "f64";
    case ValKind::V128: return "v128";
    case ValKind::Ref: break;
  }
  if (heap_ == HeapKind::Concrete) return concat(nullable_ ? "(ref null " : "(ref ", typeId_, ')');
  const HeapText& text = kHeapTexts[static_cast<size_t>(heap_)];
  return nullable_ ? std::string(text.nullable) : concat("(ref ", text.heap, ')');
}

std::string FuncType::toString() const {
  std::string out;
  appendList(out, "param", params);
  appendList(out, "result", results);
  return out;
}

std::string MemoryType::toString() const {
  std::string out = limitsText(limits, is64);
  if (shared) out += " shared";
  if (pageSize != 65536) out += concat(" (pagesize ", pageSize, ')');
  return out;
}

std::string TableType::toString() const { return concat(limitsText(limits, is64), ' ', element.toString()); }

std::string GlobalType::toString() const {
  return isMutable ? concat("(mut ", value.toString(), ')') : value.toString();
}

std::string TagType::toString() const { return function.toString(); }

std::string_view kindName(ExternKind kind) noexcept {
  constexpr std::string_view kNames[] = {"function", "table", "memory", "global", "tag"};
  return kNames[static_cast<size_t>(kind)];
}

std::string ExternType::toString() const {
  constexpr std::string_view kWords[] = {"func", "table", "memory", "global", "tag"};
  const std::string rest = std::visit([](const auto& type) { return type.toString(); }, *this);
  return parenthesized(kWords[index()], rest);
}

}  // namespace wasmrun
