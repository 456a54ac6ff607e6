// JavaScript values, as far as programs need them that were compiled for a JavaScript host: strings, numbers, arrays,
// regular expressions. Wasm holds them as externrefs; undefined is a value, null is the null reference.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wasmrun/wasmrun.h"

namespace js {

struct Value;
using Ref = std::shared_ptr<Value>;  ///< null is JavaScript's null

struct Undefined {};
/// An object that is only passed around.
struct Object {};
struct Array {
  std::vector<Ref> items;
};
struct RegExp {
  std::u16string source;
  std::u16string flags;
  double lastIndex = 0;
};
/// A function of wasm.
struct Function {
  wasmrun::Func code;
};

struct Value {
  std::variant<Undefined, bool, double, std::u16string, Object, Array, RegExp, Function> is;
};

template <class T>
Ref make(T value) {
  return std::make_shared<Value>(Value{std::move(value)});
}
/// The T in a value, or null if it is none.
template <class T>
T* as(const Ref& ref) {
  return ref ? std::get_if<T>(&ref->is) : nullptr;
}
/// The string in a value; no string is empty.
const std::u16string& text(const Ref& ref);

/// UTF-8 to UTF-16 and back; halves of pairs become U+FFFD in UTF-8.
std::u16string utf16(std::string_view text);
std::string utf8(std::u16string_view text);

/// String(number), number.toString(radix) of an integer, and Number(string) for what Dart's double.parse allows.
std::u16string numberText(double number);
std::u16string integerText(int64_t number, int radix);
double parseNumber(std::u16string_view text);

/// text.trim().
std::u16string trimmed(std::u16string_view text);
/// text.indexOf(what, from) and lastIndexOf.
double indexOf(std::u16string_view text, std::u16string_view what, double from);
double lastIndexOf(std::u16string_view text, std::u16string_view what, double from);
/// text.split(by): `by` is a string or a regular expression that does not match nothing.
Ref split(const std::u16string& text, const Ref& by);
/// pattern.exec(text): an array of what it and its groups matched, or null.
Ref exec(RegExp& pattern, const std::u16string& text);

/// The strings of a JSON array of strings; what is none of that ends it.
std::vector<std::u16string> parseStrings(std::string_view json);

}  // namespace js
