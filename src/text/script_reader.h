// ScriptReader: the tokens of a script with one to look ahead at, and the forms that commands are made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "support/result.h"
#include "text/lexer.h"
#include "text/source.h"
#include "wasmrun/script.h"

namespace wasmrun::text {

/// Annotations are skipped. What takes something fails, or says that it is not there, without having taken anything
/// else; errors are Malformed and carry line and column.
class ScriptReader {
 public:
  explicit ScriptReader(const SourceText& source)
      : source_(source), lexer_(source.text()), next_(lexer_.nextSkippingAnnotations()) {}

  const SourceText& source() const { return source_; }
  std::string_view text(Token token) const { return lexer_.text(token); }

  // -- Tokens
  Token peek() const { return next_; }
  Token take();
  /// Takes a token of that kind; `wanted` names it in the error.
  Result<Token> expect(TokenKind kind, std::string_view wanted);
  /// Takes that keyword if it comes next.
  bool takeKeyword(std::string_view keyword);
  /// Takes `(keyword` if that comes next.
  bool takeForm(std::string_view keyword);
  /// Goes to the parenthesis that closes the form which `open` begins; it is the next token then.
  Result<void> skipRest(Token open);

  // -- Parts of commands
  /// The name of an id, without its `$`; empty if none comes next.
  std::string takeId();
  /// What a string holds.
  Result<std::string> takeString(std::string_view wanted);
  /// `(i32.const 1)`, `(ref.null func)` ...
  Result<script::Value> takeValue() { return value(false); }
  /// The same or a pattern, or several in an `either`.
  Result<script::Expected> takeExpected();

  // -- Errors
  Error error(std::string message, Token at) const;
  /// "unexpected token ...; expected `wanted`", or what the lexer has to say of it.
  std::unexpected<Error> unexpected(Token token, std::string_view wanted) const;

 private:
  Result<script::Value> value(bool isPattern);
  Result<script::Number> number(script::Number::Shape shape, bool isPattern);
  Result<void> lane(script::Number& number, u32 index, bool isPattern);
  Result<script::Reference> reference(Token keyword);

  const SourceText& source_;
  Lexer lexer_;  // behind next_
  Token next_;
};

}  // namespace wasmrun::text
