#include "text/script_reader.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "support/text.h"
#include "text/keywords.h"
#include "text/literals.h"

namespace wasmrun::text {

using script::Number;
using support::concat;

// -- Tokens ----------------------------------------------------------------------------------------------------------

Token ScriptReader::take() {
  const Token token = next_;
  next_ = lexer_.nextSkippingAnnotations();
  return token;
}

Result<Token> ScriptReader::expect(TokenKind kind, std::string_view wanted) {
  if (next_.kind != kind) return unexpected(next_, wanted);
  return take();
}

bool ScriptReader::takeKeyword(std::string_view keyword) {
  const bool isNext = next_.kind == TokenKind::Keyword && text(next_) == keyword;
  if (isNext) take();
  return isNext;
}

bool ScriptReader::takeForm(std::string_view keyword) {
  if (next_.kind != TokenKind::LeftParen) return false;
  Lexer ahead = lexer_;
  const Token word = ahead.nextSkippingAnnotations();
  if (word.kind != TokenKind::Keyword || text(word) != keyword) return false;
  lexer_ = ahead;
  take();
  return true;
}

Result<void> ScriptReader::skipRest(Token open) {
  lexer_.seek(open.end());
  if (!lexer_.skipList()) return fail(error("unexpected end: this parenthesis is never closed", open));
  lexer_.seek(lexer_.offset() - 1);
  take();
  return {};
}

// -- Parts of commands -----------------------------------------------------------------------------------------------

std::string ScriptReader::takeId() {
  if (next_.kind != TokenKind::Id) return {};
  std::string scratch;
  return std::string(idName(text(take()), scratch));
}

Result<std::string> ScriptReader::takeString(std::string_view wanted) {
  WASMRUN_TRY_ASSIGN(const Token token, expect(TokenKind::String, wanted));
  return decodeString(text(token));
}

/// Arms of arms are arms: `either` within `either` adds to the one list.
Result<script::Expected> ScriptReader::takeExpected() {
  script::Expected arms;
  const Token first = next_;
  size_t open = 0;
  do {
    if (takeForm("either")) {
      open++;
    } else if (open > 0 && next_.kind == TokenKind::RightParen) {
      take();
      open--;
    } else {
      WASMRUN_TRY_ASSIGN(script::Value arm, value(true));
      arms.push_back(std::move(arm));
    }
  } while (open > 0);
  if (arms.empty()) return fail(error("an `either` without a value", first));
  return arms;
}

// -- Values ----------------------------------------------------------------------------------------------------------

namespace {

struct ScalarRow {
  std::string_view keyword;
  Number::Shape shape;
};

constexpr ScalarRow kScalars[] = {
    {"i32.const", Number::Shape::I32},
    {"i64.const", Number::Shape::I64},
    {"f32.const", Number::Shape::F32},
    {"f64.const", Number::Shape::F64},
};

std::optional<Number::Shape> vectorShape(std::string_view keyword) {
  const LaneShape* const shape = findLaneShape(keyword);
  if (!shape) return std::nullopt;
  switch (shape->laneBits) {
    case 8: return Number::Shape::I8x16;
    case 16: return Number::Shape::I16x8;
    case 32: return shape->isFloat ? Number::Shape::F32x4 : Number::Shape::I32x4;
    default: return shape->isFloat ? Number::Shape::F64x2 : Number::Shape::I64x2;
  }
}

/// The abstract heap types that scripts speak of, behind `ref.` and `ref.null`.
constexpr std::string_view kHeaps[] = {"func", "nofunc", "extern", "noextern", "exn",  "noexn",     "any",
                                       "eq",   "i31",    "struct", "array",    "none", "i31_shared"};

bool isHeap(std::string_view word) { return std::ranges::find(kHeaps, word) != std::end(kHeaps); }

/// The words behind `ref.` whose references have numbers to tell them apart.
constexpr std::string_view kNumbered[] = {"extern", "host", "func", "i31"};

}  // namespace

Result<script::Value> ScriptReader::value(bool isPattern) {
  WASMRUN_TRY(expect(TokenKind::LeftParen, "a value"));
  const Token keyword = take();
  const std::string_view word = text(keyword);
  auto closed = [&](auto read) -> Result<script::Value> {
    if (!read) return fail(std::move(read).error());
    WASMRUN_TRY(expect(TokenKind::RightParen, "')'"));
    return *std::move(read);
  };
  for (const ScalarRow& row : kScalars)
    if (word == row.keyword) return closed(number(row.shape, isPattern));
  if (word == "v128.const") {
    const auto shape = vectorShape(text(next_));
    if (!shape) return unexpected(next_, "a shape of lanes");
    take();
    return closed(number(*shape, isPattern));
  }
  if (word == "ref" || word.starts_with("ref.")) return closed(reference(keyword));
  return unexpected(keyword, "a constant");
}

Result<Number> ScriptReader::number(Number::Shape shape, bool isPattern) {
  Number number{.shape = shape};
  for (u32 i = 0; i < number.laneCount(); i++) WASMRUN_TRY(lane(number, i, isPattern));
  return number;
}

Result<void> ScriptReader::lane(Number& number, u32 index, bool isPattern) {
  const Token token = take();
  const std::string_view word = text(token);
  if (isPattern && number.isFloat()) {
    if (word == "nan:canonical") {
      number.nan[index] = Number::Nan::Canonical;
      return {};
    }
    if (word == "nan:arithmetic") {
      number.nan[index] = Number::Nan::Arithmetic;
      return {};
    }
  }
  const bool isNumber = token.kind == TokenKind::Natural || token.kind == TokenKind::Integer;
  if (!isNumber && !(token.kind == TokenKind::Float && number.isFloat())) return unexpected(token, "a number");
  const u32 size = number.laneSize();
  std::optional<u64> bits;
  if (!number.isFloat()) {
    bits = parseInteger(word, size * 8);
  } else if (size == 4) {
    bits = parseF32(word);
  } else {
    bits = parseF64(word);
  }
  if (!bits) return fail(error("constant out of range", token));
  std::memcpy(&number.bytes[size_t{index} * size], &*bits, size);
  return {};
}

/// Behind `(ref` or `(ref.heap`. A word that means nothing, or a number that nothing would be compared with, must not
/// be read over: the assertion would hold whatever the result is, or never.
Result<script::Reference> ScriptReader::reference(Token keyword) {
  script::Reference reference;
  const std::string_view word = text(keyword);
  reference.isNull = word == "ref.null";
  if (reference.isNull) {
    if (next_.kind != TokenKind::Keyword) return reference;
    if (!isHeap(text(next_))) return unexpected(next_, "a heap type");
    reference.heap = text(take());
    return reference;
  }
  if (word != "ref") reference.heap = word.substr(4);
  if (!reference.heap.empty() && reference.heap != "host" && !isHeap(reference.heap)) {
    return unexpected(keyword, "a constant");
  }
  const bool isNumbered = std::ranges::find(kNumbered, reference.heap) != std::end(kNumbered);
  if (isNumbered && next_.kind == TokenKind::Natural) {
    const auto number = parseNatural(text(next_), 32);
    if (!number) return fail(error("constant out of range", next_));
    reference.number = static_cast<u32>(*number);
    take();
  }
  return reference;
}

// -- Errors ----------------------------------------------------------------------------------------------------------

Error ScriptReader::error(std::string message, Token at) const {
  return source_.error(ErrorKind::Malformed, std::move(message), at.offset);
}

std::unexpected<Error> ScriptReader::unexpected(Token token, std::string_view wanted) const {
  if (token.kind == TokenKind::Error) return fail(error(lexer_.errorMessage(), token));
  return fail(error(concat(unexpectedToken(token, text(token)), "; expected ", wanted), token));
}

}  // namespace wasmrun::text
