// Fuzz target: a script of whatever bytes, and all modules that it has. Nothing is run. A finding is a crash, a hang, a
// sanitizer's report, or an error that does not say what and where.
#include <cstddef>
#include <cstdint>

#include "support/check.h"
#include "wasmrun/engine.h"
#include "wasmrun/module.h"
#include "wasmrun/script.h"

using namespace wasmrun;

namespace {

/// Every proposal there is.
Engine makeEngine() {
  Config config;
  for (const FeatureInfo& feature : Config::features()) (void)config.feature(feature.name, true);
  config.threads(1);
  return *Engine::make(config);
}

void compile(const Script& script, const script::ModuleSource& source) {
  static const Engine engine = makeEngine();
  auto module = script.compile(engine, source);
  if (module) return;
  CHECK(!module.error().message.empty(), "an error has a text");
  bool isBinary = source.form == script::ModuleSource::Form::Binary;
  bool hasPlace = isBinary ? module.error().offset != Error::kNoOffset : module.error().line > 0;
  CHECK(hasPlace, "an error has a place");
}

void writeOut(const script::Action& action) {
  for (const script::Value& arg : action.args) CHECK(!script::toString(arg).empty(), "a value has a text");
}

/// Looks at everything that a command says.
struct Visitor {
  const Script& script;
  size_t index;

  void operator()(const script::ModuleDefinition& definition) const { compile(script, definition.source); }
  void operator()(const script::Action& action) const { writeOut(action); }
  void operator()(const script::AssertReturn& assertion) const {
    writeOut(assertion.action);
    for (const script::Expected& expected : assertion.results) {
      CHECK(!expected.empty(), "something is expected");
      for (const script::Value& arm : expected) CHECK(!script::toString(arm).empty(), "a value has a text");
    }
  }
  void operator()(const script::AssertFailure& assertion) const { std::visit(*this, assertion.what); }
  void operator()(const script::Thread& thread) const {
    CHECK(thread.begin == index + 1 && thread.begin <= thread.end, "a thread's commands follow it");
    CHECK(thread.end <= script.commands().size(), "a thread ends with the script at the latest");
  }
  template <class Other>
  void operator()(const Other&) const {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto script = Script::parse(std::string(reinterpret_cast<const char*>(data), size), "fuzz.wast");
  if (!script) {
    CHECK(!script.error().message.empty(), "an error has a text");
    CHECK(script.error().line > 0 && script.error().column > 0, "an error has a place");
    return 0;
  }
  for (size_t i = 0; i < script->commands().size(); ++i) {
    const script::Command& command = script->commands()[i];
    CHECK(script->place(command.offset).line > 0, "a command has a place");
    std::visit(Visitor{*script, i}, command.what);
  }
  return 0;
}
