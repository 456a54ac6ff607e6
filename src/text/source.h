// SourceText: a text with its name, and the line and column of its bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/int.h"
#include "support/result.h"
#include "text/lexer.h"

namespace wasmrun::text {

/// Both count from 1; a column counts bytes.
struct Position {
  u32 line = 0;
  u32 column = 0;
};

/// Lines end with LF, CR or CRLF. The text must outlive this. One thread at a time: the first question for a position
/// counts the lines, every one after that is a binary search, so a script may have any number of errors.
class SourceText {
 public:
  /// `name`: how messages call the text ("demo.wat"); may be empty.
  explicit SourceText(std::string_view text, std::string name = {}) : text_(text), name_(std::move(name)) {}

  std::string_view text() const { return text_; }
  const std::string& name() const { return name_; }
  TextRange range() const { return {0, static_cast<u32>(text_.size())}; }

  Position positionOf(u32 offset) const;
  /// The line without its end.
  std::string_view line(u32 number) const;

  /// An error at a byte of the text: line and column set, and the name and the line itself in its detail, so that
  /// Error::toString() shows them. Its offset stays unset.
  Error error(ErrorKind kind, std::string message, u32 offset) const;
  /// An error that knows of no text, or of a binary made from it, as the error of a byte of the text.
  Error located(Error error, u32 offset) const;

  /// "name:line:column", without the name if there is none: for reports that are not errors.
  std::string describe(u32 offset) const;

 private:
  void findLines() const;

  std::string_view text_;
  std::string name_;
  mutable std::vector<u32> lineStarts_;  // empty until somebody asks
};

}  // namespace wasmrun::text
