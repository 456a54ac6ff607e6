// TeaVM: Java. Its start function makes a JavaScript function of main, which a global holds.
#include <cmath>
#include <string>

#include "host.h"

namespace hosts {

using wasmrun::ExternRef;
using wasmrun::Result;
using wasmrun::Value;

namespace {

void defineConsole(Host& host) {
  host.function("teavmConsole", "putcharStdout", [&host, line = std::u16string()](auto& a) mutable {
    if (a.i32(0) == '\n') {
      host.print(line);
      line.clear();
    } else {
      line += static_cast<char16_t>(a.i32(0));
    }
    return Value();
  });
  host.function("teavmMath", "sqrt", [](auto& a) { return Value(std::sqrt(a.f64(0))); });
  host.function("teavmMath", "random", [](auto&) { return Value(0.5); });
  host.function("teavm", "takeStackTrace", [](auto&) { return Value(ExternRef()); });
  host.function("teavm", "decorateException", [](auto&) { return Value(); });
}

void defineObjects(Host& host) {
  const std::string module = "teavmJso";
  const auto object = [&host](auto&) { return host.give(js::make(js::Object())); };
  for (const char* name : {"createClass", "createFunction1"}) host.function(module, name, object);
  host.function(module, "defineStaticMethod", [](auto&) { return Value(); });
  host.function(module, "defineFunction", [&host](auto& a) { return host.give(js::make(js::Function{a[0].func()})); });
  // The one function that is made of text and called is `str => str`.
  host.function(module, "callFunction1", [](auto& a) { return a[1]; });
  host.function(module, "getProperty", [&host](auto& a) -> Result<Value> {
    const js::Ref value = a.js(0), name = a.js(1);
    const js::Array* array = js::as<js::Array>(value);
    const double* index = js::as<double>(name);
    if (array == nullptr) return wasmrun::failTrap("properties are those of arrays here");
    if (a.text(1) == u"length") return host.give(js::make(static_cast<double>(array->items.size())));
    const bool isInside = index != nullptr && *index >= 0 && *index < static_cast<double>(array->items.size());
    return host.give(isInside ? array->items[static_cast<size_t>(*index)] : js::make(js::Undefined()));
  });
}

void defineValues(Host& host) {
  const std::string module = "teavmJso";
  host.function(module, "stringBuiltinsSupported", [](auto&) { return Value(true); });
  host.function(module, "isUndefined", [](auto& a) { return Value(js::as<js::Undefined>(a.js(0)) != nullptr); });
  host.function(module, "isPrimitive",
                [](auto& a) { return Value(a.text(1) == u"string" && js::as<std::u16string>(a.js(0)) != nullptr); });
  host.function(module, "wrapInt", [&host](auto& a) { return host.give(js::make(double{1} * a.i32(0))); });
  host.function(module, "unwrapInt", [](auto& a) {
    const double* number = js::as<double>(a.js(0));
    return Value(number != nullptr ? static_cast<int32_t>(*number) : 0);
  });
  host.function(module, "wrapObject", [&host](auto& a) -> Result<Value> {
    auto wrap = host.instance().func("teavm.jso.createWrapper");
    if (!wrap) return fail(std::move(wrap).error());
    auto results = wrap->call({a[0]});
    if (!results) return fail(std::move(results).error());
    return results->front();
  });
}

}  // namespace

Result<void> runTeavm(Host& host, std::span<const std::string> arguments) {
  defineConsole(host);
  defineObjects(host);
  defineValues(host);
  auto instance = host.instantiate();
  if (!instance) return fail(std::move(instance).error());
  auto global = instance->global("main");
  if (!global) return fail(std::move(global).error());
  const js::Ref main = global->get()->externref().get<js::Value>();
  const js::Function* function = js::as<js::Function>(main);
  if (function == nullptr) return wasmrun::failTrap("main is no function");
  js::Array words;
  for (const std::string& argument : arguments) words.items.push_back(js::make(js::utf16(argument)));
  auto given = host.give(js::make(std::move(words)));
  if (!given) return fail(std::move(given).error());
  if (auto done = function->code.call({*given}); !done) return fail(std::move(done).error());
  return {};
}

}  // namespace hosts
