// Host: gives a module what a JavaScript host would: functions by name, strings as constants, JavaScript's strings
// ("wasm:js-string", the JS String Builtins proposal), a clock and random numbers that are the same in every run.
//
// Calls can be summed up in a number, so that two hosts can tell whether a module behaved the same in both.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "js.h"

namespace hosts {

/// The arguments of a call.
class Arguments {
 public:
  explicit Arguments(std::span<const wasmrun::Value> values) : values_(values) {}
  size_t size() const { return values_.size(); }
  const wasmrun::Value& operator[](size_t i) const { return values_[i]; }
  int32_t i32(size_t i) const { return values_[i].i32(); }
  double f64(size_t i) const { return values_[i].f64(); }
  /// An externref; null for null and for what is no JavaScript value.
  js::Ref js(size_t i) const { return values_[i].externref().get<js::Value>(); }
  const std::u16string& text(size_t i) const;

 private:
  std::span<const wasmrun::Value> values_;
};

class Host {
 public:
  /// What an import does. Its result is left out when the import has none.
  using Function = std::function<wasmrun::Result<wasmrun::Value>(const Arguments&)>;

  Host(wasmrun::StoreRef store, wasmrun::Module module);

  void function(const std::string& module, const std::string& name, Function function);
  /// Imported globals of this module are strings: their own names, or what `named` says.
  void strings(const std::string& module, std::map<std::string, std::u16string> named = {});
  /// An import that has no function traps when it is called.
  wasmrun::Result<wasmrun::Instance> instantiate();

  wasmrun::StoreRef store() const { return store_; }
  const wasmrun::Module& module() const { return module_; }
  const wasmrun::Instance& instance() const { return instance_; }
  /// A JavaScript value as wasm gets it. Limit error when the heap is full.
  wasmrun::Result<wasmrun::Value> give(js::Ref value) const;
  wasmrun::Result<wasmrun::Value> give(std::u16string text) const { return give(js::make(std::move(text))); }

  /// Milliseconds, a quarter more at each call.
  double now() { return milliseconds_ += 0.25; }
  void print(std::u16string_view line);

  /// Sums up calls from now on: their names, and numbers and strings among their arguments.
  void sumUpCalls() { isSummedUp_ = true; }
  uint64_t calls() const { return calls_; }
  uint32_t sum() const { return sum_; }

 private:
  void stringBuiltins();
  wasmrun::Result<std::u16string> readChars(const wasmrun::Value& array, uint32_t begin, uint32_t end);
  wasmrun::Result<void> writeChars(const wasmrun::Value& array, uint32_t at, std::u16string_view text);
  wasmrun::Result<wasmrun::Extern> provide(const wasmrun::ImportType& import);
  wasmrun::Result<wasmrun::Extern> provideFunction(const wasmrun::ImportType& import);
  void sumUp(const wasmrun::ImportType& import, const Arguments& arguments);
  void add(uint32_t bits) { sum_ = (sum_ ^ bits) * 16777619; }

  wasmrun::StoreRef store_;
  wasmrun::Module module_;
  wasmrun::Instance instance_;
  wasmrun::Instance chars_;  // reads and writes arrays of characters
  std::map<std::pair<std::string, std::string>, Function> functions_;
  std::map<std::string, std::map<std::string, std::u16string>> strings_;
  double milliseconds_ = 1000;
  bool isSummedUp_ = false;
  uint64_t calls_ = 0;
  uint32_t sum_ = 2166136261;
};

// -- What the programs of each compiler import, and how they are started
// -----------------------------------------------

/// J2CL (Java): runs the benchmark `arguments[0]` times.
wasmrun::Result<void> runJ2cl(Host& host, std::span<const std::string> arguments);
/// dart2wasm: main with the arguments, and everything it puts off.
wasmrun::Result<void> runDart(Host& host, std::span<const std::string> arguments);
/// MoonBit: `_start`.
wasmrun::Result<void> runMoonbit(Host& host, std::span<const std::string> arguments);
/// TeaVM (Java): main with the arguments.
wasmrun::Result<void> runTeavm(Host& host, std::span<const std::string> arguments);

}  // namespace hosts
