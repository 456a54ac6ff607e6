// TokenStream: a module's tokens for its parser: one current, one ahead when asked for, annotations set aside, and the
// first error.
//
// After an error the current token is an Error for good, which no construct begins or goes on with: the parser's loops
// end by themselves, and it looks for errors once, at the end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/result.h"
#include "text/lexer.h"

namespace wasmrun::text {

/// The annotations that mean something here. Others are skipped.
enum class AnnotationKind : u8 { Custom, Name, BranchHint };

struct Annotation {
  AnnotationKind kind;
  u32 offset;       ///< of `(@`
  TextRange inner;  ///< what follows the name, without the closing parenthesis
};

class TokenStream {
 public:
  TokenStream(std::string_view source, TextRange range) : lexer_(source, range) { seek(range.begin); }

  // -- Looking ------------------------------------------------------------------------------------------------------
  TokenKind kind() const { return token_.kind; }
  bool at(TokenKind kind) const { return token_.kind == kind; }
  bool atKeyword(std::string_view word) const { return at(TokenKind::Keyword) && text() == word; }
  /// At a parenthesis with this keyword behind it.
  bool atList(std::string_view word) { return at(TokenKind::LeftParen) && isKeyword(ahead(), word); }
  bool atIndex() const { return at(TokenKind::Natural) || at(TokenKind::Id); }
  u32 offset() const { return token_.offset; }
  Token token() const { return token_; }
  /// The token behind the current one.
  Token ahead();
  std::string_view text() const { return lexer_.text(token_); }
  std::string_view text(Token token) const { return lexer_.text(token); }

  // -- Going on -----------------------------------------------------------------------------------------------------
  void advance() {
    if (firstPending_ != pending_.size()) [[unlikely]]
      refuseMisplaced();
    if (hasAhead_) {
      hasAhead_ = false;
      if (!failed()) token_ = ahead_;
    } else if (!failed()) {
      token_ = read();
    }
  }
  bool take(TokenKind kind) { return at(kind) && (advance(), true); }
  bool takeKeyword(std::string_view word) { return atKeyword(word) && (advance(), true); }
  /// Past a parenthesis and the keyword behind it.
  bool takeList(std::string_view word) { return atList(word) && (advance(), advance(), true); }
  /// Past a token that has to be here.
  void expect(TokenKind kind) {
    if (!take(kind)) unexpected();
  }
  /// Continues at a byte of the source. Unclaimed annotations are forgotten.
  void seek(u32 offset);

  // -- Annotations --------------------------------------------------------------------------------------------------
  /// The first one that stands right before the current token and that nobody has taken, if it is of this kind. One
  /// that is still there when advance() leaves the token is an error.
  std::optional<Annotation> takeAnnotation(AnnotationKind kind);

  // -- Errors -------------------------------------------------------------------------------------------------------
  void fail(std::string message, u32 offset, ErrorKind kind = ErrorKind::Malformed);
  void fail(std::string message) { fail(std::move(message), offset()); }
  /// The current token has no business here.
  void unexpected();
  bool failed() const { return failed_; }
  ErrorKind errorKind() const { return errorKind_; }
  const std::string& message() const { return message_; }
  u32 errorOffset() const { return errorOffset_; }

 private:
  bool isKeyword(Token token, std::string_view word) const {
    return token.kind == TokenKind::Keyword && lexer_.text(token) == word;
  }
  Token read();
  bool readAnnotation(Token start);
  void refuseMisplaced();

  Lexer lexer_;
  Token token_;
  Token ahead_;
  bool hasAhead_ = false;
  bool failed_ = false;
  std::vector<Annotation> pending_;  // from firstPending_ on, in the text's order
  size_t firstPending_ = 0;
  ErrorKind errorKind_ = ErrorKind::Malformed;
  std::string message_;
  u32 errorOffset_ = 0;
};

}  // namespace wasmrun::text
