// J2CL: Java compiled by Google's compiler and Binaryen. Its strings are JavaScript's.
#include <cmath>
#include <string>

#include "host.h"

namespace hosts {

using wasmrun::Result;
using wasmrun::Value;

Result<void> runJ2cl(Host& host, std::span<const std::string> arguments) {
  const std::string module = "imports";
  host.function(module, "performance.now", [&host](auto&) { return Value(host.now()); });
  host.function(module, "Math.sin", [](auto& a) { return Value(std::sin(a.f64(0))); });
  host.function(module, "Number.prototype.toString.call$1", [&host](auto& a) {
    return host.give(js::numberText(a[0].kind() == wasmrun::ValKind::F32 ? a[0].f32() : a.f64(0)));
  });
  host.function(module, "Number.prototype.toString.call$2",
                [&host](auto& a) { return host.give(js::integerText(a.i32(0), a.i32(1))); });
  host.function(module, "string.indexOf$2",
                [](auto& a) { return Value(static_cast<int32_t>(js::indexOf(a.text(0), a.text(1), a.i32(2)))); });
  host.function(module, "string.lastIndexOf$2",
                [](auto& a) { return Value(static_cast<int32_t>(js::lastIndexOf(a.text(0), a.text(1), a.i32(2)))); });
  host.function(module, "Error", [&host](auto&) { return host.give(js::make(js::Object())); });
  host.function(module, "j2wasm.ExceptionUtils.setJavaThrowable", [](auto&) { return Value(); });
  host.function(module, "j2wasm.StringUtils.generateClassName", [&host, count = 1000](auto&) mutable {
    return host.give(u"Class$obf_" + js::integerText(++count, 10));
  });

  std::map<std::string, std::u16string> constants;
  for (const wasmrun::CustomSection& section : host.module().customSections()) {
    if (section.name != "string.consts") continue;
    const std::string_view json(reinterpret_cast<const char*>(section.contents.data()), section.contents.size());
    const std::vector<std::u16string> strings = js::parseStrings(json);
    for (size_t i = 0; i < strings.size(); ++i) constants[std::to_string(i)] = strings[i];
  }
  host.strings("string.const", std::move(constants));

  auto instance = host.instantiate();
  if (!instance) return fail(std::move(instance).error());
  auto run = instance->typed<void(int32_t)>("runFixedCount");
  if (!run) return fail(std::move(run).error());
  return (*run)(arguments.empty() ? 1 : std::stoi(arguments[0]));
}

}  // namespace hosts
