#include "text/declarations.h"

#include <iterator>
#include <optional>

#include "text/module_words.h"

namespace wasmrun::text {

namespace {

std::optional<Space> spaceOfKeyword(std::string_view word) {
  static_assert(std::size(kSpaceWords) == kSpaceCount);
  for (u32 space = 0; space < kSpaceCount; ++space)
    if (word == kSpaceWords[space]) return static_cast<Space>(space);
  return std::nullopt;
}

class Declarations {
 public:
  Declarations(ModuleScope& scope, TextRange range) : scope_(scope), lexer_(scope.source(), range) {}

  std::vector<TypeFieldText> run() {
    while (!scope_.in.failed()) {
      advance();
      if (token_.kind != TokenKind::LeftParen) break;
      declareField();
    }
    return std::move(types_);
  }

 private:
  void advance() { token_ = lexer_.nextSkippingAnnotations(); }
  bool atKeyword(std::string_view word) const {
    return token_.kind == TokenKind::Keyword && lexer_.text(token_) == word;
  }

  /// After the parenthesis that opens a field; goes past the one that closes it.
  void declareField() {
    const u32 begin = token_.offset;
    advance();
    if (token_.kind == TokenKind::Keyword) {
      const std::string_view word = lexer_.text(token_);
      if (const auto space = spaceOfKeyword(word)) {
        declareDefinition(*space);
      } else if (word == "rec") {
        declareRec();
      } else if (word == "import") {
        declareImports();
      }
      if (!close(begin)) return;
      if (word == "type" || word == "rec") types_.push_back({{begin, lexer_.offset()}, word == "rec"});
    } else {
      close(begin);
    }
  }

  /// Skips to the end of the list that began at `begin`; token_ is in it, and no list within it is open.
  bool close(u32 begin) {
    if (skipRest()) return true;
    reportUnclosed(begin);
    return false;
  }

  /// Past the end of the list that token_ is in, or is the end of.
  bool skipRest() {
    lexer_.seek(token_.offset);
    return lexer_.skipList();
  }

  /// Either something in the list does not lex, or its end is missing.
  void reportUnclosed(u32 begin) {
    lexer_.seek(begin);
    Token token;
    do token = lexer_.nextSkippingAnnotations();
    while (token.kind != TokenKind::End && token.kind != TokenKind::Error);
    if (token.kind == TokenKind::Error) return scope_.in.fail(lexer_.errorMessage(), token.offset);
    scope_.in.fail("unexpected token: the text ends here, and nothing closes this list", begin);
  }

  void declareDefinition(Space space) {
    advance();
    scope_.declare(space, token_);
    if (space == Space::Table) declareInline("elem", Space::Elem);
    if (space == Space::Memory) declareInline("data", Space::Data);
  }

  /// A table's elements or a memory's data may be written within it, and are a segment without a name.
  void declareInline(std::string_view keyword, Space space) {
    while (token_.kind != TokenKind::RightParen && token_.kind != TokenKind::End && token_.kind != TokenKind::Error) {
      if (token_.kind == TokenKind::LeftParen) {
        advance();
        if (atKeyword(keyword)) scope_.declare(space, {});
        if (!skipRest()) break;
      }
      advance();
    }
  }

  void declareRec() {
    advance();
    while (token_.kind == TokenKind::LeftParen) {
      advance();
      if (!atKeyword("type")) return;
      advance();
      scope_.declare(Space::Type, token_);
      if (!skipRest()) return;
      advance();
    }
  }

  /// (import "m" "n" (kind $id ...)), or with items that share the module's name and, in the second form, the type:
  /// (import "m" (item "n" (kind $id ...))*), (import "m" (item "n")* (kind ...)).
  void declareImports() {
    advance();
    u32 sharing = 0;
    for (advance(); token_.kind == TokenKind::String;) advance();
    while (token_.kind == TokenKind::LeftParen) {
      advance();
      if (atKeyword("item")) {
        advance();
        advance();
        if (token_.kind == TokenKind::LeftParen) {
          advance();
          declareImport(1);
          if (!skipRest()) return;
          advance();
        } else {
          ++sharing;
        }
      } else {
        declareImport(sharing == 0 ? 1 : sharing);
      }
      if (!skipRest()) return;
      advance();
    }
  }

  /// At the kind of an import.
  void declareImport(u32 count) {
    const auto space = token_.kind == TokenKind::Keyword ? spaceOfKeyword(lexer_.text(token_)) : std::nullopt;
    if (!space) return;
    advance();
    scope_.declare(*space, token_);
    for (u32 i = 1; i < count; ++i) scope_.declare(*space, {});
  }

  ModuleScope& scope_;
  Lexer lexer_;
  Token token_;
  std::vector<TypeFieldText> types_;
};

}  // namespace

std::vector<TypeFieldText> declareAll(ModuleScope& scope, TextRange range) { return Declarations(scope, range).run(); }

}  // namespace wasmrun::text
