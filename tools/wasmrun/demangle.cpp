#include "demangle.h"

#include <cxxabi.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace wasmrun::cli {

/// Whether a name's last component is the hash that Rust's legacy mangling adds: "::h" and 16 hexadecimal digits.
static bool endsInRustHash(std::string_view name) {
  constexpr size_t kLength = 3 + 16;
  if (name.size() <= kLength) return false;
  std::string_view end = name.substr(name.size() - kLength);
  auto isDigit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return end.starts_with("::h") && std::all_of(end.begin() + 3, end.end(), isDigit);
}

/// Undoes how Rust writes characters that a C++ name cannot have: $LT$ for <, $u7b$ for {, .. for ::, and an underscore
/// before a component that would begin with one of them.
static std::string withRustCharacters(std::string_view name) {
  struct Escape {
    std::string_view written;
    std::string_view meant;
  };
  constexpr Escape kEscapes[] = {{"$LT$", "<"},  {"$GT$", ">"},  {"$LP$", "("},  {"$RP$", ")"},  {"$C$", ","},
                                 {"$RF$", "&"},  {"$BP$", "*"},  {"$SP$", "@"},  {"$u20$", " "}, {"$u27$", "'"},
                                 {"$u5b$", "["}, {"$u5d$", "]"}, {"$u7b$", "{"}, {"$u7d$", "}"}, {"$u7e$", "~"},
                                 {"$u3b$", ";"}, {"$u2b$", "+"}, {"..", "::"}};
  std::string result;
  while (!name.empty()) {
    bool isStart = result.empty() || result.ends_with("::");
    if (isStart && name.starts_with("_$")) name.remove_prefix(1);
    auto escape = std::find_if(std::begin(kEscapes), std::end(kEscapes),
                               [&](const Escape& candidate) { return name.starts_with(candidate.written); });
    bool found = escape != std::end(kEscapes);
    result += found ? escape->meant : name.substr(0, 1);
    name.remove_prefix(found ? escape->written.size() : 1);
  }
  return result;
}

/// How often a mangled name refers back to a part of itself (S0_, T_): each time, that part is written out again, so
/// that a short name may stand for a text of any length.
static size_t countReferences(std::string_view mangled) {
  size_t count = 0;
  for (size_t i = 0; i + 1 < mangled.size(); i++) {
    if (mangled[i] != 'S' && mangled[i] != 'T') continue;
    size_t end = i + 1;
    while (end < mangled.size() && std::isalnum(static_cast<unsigned char>(mangled[end])) && end - i < 4) end++;
    count += end < mangled.size() && mangled[end] == '_';
  }
  return count;
}

std::string demangled(const std::string& name) {
  // Names come out of modules, and the demangler recurses on their nesting and may double its text at each reference.
  constexpr size_t kLongest = 1024;
  constexpr size_t kMostReferences = 16;
  if (!name.starts_with("_Z") || name.size() > kLongest || countReferences(name) > kMostReferences) return name;
  // Rust's compiler may add ".llvm.NUMBER" to a name that it shares between units.
  std::string mangled = name.substr(0, name.find(".llvm."));
  int status = 0;
  std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status),
                                              std::free);
  if (status != 0 || !text) return name;
  std::string_view readable(text.get());
  if (!endsInRustHash(readable)) return std::string(readable);
  return withRustCharacters(readable.substr(0, readable.size() - 19));
}

}  // namespace wasmrun::cli
