#include "text/lexer.h"

#include <array>
#include <cstring>

#include "support/utf8.h"
#include "text/literals.h"

namespace wasmrun::text {

// -- Classes of characters ------------------------------------------------------------------------------------------

namespace {

enum CharClass : u8 {
  kIdChar = 1,        ///< part of names, keywords and numbers
  kSpace = 2,         ///< blank, tab, LF, CR
  kDigit = 4,         ///< 0-9
  kHexDigit = 8,      ///< 0-9 a-f A-F
  kInString = 16,     ///< stands for itself in a string: printable ASCII but for " and backslash
  kInComment = 32,    ///< means nothing in a line comment: ASCII but for LF and CR
  kInBlock = 64,      ///< means nothing in a block comment: ASCII but for ( and ;
  kListNeutral = 128  ///< means nothing to skipList
};

constexpr std::array<u8, 256> kClasses = [] {
  std::array<u8, 256> classes{};
  for (u32 c = 0; c < 256; ++c) {
    u32 bits = 0;
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) bits |= kIdChar;
    if (std::string_view("!#$%&'*+-./:<=>?@\\^_`|~").find(static_cast<char>(c)) != std::string_view::npos)
      bits |= kIdChar;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') bits |= kSpace;
    if (c >= '0' && c <= '9') bits |= kDigit;
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) bits |= kHexDigit;
    if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') bits |= kInString;
    if (c < 0x80 && c != '\n' && c != '\r') bits |= kInComment;
    if (c < 0x80 && c != '(' && c != ';') bits |= kInBlock;
    if (c != '(' && c != ')' && c != '"' && c != ';') bits |= kListNeutral;
    classes[c] = static_cast<u8>(bits);
  }
  return classes;
}();

bool is(char c, u8 classes) { return (kClasses[static_cast<u8>(c)] & classes) != 0; }

const char* skip(const char* p, const char* end, u8 classes) {
  while (p != end && is(*p, classes)) ++p;
  return p;
}

constexpr const char* kBadUtf8 = "malformed UTF-8 encoding";
constexpr const char* kUnclosedComment = "unclosed comment";
constexpr const char* kUnclosedString = "unclosed string";

}  // namespace

// -- Numbers --------------------------------------------------------------------------------------------------------

namespace {

/// digits ('_' digits)*: where they end, or null if there are none or an underscore is misplaced.
const char* scanDigits(const char* p, const char* end, u8 digit) {
  for (;;) {
    const char* const begin = p;
    p = skip(p, end, digit);
    if (p == begin) return nullptr;
    if (p == end || *p != '_') return p;
    ++p;
  }
}

/// What follows a number's sign: Natural, Float, or Reserved if it is no number.
TokenKind classifyUnsigned(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  if (text.size() == 1) return is(*p, kDigit) ? TokenKind::Natural : TokenKind::Reserved;
  if (text == "inf" || text == "nan") return TokenKind::Float;
  if (text.starts_with("nan:0x"))
    return scanDigits(p + 6, end, kHexDigit) == end ? TokenKind::Float : TokenKind::Reserved;
  const bool hex = text.starts_with("0x");
  const u8 digit = hex ? kHexDigit : kDigit;
  p = scanDigits(hex ? p + 2 : p, end, digit);
  if (p == nullptr) return TokenKind::Reserved;
  if (p == end) return TokenKind::Natural;
  if (*p == '.') {
    ++p;
    if (p != end && is(*p, digit)) p = scanDigits(p, end, digit);
    if (p == nullptr) return TokenKind::Reserved;
  }
  if (p != end && (*p | 0x20) == (hex ? 'p' : 'e')) {
    ++p;
    if (p != end && (*p == '+' || *p == '-')) ++p;
    p = scanDigits(p, end, kDigit);
  }
  return p == end ? TokenKind::Float : TokenKind::Reserved;
}

TokenKind classifyWord(std::string_view text) {
  const char first = text[0];
  if (first >= 'a' && first <= 'z') {
    const bool number = (first == 'i' || first == 'n') && classifyUnsigned(text) == TokenKind::Float;
    return number ? TokenKind::Float : TokenKind::Keyword;
  }
  if (first == '$') return TokenKind::Id;
  if (is(first, kDigit)) return classifyUnsigned(text);
  if ((first != '+' && first != '-') || text.size() == 1) return TokenKind::Reserved;
  const TokenKind kind = classifyUnsigned(text.substr(1));
  return kind == TokenKind::Natural ? TokenKind::Integer : kind;
}

}  // namespace

bool isNatural(std::string_view text) {
  return !text.empty() && is(text[0], kDigit) && classifyUnsigned(text) == TokenKind::Natural;
}

