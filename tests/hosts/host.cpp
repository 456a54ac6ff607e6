#include "host.h"

#include <algorithm>
#include <bit>
#include <cstdio>

namespace hosts {

using wasmrun::Error;
using wasmrun::Extern;
using wasmrun::ImportType;
using wasmrun::Result;
using wasmrun::Value;

namespace {

/// Characters at once: what the memory below has room for.
constexpr uint32_t kCharsAtOnce = 32768;

/// Arrays of characters and memory, one to the other: the type is the one that the proposal names.
constexpr std::string_view kChars = R"(
  (type $chars (array (mut i16)))
  (memory (export "memory") 1)
  (func (export "read") (param $from (ref null $chars)) (param $begin i32) (param $count i32) (local $i i32)
    (loop $next
      (if (i32.lt_u (local.get $i) (local.get $count))
        (then
          (i32.store16 (i32.shl (local.get $i) (i32.const 1))
            (array.get_u $chars (local.get $from) (i32.add (local.get $begin) (local.get $i))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next)))))
  (func (export "write") (param $to (ref null $chars)) (param $begin i32) (param $count i32) (local $i i32)
    (loop $next
      (if (i32.lt_u (local.get $i) (local.get $count))
        (then
          (array.set $chars (local.get $to) (i32.add (local.get $begin) (local.get $i))
            (i32.load16_u (i32.shl (local.get $i) (i32.const 1))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next)))))
  (func (export "length") (param (ref null $chars)) (result i32) (array.len (local.get 0))))";

Result<wasmrun::Instance> makeChars(wasmrun::StoreRef store) {
  auto module = wasmrun::Module::compileText(store.engine(), kChars, "chars");
  if (!module) return fail(std::move(module).error());
  return wasmrun::Instance::make(store, *module, {});
}

/// Calls an export of the instance of kChars.
Result<Value> callChars(const wasmrun::Instance& chars, std::string_view name, std::initializer_list<Value> arguments) {
  auto function = chars.func(name);
  if (!function) return fail(std::move(function).error());
  auto results = function->call(arguments);
  if (!results) return fail(std::move(results).error());
  return results->empty() ? Value() : results->front();
}

}  // namespace

const std::u16string& Arguments::text(size_t i) const { return js::text(js(i)); }

Host::Host(wasmrun::StoreRef store, wasmrun::Module module) : store_(store), module_(std::move(module)) {
  stringBuiltins();
}

void Host::function(const std::string& module, const std::string& name, Function function) {
  functions_[{module, name}] = std::move(function);
}

void Host::strings(const std::string& module, std::map<std::string, std::u16string> named) {
  strings_[module] = std::move(named);
}

Result<Value> Host::give(js::Ref value) const {
  if (!value) return Value(wasmrun::ExternRef());
  auto ref = wasmrun::ExternRef::make(store_, std::move(value));
  if (!ref) return fail(std::move(ref).error());
  return Value(*std::move(ref));
}

void Host::print(std::u16string_view line) { std::printf("%s\n", js::utf8(line).c_str()); }

// -- Linking ---------------------------------------------------------------------------------------------------------

Result<wasmrun::Instance> Host::instantiate() {
  auto chars = makeChars(store_);
  if (!chars) return chars;
  chars_ = *std::move(chars);
  std::vector<Extern> imports;
  for (const ImportType& import : module_.imports()) {
    auto item = provide(import);
    if (!item) return fail(std::move(item).error());
    imports.push_back(*std::move(item));
  }
  auto instance = wasmrun::Instance::make(store_, module_, imports);
  if (instance) instance_ = *instance;
  return instance;
}

Result<Extern> Host::provide(const ImportType& import) {
  if (import.type.function() != nullptr) return provideFunction(import);
  if (const wasmrun::TagType* type = import.type.tag()) {
    auto tag = wasmrun::Tag::make(store_, *type);
    if (!tag) return fail(std::move(tag).error());
    return *std::move(tag);
  }
  const auto strings = strings_.find(import.module);
  if (const wasmrun::GlobalType* type = import.type.global(); type != nullptr && strings != strings_.end()) {
    const auto named = strings->second.find(import.name);
    auto text = give(named == strings->second.end() ? js::utf16(import.name) : named->second);
    if (!text) return fail(std::move(text).error());
    auto global = wasmrun::Global::make(store_, *type, *text);
    if (!global) return fail(std::move(global).error());
    return *std::move(global);
  }
  return wasmrun::failTrap("import \"" + import.module + "\" \"" + import.name + "\" is nothing this host has");
}

Result<Extern> Host::provideFunction(const ImportType& import) {
  const auto found = functions_.find({import.module, import.name});
  Function call = found != functions_.end() ? found->second : [name = import.module + "." + import.name](auto&) {
    return Result<Value>(wasmrun::failTrap("this host has no " + name));
  };
  auto made = wasmrun::Func::make(
      store_, *import.type.function(),
      [this, &import, call](wasmrun::Caller&, std::span<const Value> values, std::span<Value> results) -> Result<void> {
        const Arguments arguments(values);
        if (isSummedUp_) sumUp(import, arguments);
        auto result = call(arguments);
        if (!result) return fail(std::move(result).error());
        if (!results.empty()) results[0] = *std::move(result);
        return {};
      });
  if (!made) return fail(std::move(made).error());
  return *std::move(made);
}

/// What reference.mjs does, to the same number.
void Host::sumUp(const ImportType& import, const Arguments& arguments) {
  ++calls_;
  const auto addNumber = [this](double number) { add(std::bit_cast<uint32_t>(static_cast<float>(number))); };
  for (const char c : import.name) add(static_cast<unsigned char>(c));
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Value& value = arguments[i];
    switch (value.kind()) {
      case wasmrun::ValKind::I32: addNumber(value.i32()); break;
      case wasmrun::ValKind::I64: addNumber(static_cast<double>(value.i64())); break;
      case wasmrun::ValKind::F32: addNumber(value.f32()); break;
      case wasmrun::ValKind::F64: addNumber(value.f64()); break;
      default: {
        const js::Ref js = arguments.js(i);
        if (const auto* text = js::as<std::u16string>(js)) {
          for (const char16_t unit : *text) add(unit);
        } else if (const double* number = js::as<double>(js)) {
          addNumber(*number);
        } else {
          add('o');
        }
      }
    }
  }
}

// -- Strings ---------------------------------------------------------------------------------------------------------

Result<std::u16string> Host::readChars(const Value& array, uint32_t begin, uint32_t end) {
  std::u16string text;
  while (begin < end) {
    const uint32_t count = std::min(end - begin, kCharsAtOnce);
    auto done = callChars(chars_, "read", {array, begin, count});
    if (!done) return fail(std::move(done).error());
    const auto memory = chars_.memory("memory");
    for (uint32_t i = 0; i < count; ++i)
      text += static_cast<char16_t>(memory->data()[2 * i] | memory->data()[2 * i + 1] << 8);
    begin += count;
  }
  return text;
}

Result<void> Host::writeChars(const Value& array, uint32_t at, std::u16string_view text) {
  while (!text.empty()) {
    const uint32_t count = static_cast<uint32_t>(std::min<size_t>(text.size(), kCharsAtOnce));
    const auto memory = chars_.memory("memory");
    for (uint32_t i = 0; i < count; ++i) {
      memory->data()[2 * i] = static_cast<uint8_t>(text[i] & 0xff);
      memory->data()[2 * i + 1] = static_cast<uint8_t>(text[i] >> 8);
    }
    if (auto done = callChars(chars_, "write", {array, at, count}); !done) return fail(std::move(done).error());
    text.remove_prefix(count);
    at += count;
  }
  return {};
}

void Host::stringBuiltins() {
  const std::string module = "wasm:js-string";
  function(module, "test", [](auto& a) { return Value(js::as<std::u16string>(a.js(0)) != nullptr); });
  function(module, "cast", [](auto& a) -> Result<Value> {
    if (js::as<std::u16string>(a.js(0)) == nullptr) return wasmrun::failTrap("illegal cast to string");
    return a[0];
  });
  function(module, "length", [](auto& a) { return Value(static_cast<uint32_t>(a.text(0).size())); });
  function(module, "equals", [](auto& a) { return Value(a.text(0) == a.text(1)); });
  function(module, "compare", [](auto& a) {
    const int order = a.text(0).compare(a.text(1));
    return Value(order < 0 ? -1 : order > 0 ? 1 : 0);
  });
  function(module, "concat", [this](auto& a) { return give(a.text(0) + a.text(1)); });
  function(module, "fromCharCode",
           [this](auto& a) { return give(std::u16string(1, static_cast<char16_t>(a.i32(0)))); });
  function(module, "charCodeAt", [](auto& a) -> Result<Value> {
    const auto at = static_cast<uint32_t>(a.i32(1));
    const std::u16string& text = a.text(0);
    if (at >= text.size()) return wasmrun::failTrap("string offset out of bounds");
    return Value(int32_t{text[at]});
  });
  function(module, "substring", [this](auto& a) {
    const std::u16string& text = a.text(0);
    const auto begin = static_cast<uint32_t>(a.i32(1)), end = static_cast<uint32_t>(a.i32(2));
    return give(begin > end || begin > text.size() ? std::u16string() : text.substr(begin, end - begin));
  });
  function(module, "fromCharCodeArray", [this](auto& a) -> Result<Value> {
    auto text = readChars(a[0], static_cast<uint32_t>(a.i32(1)), static_cast<uint32_t>(a.i32(2)));
    if (!text) return fail(std::move(text).error());
    return give(*std::move(text));
  });
  function(module, "intoCharCodeArray", [this](auto& a) -> Result<Value> {
    auto done = writeChars(a[1], static_cast<uint32_t>(a.i32(2)), a.text(0));
    if (!done) return fail(std::move(done).error());
    return Value(static_cast<uint32_t>(a.text(0).size()));
  });
}

}  // namespace hosts
