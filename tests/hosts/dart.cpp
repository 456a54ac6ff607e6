// dart2wasm: Dart. Its compiler writes the functions that it imports from JavaScript with the module, and numbers them;
// here are those that a program calls which draws to no screen.
#include <cmath>
#include <deque>
#include <string>

#include "host.h"

namespace hosts {

using wasmrun::AnyRef;
using wasmrun::Result;
using wasmrun::Value;

namespace {

class Dart {
 public:
  explicit Dart(Host& host) : host_(host) {}
  Result<void> run(std::span<const std::string> arguments);

 private:
  struct Timer {
    double at = 0;
    double id = 0;
    AnyRef callback;
  };
  using Call = Host::Function;

  void define(int number, Call call) { host_.function("dart2wasm", "_" + std::to_string(number), std::move(call)); }
  Result<Value> give(js::Ref value) { return host_.give(std::move(value)); }

  void defineNumbers();
  void defineStrings();
  void defineArrays();
  void definePatterns();
  void defineObjects();
  void defineTime();
  Result<void> runPutOff();
  Result<void> invoke(const AnyRef& callback);

  Host& host_;
  std::deque<AnyRef> tasks_;
  std::vector<Timer> timers_;
  double time_ = 0;       // of the timers, in ms
  double lastTimer_ = 0;  // its id
};

// -- What is imported ------------------------------------------------------------------------------------------------

void Dart::defineNumbers() {
  const auto math = [this](const char* name, double (*function)(double)) {
    host_.function("Math", name, [function](auto& a) { return Value(function(a.f64(0))); });
  };
  math("sin", [](double x) { return std::sin(x); });
  math("cos", [](double x) { return std::cos(x); });
  math("asin", [](double x) { return std::asin(x); });
  math("exp", [](double x) { return std::exp(x); });
  math("log", [](double x) { return std::log(x); });
  host_.function("Math", "pow", [](auto& a) { return Value(std::pow(a.f64(0), a.f64(1))); });
  host_.function("Math", "atan2", [](auto& a) { return Value(std::atan2(a.f64(0), a.f64(1))); });
  define(298, [this](auto&) { return give(js::make(js::Object())); });  // Math
  define(295, [this](auto&) { return give(js::make(0.5)); });           // Math.random
  define(73, [](auto& a) { return Value(js::parseNumber(a.text(0))); });
  define(77, [](auto& a) { return Value(js::parseNumber(a.text(0))); });
  define(299, [this](auto& a) { return host_.give(js::integerText(a.i32(0), a.i32(1))); });
  define(300, [this](auto& a) { return host_.give(js::integerText(a[0].i64(), a.i32(1))); });
  define(301, [this](auto& a) { return host_.give(js::numberText(a.f64(0))); });
  define(245, [](auto& a) {
    const double* number = js::as<double>(a.js(0));
    return Value(number != nullptr ? *number : std::nan(""));
  });
  define(246, [this](auto& a) { return give(js::make(a.f64(0))); });
  define(247, [](auto& a) {
    const bool* truth = js::as<bool>(a.js(0));
    return Value(truth != nullptr && *truth);
  });
}

void Dart::defineStrings() {
  host_.strings("S");
  define(100, [this](auto& a) {
    host_.print(a.text(0));
    return Value();
  });
  define(105, [this](auto& a) { return host_.give(js::trimmed(a.text(0))); });
  define(109, [](auto& a) { return Value(js::indexOf(a.text(0), a.text(1), a.i32(2))); });
  define(110, [](auto& a) { return Value(js::lastIndexOf(a.text(0), a.text(1), a.f64(2))); });
  define(111, [this](auto& a) { return give(js::split(a.text(0), a.js(1))); });
  define(78, [this](auto&) { return host_.give(u""); });  // a stack trace
}

void Dart::defineArrays() {
  const auto lengthOf = [](const js::Ref& value) {
    const js::Array* array = js::as<js::Array>(value);
    return static_cast<double>(array != nullptr ? array->items.size() : js::text(value).size());
  };
  define(39, [this, lengthOf](auto& a) { return give(js::make(lengthOf(a.js(0)))); });
  define(124, [lengthOf](auto& a) { return Value(lengthOf(a.js(0))); });
  define(113, [](auto& a) { return Value(js::as<js::Array>(a.js(0)) != nullptr); });
  define(126, [this](auto& a) -> Result<Value> {
    const js::Ref value = a.js(0);
    const js::Array* array = js::as<js::Array>(value);
    const auto at = static_cast<uint32_t>(a.i32(1));
    if (array == nullptr || at >= array->items.size()) return give(js::make(js::Undefined()));
    return give(array->items[at]);
  });
}

void Dart::definePatterns() {
  define(233, [this](auto& a) { return give(js::make(js::RegExp{a.text(0), a.text(1)})); });
  define(234, [this](auto& a) -> Result<Value> {
    const js::Ref value = a.js(0);
    js::RegExp* pattern = js::as<js::RegExp>(value);
    return give(pattern != nullptr ? js::exec(*pattern, a.text(1)) : nullptr);
  });
  define(243, [](auto& a) { return Value(js::as<js::RegExp>(a.js(0)) != nullptr); });
  define(290, [](auto& a) {
    const js::Ref value = a.js(0), index = a.js(1);
    const double* number = js::as<double>(index);
    if (js::RegExp* pattern = js::as<js::RegExp>(value); pattern != nullptr && number != nullptr)
      pattern->lastIndex = *number;
    return Value();
  });
  constexpr std::pair<int, char16_t> kFlags[] = {{286, u'm'}, {287, u'i'}, {288, u'u'}, {289, u's'}};
  for (const auto& [number, flag] : kFlags) {
    define(number, [this, flag](auto& a) {
      const js::Ref value = a.js(0);
      const js::RegExp* pattern = js::as<js::RegExp>(value);
      return give(js::make(pattern != nullptr && pattern->flags.find(flag) != std::u16string::npos));
    });
  }
}

void Dart::defineObjects() {
  for (const int number : {69, 84, 253, 2062})  // a symbol, a weak map, {}, window
    define(number, [this](auto&) { return give(js::make(js::Object())); });
  // Properties and weak maps are written and never read.
  for (const int number : {86, 12689}) define(number, [](auto&) { return Value(); });
  define(6, [](auto& a) { return a[2]; });
  define(238, [](auto& a) { return Value(js::as<js::Undefined>(a.js(0)) != nullptr); });
  define(244, [](auto& a) {
    const js::Ref left = a.js(0), right = a.js(1);
    const bool areStrings = js::as<std::u16string>(left) != nullptr && js::as<std::u16string>(right) != nullptr;
    return Value(areStrings ? js::text(left) == js::text(right) : left == right);
  });
}

void Dart::defineTime() {
  for (const int number : {74, 81, 198})
    define(number, [this](auto&) { return Value(1.7e12 + std::floor(host_.now())); });
  define(76, [](auto&) { return Value(0.0); });  // the time zone
  define(79, [](auto&) { return Value(false); });
  define(80, [this](auto&) { return Value(1000 * host_.now()); });
  define(193, [this](auto& a) {
    timers_.push_back({time_ + std::max(a.f64(0), 0.0), ++lastTimer_, a[1].anyref()});
    return Value(lastTimer_);
  });
  define(194, [this](auto& a) {
    std::erase_if(timers_, [&](const Timer& timer) { return timer.id == a.f64(0); });
    return Value();
  });
  define(197, [this](auto& a) {
    tasks_.push_back(a[0].anyref());
    return Value();
  });
}

// -- The program -----------------------------------------------------------------------------------------------------

Result<void> Dart::invoke(const AnyRef& callback) {
  auto function = host_.instance().func("$invokeCallback");
  if (!function) return fail(std::move(function).error());
  auto done = function->call({Value(callback)});
  if (!done) return fail(std::move(done).error());
  return {};
}

/// Tasks first, then the timer that is due first; the clock is not waited for.
Result<void> Dart::runPutOff() {
  while (true) {
    AnyRef callback;
    if (!tasks_.empty()) {
      callback = std::move(tasks_.front());
      tasks_.pop_front();
    } else if (!timers_.empty()) {
      const auto first =
          std::min_element(timers_.begin(), timers_.end(), [](const Timer& a, const Timer& b) { return a.at < b.at; });
      time_ = std::max(time_, first->at);
      callback = first->callback;
      timers_.erase(first);
    } else {
      return {};
    }
    if (auto done = invoke(callback); !done) return done;
  }
}

Result<void> Dart::run(std::span<const std::string> arguments) {
  defineNumbers();
  defineStrings();
  defineArrays();
  definePatterns();
  defineObjects();
  defineTime();
  auto instance = host_.instantiate();
  if (!instance) return fail(std::move(instance).error());
  js::Array words;
  for (const std::string& argument : arguments) words.items.push_back(js::make(js::utf16(argument)));
  auto given = give(js::make(std::move(words)));
  if (!given) return fail(std::move(given).error());
  auto main = instance->func("$invokeMain");
  if (!main) return fail(std::move(main).error());
  if (auto done = main->call({*given}); !done) return fail(std::move(done).error());
  return runPutOff();
}

}  // namespace

Result<void> runDart(Host& host, std::span<const std::string> arguments) { return Dart(host).run(arguments); }

}  // namespace hosts
