// Lexer: the text format's tokens (spec: text/lexical), read one at a time from bytes that may be anything.
//
// Comments and white space are gone; annotations are not: `(@id` is a token, and whoever meets one either reads what
// follows or skips it. Numbers come classified, not converted (text/literals.h does that). Nothing recurses, and
// nothing is read twice.
#pragma once

#include <string>
#include <string_view>

#include "support/int.h"

namespace wasmrun::text {

/// Bytes [begin, end) of a source.
struct TextRange {
  u32 begin = 0;
  u32 end = 0;
};

enum class TokenKind : u8 {
  End,
  LeftParen,
  RightParen,
  AnnotationStart,  ///< `(@id` or `(@"id"`
  Keyword,          ///< starts with a lower-case letter; known or not
  Natural,          ///< a whole number without a sign
  Integer,          ///< a whole number with a sign
  Float,            ///< has a point or an exponent, or is inf or nan
  String,           ///< with its quotes; its escapes are right
  Id,               ///< `$name` or `$"name"`
  Reserved,         ///< fits none of the above: no syntax, but allowed in annotations
  Error,            ///< Lexer::errorMessage() says why
};

struct Token {
  TokenKind kind = TokenKind::End;
  u32 offset = 0;  ///< of its first byte in the source
  u32 size = 0;    ///< bytes
  u32 end() const { return offset + size; }
};

/// Whether text is what a Natural token is: for numbers within a keyword (`offset=8`).
bool isNatural(std::string_view text);

/// Reads the tokens of a part of a source. Offsets are those of the whole source, which must outlive the lexer and be
/// smaller than 4 GiB.
class Lexer {
 public:
  Lexer(std::string_view source, TextRange range)
      : source_(source), p_(source.data() + range.begin), end_(source.data() + range.end) {}
  explicit Lexer(std::string_view source) : Lexer(source, {0, static_cast<u32>(source.size())}) {}

  /// The next token. After an Error every further token is the same Error.
  Token next();

  /// After AnnotationStart, which is `start`: reads up to the parenthesis that closes the annotation and returns it; an
  /// Error at `start` ("unclosed annotation") if there is none. Anything that lexes is allowed inside.
  Token skipAnnotation(Token start);

  /// The next token that is in no annotation.
  Token nextSkippingAnnotations();

  /// Inside an annotation: as next(), but a `(@` without a name is allowed.
  Token nextInAnnotation();

  /// After LeftParen: goes past the parenthesis that closes it without looking at the tokens between, twice as fast as
  /// reading them. False, and the position at the end, if nothing closes it. Errors between stay unseen.
  bool skipList();

  std::string_view text(Token token) const { return source_.substr(token.offset, token.size); }
  std::string_view source() const { return source_; }
  /// Where the next token will be looked for.
  u32 offset() const { return static_cast<u32>(p_ - source_.data()); }
  /// Continues at `offset`, inside the range. Forgets an error.
  void seek(u32 offset) { p_ = source_.data() + offset, error_ = {}; }

  /// Of the last Error token: starts with the suite's wording.
  const char* errorMessage() const { return error_.message; }

 private:
  struct LexError {
    const char* message = nullptr;
    const char* at = nullptr;
  };

  Token scan();
  Token token(TokenKind kind, const char* begin) const {
    return {kind, static_cast<u32>(begin - source_.data()), static_cast<u32>(p_ - begin)};
  }
  Token fail(const char* message, const char* at);
  Token scanAnnotationStart();
  Token scanWord();
  Token scanMixedWord(const char* begin);
  Token scanOther();
  bool skipLineComment();
  bool skipBlockComment();
  const char* scanString(const char* open);
  const char* scanEscape(const char* backslash);
  bool checkQuotedName(const char* open, const char* emptyMessage);

  std::string_view source_;
  const char* p_;
  const char* end_;
  LexError error_;
};

}  // namespace wasmrun::text
