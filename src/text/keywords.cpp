#include "text/keywords.h"

#include <algorithm>

#include "support/text.h"
#include "text/literals.h"
#include "text/mnemonics.h"
#include "text/module_words.h"
#include "text/script_parser.h"
#include "text/type_parser.h"

namespace wasmrun::text {

namespace {

/// Those that no table has. Looked through for messages only.
constexpr std::string_view kWords[] = {
    // Types.
    "field", "final", "mut", "null", "param", "ref", "result", "sub",
    // Modules.
    "binary", "catch_all_ref", "catch_ref", "declare", "definition", "do", "instance", "item", "local", "offset",
    "pagesize", "quote", "shared", "then",
    // Scripts: actions are commands too.
    "either", "nan:arithmetic", "nan:canonical", "ref.any", "ref.array", "ref.eq", "ref.exn", "ref.extern", "ref.host",
    "ref.struct"};

bool isKnownToTables(std::string_view word) {
  return findOpcode(word) != wasm::Opcode::kCount || isTypeWord(word) || findLaneShape(word) != nullptr ||
         isFieldWord(word) || isCommandWord(word);
}

}  // namespace

bool isKnownKeyword(std::string_view word) {
  return isKnownToTables(word) || std::ranges::find(kWords, word) != std::end(kWords) ||
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
