#include "text/keywords.h"

#include <algorithm>

#include "support/text.h"
#include "text/mnemonics.h"

namespace wasmrun::text {

namespace {

/// Looked through for messages only.
constexpr std::string_view kWords[] = {
    // Types.
    "any", "anyref", "array", "arrayref", "eq", "eqref", "exn", "exnref", "extern", "externref", "f32", "f32x4", "f64",
    "f64x2", "field", "func", "funcref", "i16", "i16x8", "i31", "i31ref", "i32", "i32x4", "i64", "i64x2", "i8", "i8x16",
    "mut", "noexn", "noextern", "nofunc", "none", "null", "nullexnref", "nullexternref", "nullfuncref", "nullref",
    "param", "rec", "ref", "result", "struct", "structref", "sub", "type", "v128",
    // Modules.
    "binary", "catch_all_ref", "catch_ref", "data", "declare", "definition", "do", "elem", "export", "final", "global",
    "import", "instance", "item", "local", "memory", "module", "offset", "pagesize", "quote", "shared", "start",
    "table", "tag", "then",
    // Scripts.
    "assert_exception", "assert_exhaustion", "assert_invalid", "assert_invalid_custom", "assert_malformed",
    "assert_malformed_custom", "assert_return", "assert_suspension", "assert_trap", "assert_unlinkable", "component",
    "either", "get", "input", "invoke", "nan:arithmetic", "nan:canonical", "output", "ref.any", "ref.array", "ref.eq",
    "ref.exn", "ref.extern", "ref.host", "ref.struct", "register", "script", "thread", "wait"};

}  // namespace

bool isKnownKeyword(std::string_view word) {
  return findOpcode(word) != wasm::Opcode::kCount || std::ranges::find(kWords, word) != std::end(kWords) ||
         (word.starts_with("offset=") && isNatural(word.substr(7))) ||
         (word.starts_with("align=") && isNatural(word.substr(6)));
}

std::string unexpectedToken(Token token, std::string_view text) {
  constexpr size_t kShown = 80;
  const bool unknown = token.kind == TokenKind::Reserved || (token.kind == TokenKind::Keyword && !isKnownKeyword(text));
  if (token.kind == TokenKind::End) return "unexpected token: the text ends here";
  std::string shown(text.substr(0, kShown));
  for (char& c : shown)
    if (static_cast<u8>(c) < 0x20 || c == 0x7f) c = ' ';
  // A name is cut only between characters.
  while (text.size() > kShown && !shown.empty() && static_cast<u8>(shown.back()) >= 0x80) shown.pop_back();
  return support::concat(unknown ? "unknown operator " : "unexpected token ", shown, text.size() > kShown ? "..." : "",
                         text.starts_with("#!") ? ": the text format has no #! line" : "");
}

}  // namespace wasmrun::text
