#include "script_report.h"

#include <algorithm>
#include <iterator>

#include "text.h"

namespace wasmrun::cli {

// -- Counting --------------------------------------------------------------------------------------------------------

static std::string_view formName(script::ModuleSource::Form form) {
  switch (form) {
    case script::ModuleSource::Form::Text: return "text";
    case script::ModuleSource::Form::Binary: return "binary";
    case script::ModuleSource::Form::Quote: return "quote";
    case script::ModuleSource::Form::Fields: break;
  }
  return "fields";
}

/// The definition that a command makes or asserts about, or null.
static const script::ModuleDefinition* definitionIn(const script::Command& command) {
  if (const auto* definition = std::get_if<script::ModuleDefinition>(&command.what)) return definition;
  const auto* assertion = std::get_if<script::AssertFailure>(&command.what);
  return assertion ? std::get_if<script::ModuleDefinition>(&assertion->what) : nullptr;
}

/// The name that a command is counted under.
static std::string countedAs(const script::Command& command) {
  if (const auto* definition = std::get_if<script::ModuleDefinition>(&command.what)) {
    return definition->instantiates ? "module" : "module definition";
  }
  if (std::holds_alternative<script::ModuleInstance>(command.what)) return "module instance";
  if (std::holds_alternative<script::Component>(command.what)) return "component";
  std::string name(command.keyword);
  // A trap may be asserted of an action or of a module that is instantiated: two tests of different things.
  const auto* assertion = std::get_if<script::AssertFailure>(&command.what);
  bool isOfModule = assertion && !std::holds_alternative<script::Action>(assertion->what);
  return isOfModule && assertion->outcome == script::Outcome::Trap ? name + " module" : name;
}

void ScriptReport::count(const script::Command& command) {
  commands[countedAs(command)]++;
  if (const script::ModuleDefinition* definition = definitionIn(command)) {
    modules[std::string(formName(definition->source.form))]++;
  }
}

void ScriptReport::add(ScriptReport&& other) {
  passed += other.passed;
  skipped += other.skipped;
  std::move(other.failures.begin(), other.failures.end(), std::back_inserter(failures));
  for (const auto& [name, number] : other.commands) commands[name] += number;
  for (const auto& [form, number] : other.modules) modules[form] += number;
}

// -- Text ------------------------------------------------------------------------------------------------------------

std::string failureLines(const std::string& file, const Script& script, const ScriptReport& report) {
  std::string text;
  for (const ScriptFailure& failure : report.failures) {
    script::Place place = script.place(failure.offset);
    text += escaped(file) + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " +
            std::string(failure.keyword) + ": " + escaped(failure.message) + "\n";
  }
  return text;
}

std::string totals(uint64_t passed, uint64_t failed, uint64_t skipped) {
  std::string text = std::to_string(passed) + " passed, " + std::to_string(failed) + " failed";
  return skipped ? text + ", " + std::to_string(skipped) + " skipped" : text;
}

// -- JSON ------------------------------------------------------------------------------------------------------------

static std::string countsJson(const ScriptReport::Counts& counts) {
  std::string text;
  for (const auto& [name, number] : counts) {
    text += (text.empty() ? "" : ", ") + jsonString(name) + ": " + std::to_string(number);
  }
  return "{" + text + "}";
}

static std::string failureJson(script::Place place, std::string_view keyword, std::string_view message) {
  return "{\"line\": " + std::to_string(place.line) + ", \"column\": " + std::to_string(place.column) +
         ", \"command\": " + jsonString(keyword) + ", \"message\": " + jsonString(message) + "}";
}

std::string reportJson(const std::string& file, const Script& script, const ScriptReport& report) {
  std::string failures;
  for (const ScriptFailure& failure : report.failures) {
    failures +=
        (failures.empty() ? "" : ", ") + failureJson(script.place(failure.offset), failure.keyword, failure.message);
  }
  return "{\"file\": " + jsonString(file) + ", \"passed\": " + std::to_string(report.passed) +
         ", \"failed\": " + std::to_string(report.failures.size()) +
         ", \"skipped\": " + std::to_string(report.skipped) + ", \"commands\": " + countsJson(report.commands) +
         ", \"modules\": " + countsJson(report.modules) + ", \"failures\": [" + failures + "]}\n";
}

std::string reportJson(const std::string& file, const Error& error) {
  return "{\"file\": " + jsonString(file) + ", \"passed\": 0, \"failed\": 1, \"skipped\": 0, \"commands\": {}, " +
         "\"modules\": {}, \"failures\": [" + failureJson({error.line, error.column}, "script", error.message) + "]}\n";
}

}  // namespace wasmrun::cli
