#include "text/source.h"

#include <algorithm>

#include "support/text.h"
#include "support/utf8.h"

namespace wasmrun::text {

using support::concat;

void SourceText::findLines() const {
  lineStarts_.push_back(0);
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\r' && i + 1 < text_.size() && text_[i + 1] == '\n') ++i;
    if (text_[i] == '\n' || text_[i] == '\r') lineStarts_.push_back(static_cast<u32>(i + 1));
  }
}

Position SourceText::positionOf(u32 offset) const {
  if (lineStarts_.empty()) findLines();
  const auto after = std::ranges::upper_bound(lineStarts_, offset);
  return {static_cast<u32>(after - lineStarts_.begin()), offset - *(after - 1) + 1};
}

std::string_view SourceText::line(u32 number) const {
  if (lineStarts_.empty()) findLines();
  if (number == 0 || number > lineStarts_.size()) return {};
  const std::string_view rest = text_.substr(lineStarts_[number - 1]);
  return rest.substr(0, rest.find_first_of("\r\n"));
}

namespace {

/// The part of a line around a column, and a caret under it. Lines may be a megabyte long, and hold anything.
std::string excerptOf(std::string_view line, u32 column) {
  constexpr size_t kBefore = 60, kAfter = 60;
  const size_t at = std::min<size_t>(column - 1, line.size());
  size_t begin = at > kBefore ? at - kBefore : 0;
  size_t end = std::min(line.size(), at + kAfter);
  const auto continues = [&](size_t i) { return i < line.size() && (static_cast<u8>(line[i]) & 0xc0) == 0x80; };
  while (begin > 0 && continues(begin)) --begin;
  while (continues(end)) ++end;
  std::string out = begin > 0 ? "..." : "";
  size_t caret = out.size();
  for (size_t i = begin; i < end;) {
    const size_t length = support::utf8SequenceLength(line.substr(i));
    const bool printable = length > 1 || (length == 1 && line[i] >= 0x20 && line[i] != 0x7f);
    if (printable)
      out.append(line, i, length);
    else
      out += line[i] == '\t' ? ' ' : '?';
    if (i < at) ++caret;
    i += printable ? length : 1;
  }
  if (end < line.size()) out += "...";
  return concat(out, '\n', std::string(caret, ' '), '^');
}

}  // namespace

Error SourceText::located(Error error, u32 offset) const {
  const Position position = positionOf(offset);
  error.line = position.line;
  error.column = position.column;
  error.offset = Error::kNoOffset;
  auto detail = error.detail ? std::make_shared<ErrorDetail>(*error.detail) : std::make_shared<ErrorDetail>();
  detail->fileName = name_;
  detail->excerpt = excerptOf(line(position.line), position.column);
  error.detail = std::move(detail);
  return error;
}

Error SourceText::error(ErrorKind kind, std::string message, u32 offset) const {
  return located(Error{kind, std::move(message), Error::kNoOffset, 0, 0, nullptr}, offset);
}

std::string SourceText::describe(u32 offset) const {
  const Position position = positionOf(offset);
  return concat(name_, name_.empty() ? "" : ":", position.line, ':', position.column);
}

}  // namespace wasmrun::text
