#include "text/token_stream.h"

#include "text/keywords.h"
#include "text/literals.h"

namespace wasmrun::text {

Token TokenStream::ahead() {
  if (!hasAhead_) {
    ahead_ = read();
    hasAhead_ = true;
  }
  return ahead_;
}

void TokenStream::seek(u32 offset) {
  if (failed_) return;
  lexer_.seek(offset);
  pending_.clear(), firstPending_ = 0;
  hasAhead_ = false;
  token_ = read();
}

Token TokenStream::read() {
  for (;;) {
    const Token token = lexer_.next();
    if (token.kind == TokenKind::Error) {
      fail(lexer_.errorMessage(), token.offset);
      return token;
    }
    if (token.kind != TokenKind::AnnotationStart) [[likely]]
      return token;
    if (!readAnnotation(token)) return token_;
  }
}

/// Past an annotation; sets it aside if it means something.
bool TokenStream::readAnnotation(Token start) {
  const Token close = lexer_.skipAnnotation(start);
  if (close.kind == TokenKind::Error) return fail(lexer_.errorMessage(), close.offset), false;
  std::string scratch;
  const std::string_view name = annotationName(lexer_.text(start), scratch);
  const TextRange inner{start.end(), close.offset};
  if (name == "custom") pending_.push_back({AnnotationKind::Custom, start.offset, inner});
  if (name == "name") pending_.push_back({AnnotationKind::Name, start.offset, inner});
  if (name == "metadata.code.branch_hint") pending_.push_back({AnnotationKind::BranchHint, start.offset, inner});
  return true;
}

std::optional<Annotation> TokenStream::takeAnnotation(AnnotationKind kind) {
  if (firstPending_ == pending_.size()) return std::nullopt;
  const Annotation first = pending_[firstPending_];
  if (first.kind != kind || first.offset > token_.offset) return std::nullopt;
  if (++firstPending_ == pending_.size()) pending_.clear(), firstPending_ = 0;
  return first;
}

void TokenStream::refuseMisplaced() {
  const Annotation& first = pending_[firstPending_];
  if (failed_ || first.offset > token_.offset) return;
  switch (first.kind) {
    case AnnotationKind::Custom: return fail("misplaced @custom annotation", first.offset);
    case AnnotationKind::Name: return fail("misplaced @name annotation", first.offset);
    case AnnotationKind::BranchHint:
      return fail("@metadata.code.branch_hint annotation: not in a function, before an instruction", first.offset);
  }
}

void TokenStream::fail(std::string message, u32 offset, ErrorKind kind) {
  if (failed_) return;
  failed_ = true;
  errorKind_ = kind;
  message_ = std::move(message);
  errorOffset_ = offset;
  token_ = ahead_ = {TokenKind::Error, offset, 0};
}

void TokenStream::unexpected() { fail(unexpectedToken(token_, text())); }

}  // namespace wasmrun::text