// -- Tokens ---------------------------------------------------------------------------------------------------------

Token Lexer::next() {
  const Token found = scan();
  if (found.kind == TokenKind::AnnotationStart && found.size == 2) [[unlikely]]
    return fail("empty annotation id", p_ - 2);
  return found;
}

Token Lexer::nextInAnnotation() { return scan(); }

Token Lexer::skipAnnotation(Token start) {
  for (u32 depth = 1;;) {
    const Token found = scan();
    switch (found.kind) {
      case TokenKind::LeftParen:
      case TokenKind::AnnotationStart: ++depth; break;
      case TokenKind::RightParen:
        if (--depth == 0) return found;
        break;
      case TokenKind::End: return fail("unclosed annotation", source_.data() + start.offset);
      case TokenKind::Error: return found;
      default: break;
    }
  }
}

Token Lexer::nextSkippingAnnotations() {
  for (;;) {
    const Token found = next();
    if (found.kind != TokenKind::AnnotationStart) return found;
    const Token closing = skipAnnotation(found);
    if (closing.kind == TokenKind::Error) return closing;
  }
}

Token Lexer::fail(const char* message, const char* at) {
  error_ = {message, at};
  const u32 size = at < end_ ? 1 : 0;
  return {TokenKind::Error, static_cast<u32>(at - source_.data()), size};
}

Token Lexer::scan() {
  if (error_.message != nullptr) [[unlikely]]
    return fail(error_.message, error_.at);
  for (;;) {
    p_ = skip(p_, end_, kSpace);
    if (p_ == end_) return token(TokenKind::End, p_);
    const char* const begin = p_;
    const char second = p_ + 1 != end_ ? p_[1] : '\0';
    switch (*p_) {
      case '(':
        if (second == '@') return scanAnnotationStart();
        if (second != ';') return ++p_, token(TokenKind::LeftParen, begin);
        if (!skipBlockComment()) return fail(error_.message, error_.at);
        continue;
      case ')': return ++p_, token(TokenKind::RightParen, begin);
      case ';':
        if (second != ';') return scanOther();
        if (!skipLineComment()) return fail(error_.message, error_.at);
        continue;
      default: return is(*p_, kIdChar) || *p_ == '"' ? scanWord() : scanOther();
    }
  }
}

/// A keyword, number, name or string, or a mixture of these, which means nothing.
Token Lexer::scanWord() {
  const char* const begin = p_;
  p_ = skip(p_, end_, kIdChar);
  if (p_ == end_ || *p_ != '"') [[likely]] {
    const TokenKind kind = classifyWord({begin, static_cast<size_t>(p_ - begin)});
    if (kind == TokenKind::Id && p_ - begin == 1) return fail("empty identifier", begin);
    return token(kind, begin);
  }
  const bool plain = p_ == begin;
  if (plain || (p_ - begin == 1 && *begin == '$')) {
    const char* const open = p_;
    if (!plain && !checkQuotedName(open, "empty identifier")) return fail(error_.message, error_.at);
    p_ = scanString(open);
    if (p_ == nullptr) return p_ = end_, fail(error_.message, error_.at);
    if (p_ == end_ || (!is(*p_, kIdChar) && *p_ != '"')) [[likely]]
      return token(plain ? TokenKind::String : TokenKind::Id, begin);
  }
  return scanMixedWord(begin);
}

Token Lexer::scanMixedWord(const char* begin) {
  for (;;) {
    p_ = skip(p_, end_, kIdChar);
    if (p_ == end_ || *p_ != '"') return token(TokenKind::Reserved, begin);
    p_ = scanString(p_);
    if (p_ == nullptr) return p_ = end_, fail(error_.message, error_.at);
  }
}

Token Lexer::scanOther() {
  const char* const begin = p_;
  if (std::memchr(",;[]{}", *p_, 6) != nullptr) return ++p_, token(TokenKind::Reserved, begin);
  const std::string_view rest(p_, static_cast<size_t>(end_ - p_));
  if (rest.starts_with("\xef\xbb\xbf")) return fail("illegal character: a byte order mark (U+FEFF)", begin);
  return fail(support::utf8SequenceLength(rest) == 0 ? kBadUtf8 : "illegal character", begin);
}

Token Lexer::scanAnnotationStart() {
  const char* const begin = p_;
  p_ += 2;
  if (p_ != end_ && *p_ == '"') {
    const char* const open = p_;
    if (!checkQuotedName(open, "empty annotation id")) return fail(error_.message, error_.at);
    p_ = scanString(open);
  } else {
    p_ = skip(p_, end_, kIdChar);
  }
  return token(TokenKind::AnnotationStart, begin);
}

// -- Strings --------------------------------------------------------------------------------------------------------

