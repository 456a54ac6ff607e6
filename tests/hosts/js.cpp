#include "js.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <regex>

namespace js {

namespace {

bool isBlank(char16_t c) {
  return (c >= 9 && c <= 13) || c == ' ' || c == 0xa0 || c == 0xfeff || c == 0x2028 || c == 0x2029;
}

// std::regex has no char16_t: units are widened one to one, and narrowed again.
std::wstring wide(std::u16string_view text) { return std::wstring(text.begin(), text.end()); }
std::u16string narrow(std::wstring_view text) { return std::u16string(text.begin(), text.end()); }

std::wregex compiled(const RegExp& pattern) {
  auto options = std::regex_constants::ECMAScript;
  if (pattern.flags.find(u'i') != std::u16string::npos) options |= std::regex_constants::icase;
  return std::wregex(wide(pattern.source), options);
}

void appendUtf8(std::string& to, char32_t c) {
  if (c < 0x80) {
    to += static_cast<char>(c);
  } else if (c < 0x800) {
    to += static_cast<char>(0xc0 | c >> 6);
    to += static_cast<char>(0x80 | (c & 63));
  } else if (c < 0x10000) {
    to += static_cast<char>(0xe0 | c >> 12);
    to += static_cast<char>(0x80 | (c >> 6 & 63));
    to += static_cast<char>(0x80 | (c & 63));
  } else {
    to += static_cast<char>(0xf0 | c >> 18);
    to += static_cast<char>(0x80 | (c >> 12 & 63));
    to += static_cast<char>(0x80 | (c >> 6 & 63));
    to += static_cast<char>(0x80 | (c & 63));
  }
}

}  // namespace

const std::u16string& text(const Ref& ref) {
  static const std::u16string kNone;
  const std::u16string* string = as<std::u16string>(ref);
  return string ? *string : kNone;
}

// -- Encodings -------------------------------------------------------------------------------------------------------

std::u16string utf16(std::string_view text) {
  std::u16string units;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    const int more = lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t c = more == 0 ? lead : lead & (0x3f >> more);
    for (int k = 0; k < more && i < text.size(); ++k) c = c << 6 | (static_cast<unsigned char>(text[i++]) & 0x3f);
    if (c >= 0x10000) {
      units += static_cast<char16_t>(0xd800 + ((c - 0x10000) >> 10));
      units += static_cast<char16_t>(0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
      units += static_cast<char16_t>(c);
    }
  }
  return units;
}

std::string utf8(std::u16string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const char32_t unit = text[i];
    const bool isPair = unit >> 10 == 0x36 && i + 1 < text.size() && text[i + 1] >> 10 == 0x37;
    if (isPair) {
      appendUtf8(bytes, 0x10000 + ((unit - 0xd800) << 10) + (text[++i] - 0xdc00u));
    } else {
      appendUtf8(bytes, unit >> 11 == 0x1b ? 0xfffd : unit);
    }
  }
  return bytes;
}

// -- Numbers ---------------------------------------------------------------------------------------------------------

std::u16string numberText(double number) {
  if (std::isnan(number)) return u"NaN";
  if (std::isinf(number)) return number < 0 ? u"-Infinity" : u"Infinity";
  if (number == 0) return u"0";
  // The shortest digits that read back, then JavaScript's rules for where the point goes.
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::abs(number), std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const size_t e = text.find('e');
  std::string digits(1, text[0]);
  if (e > 1) digits += text.substr(2, e - 2);
  const int point = std::atoi(std::string(text.substr(e + 1)).c_str()) + 1;
  const int count = static_cast<int>(digits.size());
  std::string out;
  if (count <= point && point <= 21) {
    out = digits + std::string(static_cast<size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    out = digits.substr(0, static_cast<size_t>(point)) + "." + digits.substr(static_cast<size_t>(point));
  } else if (-6 < point && point <= 0) {
    out = "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  } else {
    const std::string exponent = (point > 0 ? "e+" : "e-") + std::to_string(std::abs(point - 1));
    out = digits.substr(0, 1) + (count > 1 ? "." + digits.substr(1) : "") + exponent;
  }
  return utf16(number < 0 ? "-" + out : out);
}

std::u16string integerText(int64_t number, int radix) {
  char buffer[80];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, radix).ptr;
  return utf16(std::string_view(buffer, static_cast<size_t>(end - buffer)));
}

