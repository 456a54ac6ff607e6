// @custom annotations: (@custom "name" (before|after section)? "contents"*).

#include "support/text.h"
#include "support/utf8.h"
#include "text/literals.h"
#include "text/module_parser.h"

namespace wasmrun::text {

namespace {

constexpr const char* kSectionWords[kSectionCount] = {"type",      "import", "func",   "table", "memory",
                                                      "tag",       "global", "export", "start", "elem",
                                                      "datacount", "code",   "data"};

/// Reads an annotation; the first thing wrong with it stays.
class CustomReader {
 public:
  CustomReader(std::string_view source, TextRange range) : lexer_(source, range) { advance(); }

  CustomSectionText read() {
    CustomSectionText custom;
    if (token_.kind != TokenKind::String) return fail("missing section name"), custom;
    custom.name = decodeString(lexer_.text(token_));
    if (!support::isUtf8(custom.name)) fail("malformed UTF-8 encoding");
    advance();
    custom.place = readPlace();
    for (; token_.kind == TokenKind::String; advance()) appendString(lexer_.text(token_), custom.payload);
    if (token_.kind != TokenKind::End) fail("unexpected token");
    return custom;
  }

  const char* problem() const { return problem_; }
  u32 offset() const { return offset_; }

 private:
  void advance() { token_ = lexer_.nextInAnnotation(); }
  void fail(const char* problem) {
    if (problem_ == nullptr) problem_ = problem, offset_ = token_.offset;
    token_ = {TokenKind::Error, token_.offset, 0};
  }
  bool takeWord(std::string_view word) {
    const bool here = token_.kind == TokenKind::Keyword && lexer_.text(token_) == word;
    if (here) advance();
    return here;
  }

  /// Behind everything unless it says otherwise.
  u32 readPlace() {
    if (token_.kind != TokenKind::LeftParen) return kSectionCount;
    advance();
    const bool after = takeWord("after");
    if (!after && !takeWord("before")) return fail("malformed placement"), kSectionCount;
    const u32 place = readSectionKind(after);
    if (token_.kind != TokenKind::RightParen) return fail("malformed placement"), kSectionCount;
    advance();
    return place;
  }

  u32 readSectionKind(bool after) {
    if (takeWord("first")) return 0;
    if (takeWord("last")) return kSectionCount;
    for (u32 i = 0; i < kSectionCount; ++i)
      if (takeWord(kSectionWords[i])) return after ? i + 1 : i;
    return fail("malformed section kind"), kSectionCount;
  }

  Lexer lexer_;
  Token token_;
  const char* problem_ = nullptr;
  u32 offset_ = 0;
};

}  // namespace

void ModuleParser::parseCustomAnnotations() {
  while (const auto annotation = in().takeAnnotation(AnnotationKind::Custom)) parseCustomAnnotation(*annotation);
}

void ModuleParser::parseCustomAnnotation(const Annotation& annotation) {
  CustomReader reader(scope_.source(), annotation.inner);
  CustomSectionText custom = reader.read();
  if (reader.problem() != nullptr)
    return in().fail(support::concat("@custom annotation: ", reader.problem()), reader.offset());
  customs_.push_back(std::move(custom));
}

}  // namespace wasmrun::text