/// From a string's opening quote: the place after the closing one; null, with the error set, if it is no string.
const char* Lexer::scanString(const char* open) {
  const char* p = open + 1;
  for (;;) {
    p = skip(p, end_, kInString);
    if (p == end_ || *p == '\n' || *p == '\r') return error_ = {kUnclosedString, open}, nullptr;
    if (*p == '"') return p + 1;
    if (*p == '\\') {
      p = scanEscape(p);
      if (p == nullptr) return nullptr;
      continue;
    }
    const u8 byte = static_cast<u8>(*p);
    if (byte < 0x80) return error_ = {"illegal character in string", p}, nullptr;
    const size_t length = support::utf8SequenceLength({p, static_cast<size_t>(end_ - p)});
    if (length == 0) return error_ = {kBadUtf8, p}, nullptr;
    p += length;
  }
}

const char* Lexer::scanEscape(const char* backslash) {
  const size_t left = static_cast<size_t>(end_ - backslash);
  if (left >= 2 && std::memchr("tnr\"'\\", backslash[1], 6) != nullptr) return backslash + 2;
  if (left >= 3 && is(backslash[1], kHexDigit) && is(backslash[2], kHexDigit)) return backslash + 3;
  if (left >= 4 && backslash[1] == 'u' && backslash[2] == '{') {
    const char* const digits = backslash + 3;
    const char* const close = scanDigits(digits, end_, kHexDigit);
    if (close != nullptr && close != end_ && *close == '}') {
      u32 code = 0;
      for (const char* p = digits; p != close && code <= 0x10ffff; ++p)
        if (*p != '_') code = code * 16 + static_cast<u32>(*p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10);
      if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return close + 1;
      return error_ = {kBadUtf8, backslash}, nullptr;
    }
  }
  return error_ = {"illegal escape", backslash}, nullptr;
}

/// A string that serves as a name has to have bytes, and be UTF-8 after its escapes.
bool Lexer::checkQuotedName(const char* open, const char* emptyMessage) {
  const char* const close = scanString(open);
  const bool badUtf8 = close == nullptr && error_.message == kBadUtf8;
  if ((close == nullptr && !badUtf8) || (close != nullptr && close - open == 2))
    return error_ = {emptyMessage, open}, false;
  if (badUtf8) return false;
  const std::string_view quoted(open, static_cast<size_t>(close - open));
  if (quoted.find('\\') != std::string_view::npos && !support::isUtf8(decodeString(quoted)))
    return error_ = {kBadUtf8, open}, false;
  return true;
}

// -- Comments -------------------------------------------------------------------------------------------------------

bool Lexer::skipLineComment() {
  for (;;) {
    p_ = skip(p_, end_, kInComment);
    if (p_ == end_ || *p_ == '\n' || *p_ == '\r') return true;
    const size_t length = support::utf8SequenceLength({p_, static_cast<size_t>(end_ - p_)});
    if (length == 0) return error_ = {kBadUtf8, p_}, false;
    p_ += length;
  }
}

bool Lexer::skipBlockComment() {
  const char* const begin = p_;
  p_ += 2;
  for (u32 depth = 1; depth != 0;) {
    p_ = skip(p_, end_, kInBlock);
    if (p_ == end_) return error_ = {kUnclosedComment, begin}, false;
    const char second = p_ + 1 != end_ ? p_[1] : '\0';
    if (*p_ == '(' && second == ';') {
      ++depth, p_ += 2;
    } else if (*p_ == ';' && second == ')') {
      --depth, p_ += 2;
    } else {
      const size_t length = support::utf8SequenceLength({p_, static_cast<size_t>(end_ - p_)});
      if (length == 0) return error_ = {kBadUtf8, p_}, false;
      p_ += length;
    }
  }
  return true;
}

// -- Skipping a list ------------------------------------------------------------------------------------------------

bool Lexer::skipList() {
  for (u32 depth = 1;;) {
    p_ = skip(p_, end_, kListNeutral);
    if (p_ == end_) return false;
    const char second = p_ + 1 != end_ ? p_[1] : '\0';
    if (*p_ == '"') {
      p_ = scanString(p_);
      if (p_ == nullptr) return error_ = {}, p_ = end_, false;
    } else if (*p_ == ';' && second == ';') {
      if (!skipLineComment()) return error_ = {}, p_ = end_, false;
    } else if (*p_ == '(' && second == ';') {
      if (!skipBlockComment()) return error_ = {}, p_ = end_, false;
    } else {
      if (*p_ == '(') ++depth;
      if (*p_ == ')' && --depth == 0) return ++p_, true;
      ++p_;
    }
  }
}

}  // namespace wasmrun::text