double parseNumber(std::u16string_view text) {
  const std::string bytes = utf8(trimmed(text));
  const char* const begin = bytes.data() + (bytes.starts_with('+') ? 1 : 0);
  const char* const end = bytes.data() + bytes.size();
  double number = 0;
  const auto [at, error] = std::from_chars(begin, end, number);
  return error == std::errc() && at == end ? number : std::numeric_limits<double>::quiet_NaN();
}

// -- Strings ---------------------------------------------------------------------------------------------------------

std::u16string trimmed(std::u16string_view text) {
  while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
  return std::u16string(text);
}

double indexOf(std::u16string_view text, std::u16string_view what, double from) {
  const double start = std::min(std::max(from, 0.0), static_cast<double>(text.size()));
  const size_t at = text.find(what, static_cast<size_t>(start));
  return at == std::u16string_view::npos ? -1 : static_cast<double>(at);
}

double lastIndexOf(std::u16string_view text, std::u16string_view what, double from) {
  const bool isAnywhere = std::isnan(from) || from >= static_cast<double>(text.size());
  const size_t at = text.rfind(what, isAnywhere ? text.npos : static_cast<size_t>(std::max(from, 0.0)));
  return at == std::u16string_view::npos ? -1 : static_cast<double>(at);
}

Ref split(const std::u16string& text, const Ref& by) {
  Array parts;
  const auto add = [&](std::u16string part) { parts.items.push_back(make(std::move(part))); };
  if (const RegExp* pattern = as<RegExp>(by)) {
    const std::wregex regex = compiled(*pattern);
    const std::wstring subject = wide(text);
    auto begin = subject.begin();
    for (std::wsregex_iterator match(begin, subject.end(), regex), end; match != end; ++match) {
      if (match->length() == 0) continue;
      add(narrow(std::wstring(begin, (*match)[0].first)));
      begin = (*match)[0].second;
    }
    add(narrow(std::wstring(begin, subject.end())));
  } else if (const std::u16string& separator = js::text(by); separator.empty()) {
    for (const char16_t unit : text) add(std::u16string(1, unit));
  } else {
    size_t begin = 0;
    for (size_t at; (at = text.find(separator, begin)) != text.npos; begin = at + separator.size())
      add(text.substr(begin, at - begin));
    add(text.substr(begin));
  }
  return make(std::move(parts));
}

Ref exec(RegExp& pattern, const std::u16string& text) {
  const bool isGlobal = pattern.flags.find(u'g') != std::u16string::npos;
  const std::wstring subject = wide(text);
  const size_t from = isGlobal ? static_cast<size_t>(pattern.lastIndex) : 0;
  std::wsmatch match;
  const auto begin = subject.begin() + static_cast<ptrdiff_t>(std::min(from, subject.size()));
  if (from > subject.size() || !std::regex_search(begin, subject.end(), match, compiled(pattern))) {
    pattern.lastIndex = 0;
    return nullptr;
  }
  if (isGlobal) pattern.lastIndex = static_cast<double>(match[0].second - subject.begin());
  Array groups;
  for (const auto& group : match) groups.items.push_back(group.matched ? make(narrow(group.str())) : make(Undefined()));
  return make(std::move(groups));
}

// -- JSON ------------------------------------------------------------------------------------------------------------

std::vector<std::u16string> parseStrings(std::string_view json) {
  std::vector<std::u16string> strings;
  size_t at = json.find('"');
  while (at < json.size()) {
    std::u16string string;
    std::string plain;  // a run without escapes, in UTF-8
    for (++at; at < json.size() && json[at] != '"'; ++at) {
      if (json[at] != '\\') {
        plain += json[at];
        continue;
      }
      string += utf16(plain);
      plain.clear();
      const char escape = ++at < json.size() ? json[at] : '"';
      constexpr std::string_view kNames = "bfnrt", kMeans = "\b\f\n\r\t";
      if (escape == 'u' && at + 4 < json.size()) {
        unsigned unit = 0;
        std::from_chars(json.data() + at + 1, json.data() + at + 5, unit, 16);
        string += static_cast<char16_t>(unit);
        at += 4;
      } else {
        const size_t which = kNames.find(escape);
        string += static_cast<char16_t>(which == kNames.npos ? escape : kMeans[which]);
      }
    }
    strings.push_back(string + utf16(plain));
    at = json.find('"', at + 1);
  }
  return strings;
}

}  // namespace js
